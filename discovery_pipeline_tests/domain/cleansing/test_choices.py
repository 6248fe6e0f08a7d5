from __future__ import annotations

import pytest

from discovery_pipeline.domain.cleansing.vocabulary import enum_words
from discovery_pipeline.domain.schema import RECORD_KINDS, fields
from discovery_pipeline_tests.domain.cleansing.tables import Column, cleaned, cleaned_one, codes, outcome, rules, values

_ENUMS = {name: field for kind in RECORD_KINDS for name, field in fields(kind).items() if field.base == "enum"}


@pytest.mark.parametrize("name", sorted(_ENUMS))
def test_every_word_means_a_choice_of_the_schema(name: str) -> None:
    assert enum_words(name), "no words at all"
    assert set(enum_words(name).values()) == set(_ENUMS[name].choices)


@pytest.mark.parametrize(
    ("field", "cell", "choice"),
    [
        ("environment", "PRD", "production"),
        ("environment", "Produktion", "production"),
        ("environment", "live", "production"),
        ("environment", "Pre-Prod", "staging"),
        ("environment", "Non-Prod", "other"),
        ("environment", "Prod, Test", "production"),
        ("environment", "Production (EU)", "production"),
        ("environment", "Disaster recovery", "dr"),
        ("environment", "Entwicklung", "development"),
        ("criticality", "Tier 1", "critical"),
        ("criticality", "1 - most critical", "critical"),
        ("criticality", "3 - less critical", "medium"),
        ("criticality", "hoch", "high"),
        ("criticality", "sehr hoch", "critical"),
        ("lifecycle_status", "Installed", "in_use"),
        ("lifecycle_status", "in Wartung", "in_maintenance"),
        ("lifecycle_status", "stillgelegt", "retired"),
        ("lifecycle_status", "Pending install", "planned"),
        ("lifecycle_status", "In Stock", "in_stock"),
        ("power_state", "poweredOn", "on"),
        ("power_state", "VM deallocated", "off"),
        ("power_state", "notRunning", "off"),
        ("power_state", "is not running", "off"),
        ("boot_type", "efi", "uefi"),
        ("boot_type", "Legacy BIOS", "bios"),
    ],
)
def test_words_of_several_languages(field: str, cell: str, choice: str) -> None:
    assert cleaned_one(field, cell) == choice


@pytest.mark.parametrize(("cell", "choice"), [("ACCEPT", "allowed"), ("REJECT", "denied"), ("drop", "denied")])
def test_verdicts_of_filters(cell: str, choice: str) -> None:
    assert cleaned_one("action", cell, record="connection") == choice


def test_an_unknown_word_is_other_where_that_is_a_choice_and_always_told() -> None:
    result = outcome(Column("environment", ["Blue", "Blue", "Green", "42", "prod"]))
    assert values(result, "environment") == ["other", "other", "other", None, "production"]
    [row] = result.findings.rows(named=True)
    assert row["code"] == "unknown_enum_value"
    assert '4 cells of column "Header" (environment)' in row["detail"]
    assert '"Blue" (2)' in row["detail"]


def test_an_unknown_word_is_null_where_other_is_no_choice() -> None:
    result = outcome(Column("criticality", ["blau"]))
    assert values(result, "criticality") == [None]
    assert codes(result) == ["unknown_enum_value"]


def test_bare_numbers_of_criticality_are_a_scale_that_is_told() -> None:
    result = outcome(Column("criticality", ["1", "3"]))
    assert values(result, "criticality") == ["critical", "medium"]
    assert codes(result) == ["criticality_scale_assumed"]


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("install_status", ["1", "7", "6"], ["in_use", "retired", "in_stock"]),
        ("operational_status", ["1", "2", "6"], ["in_use", "in_maintenance", "retired"]),
        ("in Maintenance Mode", ["False", "True"], ["in_use", "in_maintenance"]),
        ("Disabled", ["False", "True"], ["in_use", "retired"]),
        ("Status", ["1"], [None]),
    ],
)
def test_codes_are_read_by_the_header_that_names_them(header: str, cells: list[str], expected: list[str]) -> None:
    assert cleaned("lifecycle_status", cells, header=header) == expected


@pytest.mark.parametrize(
    ("cell", "value"),
    [("true", True), ("FALSE", False), ("Ja", True), ("nein", False), ("0", False), ("x", True), ("oui", True),
     ("Physical", False), ("P", False), ("virtuell", True), ("VMware Virtual Platform", True), ("maybe", None)],
)  # fmt: skip
def test_booleans(cell: str, value: bool | None) -> None:
    assert cleaned_one("is_virtual", cell) is value


def test_inverted_columns_turn_yes_and_no_but_not_the_name_of_the_state() -> None:
    result = outcome(Column("is_virtual", ["Yes", "false", "physical"], header="Physical?", transform="invert"))
    assert values(result, "is_virtual") == [False, True, False]
    assert rules(result, "is_virtual") == {"boolean_inverted": 3}


@pytest.mark.parametrize(
    ("cell", "environment"),
    [
        ("DEV01", "development"),
        ("TST 2", "test"),
        ("prd1", "production"),
        ("Homologação", "staging"),
        ("Qualification", "qa"),
        ("本番", "production"),
        ("Z9", None),
    ],
)
def test_numbered_and_foreign_environments(cell: str, environment: str | None) -> None:
    assert cleaned_one("environment", cell) == environment


@pytest.mark.parametrize(
    ("cell", "state"),
    [("Up 5 weeks (healthy)", "on"), ("Exited (0) 2 years ago", "off"), ("Sous tension", "on"), ("已停止", "off")],
)
def test_power_states_of_containers_and_other_languages(cell: str, state: str) -> None:
    assert cleaned_one("power_state", cell) == state


@pytest.mark.parametrize(("cell", "value"), [("1.0", True), ("0.0", False), ("tak", True), ("hayır", False)])
def test_booleans_of_spreadsheets_and_other_languages(cell: str, value: bool) -> None:
    assert cleaned_one("is_virtual", cell) is value


@pytest.mark.parametrize("cell", ["yes", "ja", "false"])
def test_yes_and_no_name_no_environment(cell: str) -> None:
    result = outcome(Column("environment", [cell]))
    assert values(result, "environment") == [None]
    assert codes(result) == ["unknown_enum_value"]


def test_the_system_of_an_environment_is_the_environment() -> None:
    cells = ["Produktivsystem", "Entwicklungssystem", "Abnahmesystem"]
    assert values(outcome(Column("environment", cells)), "environment") == ["production", "development", "staging"]
