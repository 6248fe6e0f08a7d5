"""Decisions: confidence from evidence, abstaining, overrides, conflicts, units and transforms."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.errors import MappingConflict
from discovery_pipeline.domain.handoffs import ColumnMapping, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals, propose
from discovery_pipeline.domain.mapping.combine import combine
from discovery_pipeline.domain.mapping.evidence import Evidence, evidence_frame
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.domain.mapping.trained.combiner import combiner
from discovery_pipeline_tests.domain.tables import raw_table

_ASSETS = TableKind(0, "asset", "asset", None, 0.9)


def _resolved(
    columns: dict[str, list[str]], kind: TableKind = _ASSETS, overrides: tuple[ColumnMapping, ...] = ()
) -> list[ColumnMapping]:
    table = raw_table(columns)
    return resolve(propose([table], [kind]), [kind], overrides)


def _fields(columns: dict[str, list[str]], kind: TableKind = _ASSETS) -> dict[str, str | None]:
    return {mapping.header: mapping.field for mapping in _resolved(columns, kind)}


NAMES = ["srv-01", "srv-02", "srv-03", "srv-04"]


def test_one_mapping_per_column_in_order() -> None:
    mappings = _resolved({"Name": NAMES, "": ["x"] * 4, "IP": ["10.0.0.1"] * 4})

    assert [(m.position, m.header) for m in mappings] == [(0, "Name"), (1, ""), (2, "IP")]


def test_several_columns_may_carry_one_field() -> None:
    found = _fields({"IPv4 Address": ["10.0.0.1"] * 4, "IPv6 Address": ["2001:db8::1"] * 4})

    assert set(found.values()) == {"ip_address"}


def test_confidence_grows_with_evidence() -> None:
    addresses = ["10.0.0.11", "10.0.3.12", "10.0.0.13", "192.168.4.14"]
    named_only = _resolved({"IP": ["", "", "", ""]})[0]
    named_and_shown = _resolved({"IP": addresses})[0]
    shown_only = _resolved({"Zorgplicht": addresses})[0]

    assert {m.field for m in (named_only, named_and_shown, shown_only)} == {"ip_address"}
    assert named_and_shown.confidence > max(named_only.confidence, shown_only.confidence)


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Public IP", ["pip-web-01", "pip-web-02", "pip-db-01", "pip-x"]),
        ("Memory", ["green", "red", "green", "green"]),
        ("Cluster", ["true", "false", "true", "true"]),
        ("UUID", ["yes", "no", "yes", "yes"]),
        ("Fnord", ["blah", "zork", "plugh", "xyzzy"]),
        ("", ["foo bar", "baz", "qux quux", "x"]),
        ("Default gateway", ["10.0.0.1"] * 4),
    ],
)
def test_values_that_contradict_and_words_without_meaning_stay_unmapped(header: str, values: list[str]) -> None:
    mapping = _resolved({"Name": NAMES, header: values})[1]

    assert (mapping.field, mapping.status) == (None, "unmapped")


def test_flags_under_a_date_are_no_date_and_not_accepted_as_anything() -> None:
    mapping = _resolved({"Name": NAMES, "Install Date": ["yes", "no", "yes", "yes"]})[1]

    assert mapping.field != "install_date"
    assert mapping.status != "accepted"


@pytest.mark.parametrize(
    ("header", "values", "field"),
    [
        ("Used for", ["Production", "Test", "Production", "Development"], "environment"),
        ("Zorgplicht", ["00:50:56:aa:bb:01", "00:50:56:aa:bb:02", "", ""], "mac_address"),
        ("", ["Windows Server 2019", "Ubuntu 22.04", "Windows Server 2016", "Debian 12"], "os_name"),
        ("Status", ["poweredOn", "poweredOff", "poweredOn", "poweredOn"], "power_state"),
        ("Status", ["Installed", "Retired", "Installed", "Installed"], "lifecycle_status"),
    ],
)
def test_values_decide_where_headers_do_not(header: str, values: list[str], field: str) -> None:
    assert _resolved({"Name": NAMES, header: values})[1].field == field


def test_overrides_always_win() -> None:
    override = ColumnMapping(0, 1, "IP", "tags", 1.0, "accepted", method="correction")
    mapping = _resolved({"Name": NAMES, "IP": ["10.0.0.1"] * 4}, overrides=(override,))[1]

    assert (mapping.field, mapping.status, mapping.confidence, mapping.method) == (
        "tags",
        "accepted",
        1.0,
        "correction",
    )


def test_an_override_may_say_unmapped() -> None:
    override = ColumnMapping(0, 0, "Name", None, 1.0, "unmapped", method="correction")

    assert _resolved({"Name": NAMES}, overrides=(override,))[0].field is None


def test_an_override_without_a_unit_gets_the_headers() -> None:
    override = ColumnMapping(0, 0, "Grösse (GB)", "memory_mib", 1.0, "accepted", method="correction")

    assert _resolved({"Grösse (GB)": ["16", "8"]}, overrides=(override,))[0].unit == "GB"


def test_two_overrides_on_one_column_conflict() -> None:
    one = ColumnMapping(0, 0, "Name", "hostname", 1.0, "accepted")
    other = ColumnMapping(0, 0, "Name", "fqdn", 1.0, "accepted")

    with pytest.raises(MappingConflict, match="hostname and fqdn"):
        _resolved({"Name": NAMES}, overrides=(one, other))


@pytest.mark.parametrize(
    ("header", "values", "unit"),
    [
        ("RAM (GB)", ["16", "64"], "GB"),
        ("Memory", ["16", "64"], "GiB"),
        ("Memory", ["16384", "65536"], "MiB"),
        ("Memory", ["17179869184", "68719476736"], "bytes"),
        ("Memory", ["16 GB", "64 GB"], None),
        ("CPU speed", ["2.4", "3.1"], "GHz"),
        ("CPU speed (MHz)", ["2400", "3100"], "MHz"),
        ("CPU usage %", ["12", "80"], "percent"),
        ("CPU count", ["2", "4"], None),
    ],
)
def test_units_come_from_the_header_or_from_the_size_of_the_numbers(
    header: str, values: list[str], unit: str | None
) -> None:
    assert _resolved({header: values})[0].unit == unit


def test_the_unit_of_a_product_wins_over_the_size_of_numbers() -> None:
    kind = TableKind(0, "asset", "asset", "rvtools", 0.9)

    assert _resolved({"Memory": ["256", "512"]}, kind)[0].unit == "MiB"


@pytest.mark.parametrize(
    ("header", "values", "field", "transform"),
    [
        ("Physical?", ["yes", "no", "yes", "no"], "is_virtual", "invert"),
        ("Virtual?", ["yes", "no", "yes", "no"], "is_virtual", None),
        ("Physical / Virtual", ["P", "V", "V", "V"], "is_virtual", None),
        ("Server name", ["a1.corp.example.com", "b2.corp.example.com", "c3", "d4.corp.example.com"], "hostname",
         "split_host_domain"),
    ],
)  # fmt: skip
def test_transforms_say_what_cells_need(header: str, values: list[str], field: str, transform: str | None) -> None:
    mapping = _resolved({header: values})[0]

    assert (mapping.field, mapping.transform) == (field, transform)


def test_cores_per_processor_of_a_product_are_marked() -> None:
    kind = TableKind(0, "asset", "asset", "servicenow", 0.9)
    mapping = _resolved({"cpu_core_count": ["8", "4"]}, kind)[0]

    assert (mapping.field, mapping.transform) == ("cpu_cores", "per_socket")


def test_losers_are_named_with_their_confidence() -> None:
    mapping = _resolved({"Name": NAMES, "Managed by": ["Ann Lee", "Bob Ray", "Ann Lee", "Cy Day"]})[1]

    assert {mapping.field, *(field for field, _ in mapping.alternatives)} >= {"business_owner", "technical_owner"}


def test_confidences_of_a_column_add_up() -> None:
    table = raw_table({"Location": ["Berlin", "Paris"]})
    proposals = propose([table], [_ASSETS])

    total = combine(proposals.profiles, proposals.evidence)["confidence"].sum()

    assert total == pytest.approx(1.0, abs=0.02)


def test_the_order_in_which_evidence_was_found_changes_nothing() -> None:
    table = raw_table({"Name": NAMES, "Host": ["esx-1", "esx-1", "esx-2", "esx-2"], "vCPU": ["1", "2", "4", "8"]})
    proposals = propose([table], [_ASSETS])
    reversed_evidence = Proposals(proposals.profiles, proposals.evidence.reverse())

    assert resolve(reversed_evidence, [_ASSETS]) == resolve(proposals, [_ASSETS])


def test_further_evidence_is_more_rows() -> None:
    table = raw_table({"Zorgplicht": ["x", "y"]})
    proposals = propose([table], [_ASSETS])
    learned = evidence_frame([Evidence(0, 0, "tags", "pattern", combiner().unheard + 1.0, "learned")])

    assert resolve(proposals, [_ASSETS])[0].field is None
    assert resolve(Proposals(proposals.profiles, learned), [_ASSETS])[0].field == "tags"
