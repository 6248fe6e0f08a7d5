from __future__ import annotations

import pytest

from discovery_pipeline_tests.domain.cleansing.tables import Column, cleaned_one, outcome, rules, values


@pytest.mark.parametrize(
    ("field", "cell", "value", "rule"),
    [
        ("os_name", "Microsoft Windows Server 2019 Standard", "Windows Server 2019 Standard", "os_name_spelling"),
        ("os_name", "RHEL\u00a08.6", "Red Hat Enterprise Linux 8.6", "os_name_spelling"),
        ("os_name", "W2012R2", "Windows Server 2012 R2", "os_name_spelling"),
        ("os_version", "10.0 (17763)", "10.0.17763", "os_version_build_joined"),
        ("os_version", "10.0.17763 N/A Build 17763", "10.0.17763", "os_version_build_repeated"),
        ("os_version", "Version 1809", "1809", "os_version_word_dropped"),
        ("os_version", "22.04.4 LTS (Jammy Jellyfish)", "22.04.4", "os_version_codename_dropped"),
        ("os_version", "6.1.7601 Service Pack 1", "6.1.7601 SP1", "os_version_service_pack"),
        ("os_version", "No Service Pack Installed", None, "os_version_no_service_pack"),
        ("os_architecture", "AMD64", "x86_64", "os_architecture_spelling"),
        ("os_architecture", "64-Bit", "64-bit", "os_architecture_spelling"),
    ],
)
def test_one_cell(field: str, cell: str, value: str | None, rule: str) -> None:
    result = outcome(Column(field, [cell]))
    assert values(result, field) == [value]
    assert rule in rules(result, field)


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("os_name", "Windows Server 2016 Standard"),
        ("os_name", "Red Hat Enterprise Linux 7.9"),
        ("os_version", "10.0.17763"),
        ("os_version", "12 SP5"),
        ("os_version", "7.0.3 build-21930508"),
        ("os_architecture", "x86_64"),
    ],
)
def test_what_is_written_well_stays(field: str, cell: str) -> None:
    assert cleaned_one(field, cell) == cell
    assert rules(outcome(Column(field, [cell])), field) == {}


def test_a_name_takes_the_version_it_lacks_from_its_own_row_only() -> None:
    result = outcome(
        Column("os_name", ["RHEL", "Windows Server 2016", None, "Linux"]),
        Column("os_version", ["7.9", "10.0.14393", "SLES 12 SP5", "5.4.0-169-generic"]),
    )
    assert values(result, "os_name") == [
        "Red Hat Enterprise Linux 7.9", "Windows Server 2016", "SUSE Linux Enterprise Server 12 SP5", "Linux",
    ]  # fmt: skip
    assert values(result, "os_version") == ["7.9", "10.0.14393", "12.5", "5.4.0-169-generic"]
    assert rules(result, "os_name") == {"os_name_spelling": 1, "os_name_with_version": 2}


def test_a_column_of_whole_names_under_version_says_the_name_too() -> None:
    result = outcome(Column("os_version", ["Windows Server 2012 R2 Standard", "7.9"]))
    assert values(result, "os_name") == ["Windows Server 2012 R2 Standard", None]
    assert values(result, "os_version") == ["2012 R2", "7.9"]


def test_a_version_that_is_missing_is_taken_from_the_name_and_a_given_one_stays() -> None:
    result = outcome(
        Column("os_name", ["Windows Server 2019", "Windows Server 2019", "RHEL 8.6", "Windows Server 2016 or later"]),
        Column("os_version", [None, "1809", "", None]),
    )
    assert values(result, "os_version") == ["10.0.17763", "1809", "8.6", None]
    assert rules(result, "os_version")["os_version_from_name"] == 2


def test_a_table_without_versions_takes_them_from_the_names() -> None:
    result = outcome(Column("os_name", ["Debian GNU/Linux 11 (bullseye)", "Linux"]))
    assert values(result, "os_version") == ["11", None]
    assert values(outcome(Column("os_name", ["Linux"])), "os_name") == ["Linux"]


@pytest.mark.parametrize("cell", ["Other", "Other (64-bit)", "Sonstiges", "see CMDB"])
def test_no_system_is_named(cell: str) -> None:
    assert values(outcome(Column("os_name", [cell])), "os_name") == [None]


@pytest.mark.parametrize("cell", ["Srv2k19", "W2k19", "srv2019"])
def test_windows_server_in_short(cell: str) -> None:
    assert values(outcome(Column("os_name", [cell])), "os_name") == ["Windows Server 2019"]


def test_of_two_columns_of_a_row_the_one_that_says_the_version() -> None:
    result = outcome(
        Column("hostname", ["a", "b", "c", "d"]),
        Column("os_name", ["Ubuntu Linux (64-bit)", "Windows Server 2012 R2", None, "Linux"]),
        Column("os_name", ["Ubuntu 20.04 LTS", "Windows Server 2012", "RHEL 8.6", None]),
    )
    found = ["Ubuntu 20.04 LTS", "Windows Server 2012 R2", "Red Hat Enterprise Linux 8.6", "Linux"]
    assert values(result, "os_name") == found
