"""Cells whose meaning people said: which ones, against what else is read of the column, and what undoing leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.cleansing import CleanOutcome, CleanParams, Step, clean, trace
from discovery_pipeline.domain.cleansing.columns import plan_value
from discovery_pipeline.domain.cleansing.key import cleansing_key
from discovery_pipeline.domain.cleansing.rules import nothing_recorded, values_frame
from discovery_pipeline.domain.handoffs import ColumnBinding
from discovery_pipeline.domain.learning.rules import Rules, Told, ValueRule
from discovery_pipeline.domain.schema import RECORD_KINDS, Field, fields
from discovery_pipeline_tests.domain.cleansing.tables import Column, canonical, codes, outcome, rules, values

SLICED = CleanParams(distinct_limit=1, slice_rows=3, in_memory_rows=0)
PARTS = ("set_aside", "findings", "rule_counts")


def rule(field: str, raw: str, value: str | None, number: int = 7, **changes: Any) -> ValueRule:
    said = ValueRule("asset", field, raw, value, None, Told((number,), "ann", 0.95))
    return replace(said, **changes)


def corrected(column: Column, *said: ValueRule, params: CleanParams | None = None) -> CleanOutcome:
    return outcome(column, rules=Rules(values=said), params=params)


def assert_same(one: CleanOutcome, other: CleanOutcome) -> None:
    assert_frame_equal(one.table.frame.collect(), other.table.frame.collect())
    for part in PARTS:
        assert_frame_equal(getattr(one, part), getattr(other, part))


@pytest.mark.parametrize(
    "cell", ["Zone B", "ZONE B", "  zone   b ", "zone\u00a0B", '"Zone B"', "Zone\tB"],
    ids=["same", "case", "blanks", "no-break blank", "quoted", "tab"],
)  # fmt: skip
def test_a_spelling_means_what_was_said(cell: str) -> None:
    result = corrected(Column("environment", [cell, "Zone C"]), rule("environment", "Zone B", "production"))
    assert values(result, "environment") == ["production", "other"]
    assert rules(result, "environment")["corrected"] == 1


@pytest.mark.parametrize(
    ("field", "raw", "cell"),
    [("cpu_count", "1", "-1"), ("software", "C", "C++"), ("environment", "prod", "prod-x"), ("rack", "A1", "A 1")],
)
def test_another_spelling_is_another(field: str, raw: str, cell: str) -> None:
    said = rule(field, raw, None)
    assert_same(corrected(Column(field, [cell, "7"]), said), outcome(Column(field, [cell, "7"])))


@pytest.mark.parametrize(
    ("column", "raw", "said", "value"),
    [
        pytest.param(Column("memory_mib", ["16", "32"], unit="GB"), "16", "16", 16.0, id="not in the header's unit"),
        pytest.param(Column("memory_mib", ["a lot", "32"]), "a lot", "65536", 65536.0, id="number"),
        pytest.param(Column("memory_mib", ["x", "16.384"]), "x", "16.384", 16.384, id="not the column's decimal mark"),
        pytest.param(Column("is_virtual", ["P", "Y"], transform="invert"), "P", "true", True, id="not inverted"),
        pytest.param(Column("cpu_count", ["four", "2"]), "four", "4", 4, id="integer"),
        pytest.param(Column("hostname", ["tbd", "b"]), "tbd", "web1", "web1", id="placeholder that is a name"),
        pytest.param(Column("backup", ["daily", "b"]), "daily", "unknown", "unknown", id="value like a placeholder"),
        pytest.param(Column("power_state", ["9", "on"]), "9", "unknown", "unknown", id="choice like a placeholder"),
        pytest.param(Column("environment", ["Prod", "x"]), "prod", None, None, id="nothing"),
        pytest.param(Column("ip_address", ["web", "10.0.0.1"]), "web", "10.0.0.9", ["10.0.0.9"], id="whole list"),
    ],
)
def test_what_was_said_is_the_value_whatever_the_column_says(
    column: Column, raw: str, said: str | None, value: object
) -> None:
    result = corrected(column, rule(column.field, raw, said))
    as_read = outcome(column)
    assert values(result, column.field)[0] == value
    assert values(result, column.field)[1:] == values(as_read, column.field)[1:]
    assert values(as_read, column.field)[0] != value


def test_a_corrected_date() -> None:
    result = corrected(
        Column("install_date", ["Michaelmas", "2024-01-01"]), rule("install_date", "Michaelmas", "2024-09-29")
    )
    assert [day.date().isoformat() for day in values(result, "install_date")] == ["2024-09-29", "2024-01-01"]
    assert codes(result) == []


def test_each_item_of_a_list_is_corrected_and_order_stays() -> None:
    said = (rule("application_name", "NA", "North America"), rule("application_name", "junk", None))
    cells = ["Payroll; NA; junk; CRM", "NA", "junk", "CRM", "na|North America", "junk; junk"]
    result = corrected(Column("application_name", cells), *said)
    assert values(result, "application_name") == [
        ["Payroll", "North America", "CRM"], ["North America"], None, ["CRM"], ["North America"], None,
    ]  # fmt: skip
    assert rules(result, "application_name")["corrected"] == 5


def test_a_value_said_is_not_corrected_again() -> None:
    said = (rule("environment", "a1", "test"), rule("environment", "test", "production", 8))
    assert values(corrected(Column("environment", ["a1", "test"]), *said), "environment") == ["test", "production"]
    chained = (rule("application_name", "a", "b"), rule("application_name", "b", "c", 8))
    assert values(corrected(Column("application_name", ["a; b", "a"]), *chained), "application_name") == [
        ["b", "c"], ["b"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param((rule("environment", "Z", "test", 3), rule("environment", "z", "qa", 4)), "qa", id="newer"),
        pytest.param((rule("environment", "z", "qa", 4), rule("environment", "Z", "test", 3)), "qa", id="any order"),
        pytest.param(
            (rule("environment", "Z", "test", 3, source="src"), rule("environment", "Z", "qa", 4)), "test",
            id="its source's own beats a newer general one",
        ),
        pytest.param((rule("environment", "Z", "test", source="other"),), None, id="another source"),
        pytest.param((rule("environment", "Z", "test", record="connection"),), None, id="another record kind"),
        pytest.param((rule("criticality", "Z", "low"),), None, id="another field"),
    ],
)  # fmt: skip
def test_which_rule_holds(said: tuple[ValueRule, ...], expected: str | None) -> None:
    column = Column("environment", ["Z", "prod"])
    assert values(corrected(column, *said), "environment") == [expected, "production"]
    if expected is None:
        assert_same(corrected(column, *said), outcome(column))


def test_a_corrected_cell_raises_no_finding_of_its_field() -> None:
    column = Column("environment", ["Blue", "Green"])
    assert codes(outcome(column)) == ["unknown_enum_value"]
    result = corrected(column, rule("environment", "Blue", "test"), rule("environment", "Green", "qa"))
    assert codes(result) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("environment", "banana"),
        ("memory_mib", "lots"),
        ("cpu_count", "-3"),
        ("install_date", "soon"),
        ("ip_address", "x"),
    ],
)
def test_a_value_that_the_field_cannot_take_is_told_and_not_used(field: str, value: str) -> None:
    column = Column(field, ["Blue", "Blue", "7"])
    result, as_read = corrected(column, rule(field, "Blue", value)), outcome(column)
    assert values(result, field) == values(as_read, field)
    refused = result.findings.filter(code="correction_refused")
    assert refused.select("severity", "position").rows() == [("warning", 0)]
    assert "2 cells" in refused["detail"].item()
    assert "correction 7 by ann" in refused["detail"].item()
    assert codes(corrected(Column(field, ["7"]), rule(field, "Blue", value))) == codes(outcome(Column(field, ["7"])))


def test_a_row_with_a_corrected_name_is_no_longer_set_aside_and_one_without_is() -> None:
    table = canonical(Column("hostname", ["n/a", "web1", "scrap"]))
    said = Rules(values=(rule("hostname", "n/a", "web9"), rule("hostname", "scrap", None)))
    result = clean(table, said)
    assert values(result, "hostname") == ["web9", "web1"]
    assert result.set_aside["row"].to_list() == [2]


DIRTY = (
    Column("environment", ["Prod", "Blue", "?", "DEV", "blue", "Prod", "n/a", None]),
    Column("memory_mib", ["16", "8 GB", "x", "-1", "16", "32", "", "64"], unit="GB"),
    Column("hostname", ["a", " b ", "n/a", "d", None, "f", "g", "G"]),
    Column("application_name", ["A; Blue", "A", "blue", None, "C|C", "D", "E", "F"]),
)
SAID = Rules(
    values=(
        rule("environment", "Blue", "test"), rule("environment", "DEV", None), rule("memory_mib", "16", "16"),
        rule("memory_mib", "x", "4096"), rule("hostname", "n/a", "web9"), rule("application_name", "blue", "B; Q"),
    )
)  # fmt: skip


def test_many_distinct_values_give_what_few_give() -> None:
    table = canonical(*DIRTY)
    few = clean(table, SAID)
    assert_same(few, clean(table, SAID, SLICED))
    assert values(few, "memory_mib")[:3] == [16.0, 8192.0, 4096.0]


def test_rules_about_nothing_in_the_table_change_nothing() -> None:
    table = canonical(*DIRTY)
    others = Rules(values=(rule("environment", "no such word", "test"), rule("vlan", "1", "2")))
    assert_same(clean(table, others), clean(table))
    assert_same(clean(table, others, SLICED), clean(table, Rules(), SLICED))


@pytest.mark.parametrize("field", ["environment", "criticality", "lifecycle_status", "power_state", "boot_type"])
def test_every_choice_can_be_said(field: str) -> None:
    choices = fields("asset")[field].choices
    said = [rule(field, f"word {n}", choice, n) for n, choice in enumerate(choices)]
    assert values(corrected(Column(field, [r.raw for r in said]), *said), field) == list(choices)


@pytest.mark.parametrize("field", [f for kind in RECORD_KINDS for f in fields(kind).values()], ids=lambda f: f.name)
def test_what_was_read_once_is_read_the_same_as_a_value(field: Field) -> None:
    plan = plan_value(field)
    uuid = "4c4c4544-0032-3010-8056-b7c04f503532"
    written = ["true", "2024-05-01", "17", "10.0.0.9", "00:50:56:9a:01:02", "web1.example.com", "ann@example.com", uuid]
    raw = values_frame(pl.Series(written))
    once = plan.clean(raw, nothing_recorded).get_column("text").drop_nulls()
    assert once.len() > 0 or field.base == "enum"
    again = plan.clean(values_frame(once), nothing_recorded).get_column("text")
    assert again.to_list() == once.to_list()


ROWS = {"raw_export": "1"}


def key(*said: ValueRule) -> str:
    return cleansing_key(canonical(*DIRTY), ROWS, "code", Rules(values=said))


BLUE = rule("environment", "Blue", "test")
CHANGES: dict[str, tuple[ValueRule, ...]] = {
    "value": (replace(BLUE, value="qa"),),
    "nothing": (replace(BLUE, value=None),),
    "spelling": (replace(BLUE, raw="Green"),),
    "field": (replace(BLUE, field="hostname"),),
    "another rule": (BLUE, rule("hostname", "x", "y", 8)),
    "who a finding names": (replace(BLUE, told=Told((7, 9), "bob", 0.95)),),
    "which one wins": (BLUE, replace(BLUE, value="qa", source="src", told=Told((3,), "ann", 0.9))),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_said_of_the_table_is_in_its_key(change: str) -> None:
    assert key(*CHANGES[change]) != key(BLUE) != key()


@pytest.mark.parametrize(
    "other",
    [
        rule("vlan", "Blue", "7"), replace(BLUE, record="connection"), replace(BLUE, source="other"),
    ],
    ids=["field it lacks", "record kind", "source"],
)  # fmt: skip
def test_what_is_said_of_others_is_not_in_its_key(other: ValueRule) -> None:
    assert key(other) == key() == cleansing_key(canonical(*DIRTY), ROWS, "code")
    assert key(other, BLUE) == key(BLUE, other) == key(BLUE)


def test_how_sure_a_rule_is_decides_nothing() -> None:
    assert key(replace(BLUE, told=Told((7,), "ann", 0.5))) == key(BLUE)


def bound(field: str, unit: str | None = None) -> ColumnBinding:
    return ColumnBinding(field, field, 0, "Header", unit, None, 1.0, "accepted")


def test_a_trace_shows_the_correction_and_whose_it_is() -> None:
    assert trace(" Blue", "environment", bound("environment"), (), [BLUE]) == [
        Step("trim_whitespace", " Blue", "Blue"),
        Step("corrected", "Blue", "test", "correction 7 by ann"),
    ]


@pytest.mark.parametrize(
    ("raw", "field", "said", "steps"),
    [
        ("16", "memory_mib", "16", [("corrected", "16", "16")]),
        ("x", "memory_mib", None, [("corrected", "x", None)]),
        ("x", "cpu_count", "many", [("correction_refused", "x", "x"), ("not_a_number", "x", None)]),
    ],
    ids=["as it stands", "nothing", "refused"],
)
def test_a_trace_of_a_correction_that(
    raw: str, field: str, said: str | None, steps: list[tuple[str, str, str | None]]
) -> None:
    shown = trace(raw, field, bound(field, "GB"), (), [rule(field, raw, said)])
    assert [(step.rule, step.before, step.after) for step in shown] == steps
    assert shown[0].by == "correction 7 by ann"


def test_a_trace_of_an_item_shows_its_correction() -> None:
    said = [rule("application_name", "NA", "North America")]
    assert trace("CRM; NA", "application_name", None, None, said)[1:] == [
        Step("corrected", "NA", "North America", "correction 7 by ann")
    ]
