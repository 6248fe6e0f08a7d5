"""Cells of single rows that a person corrected: found by what the row holds, read as was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from discovery_pipeline.domain.cleansing import clean
from discovery_pipeline.domain.cleansing.key import cleansing_key
from discovery_pipeline.domain.cleansing.row_corrections import (
    cell_spellings,
    corrected_rows,
    row_rules,
    says_something,
)
from discovery_pipeline.domain.handoffs import CanonicalTable
from discovery_pipeline.domain.learning.rules import Rules, Told, ValueRule
from discovery_pipeline.domain.schema import fields
from discovery_pipeline_tests.domain.cleansing.tables import Column, canonical

TABLE = canonical(
    Column("hostname", ["web1", "N/A", "n/a"]),
    Column("memory_mib", ["8 GB", None, "4 GB"]),
    Column("ip_address", ["10.0.0.1; 10.0.0.2", "-", None]),
)


def rule(field: str, value: str | None, cells: Mapping[str, str], number: int = 1, source: str = "src") -> ValueRule:
    told = Told((number,), "ann", 0.95)
    return ValueRule("asset", field, "", value, source, told, tuple(sorted(cells.items())))


def rows(*rules: ValueRule, table: CanonicalTable = TABLE) -> list[dict[str, object]]:
    frame = clean(table, Rules(values=rules)).table.frame.collect()
    return frame.select("row", "hostname", "memory_mib").to_dicts()


@pytest.mark.parametrize(
    ("corrected", "row", "expected"),
    [
        pytest.param(rule("hostname", "db9", {"hostname": "n/a", "memory_mib": ""}), 1, "db9", id="a stand-in"),
        pytest.param(rule("memory_mib", "2048", {"hostname": "n/a", "memory_mib": ""}), 1, None, id="still nameless"),
        pytest.param(rule("hostname", None, {"hostname": "web1"}), 0, None, id="nothing"),
        pytest.param(rule("hostname", "web2", {"hostname": "web1"}, source="other"), 0, "web1", id="another source"),
        pytest.param(rule("hostname", "web2", {"hostname": "web1", "fqdn": ""}), 0, "web1", id="a column that is gone"),
        pytest.param(rule("hostname", "web2", {"hostname": "web1", "memory_mib": "9 gb"}), 0, "web1", id="it changed"),
    ],
)
def test_a_cell_is_read_as_was_said_in_the_row_that_says_the_same_alone(
    corrected: ValueRule, row: int, expected: str | None
) -> None:
    before, after = ({each["row"]: each["hostname"] for each in rows(*rules)} for rules in ((), (corrected,)))
    assert after.get(row) == expected
    others = {0, 1, 2} - {row}
    assert {each: after.get(each) for each in others} == {each: before.get(each) for each in others}


def test_a_corrected_cell_is_counted_and_the_value_is_the_fields() -> None:
    said = rule("memory_mib", "2048 MiB", {"hostname": "web1", "memory_mib": "8 gb"})
    outcome = clean(TABLE, Rules(values=(said,)))
    assert outcome.rule_counts.filter(rule="corrected").select("field", "cells").row(0) == ("memory_mib", 1)
    assert outcome.table.frame.collect()["memory_mib"].to_list()[0] == 2048.0


def test_the_newest_of_two_about_a_cell_holds_and_a_value_that_the_field_cannot_take_leaves_it() -> None:
    cells = {"hostname": "web1"}
    older, newer = rule("hostname", "web2", cells), rule("hostname", "web3", cells, 2)
    assert rows(older, newer)[0]["hostname"] == "web3"
    assert rows(rule("memory_mib", "a lot", {**cells, "memory_mib": "8 gb"}))[0]["memory_mib"] == 8192.0


def test_several_columns_of_a_field_are_one_cell_of_the_row() -> None:
    names = Column("hostname", ["web1", "web2"]), Column("hostname", ["alias1", "alias2"])
    table = canonical(*names, Column("memory_mib", ["1 GB", "2 GB"]))
    assert rows(rule("hostname", "app1", {"hostname": "web1 | alias1"}), table=table)[0]["hostname"] == "app1"
    reordered = replace(table, bindings=table.bindings[::-1])
    spelt = reordered.frame.select(**cell_spellings(reordered, {"hostname"})).collect()
    assert spelt["hostname"].to_list() == ["web1 | alias1", "web2 | alias2"]


def test_rows_are_found_by_every_cell_of_the_rule() -> None:
    found = row_rules([rule("hostname", "a", {"hostname": "n/a"}), rule("fqdn", "b", {"fqdn": ""})], TABLE)
    assert [each.field for each in found] == ["hostname"]
    assert corrected_rows(TABLE, found).sort("row").rows() == [(1, 0), (2, 0)]


def test_only_rules_about_rows_of_a_table_change_its_key() -> None:
    origin = {"raw_export": "1"}
    without = cleansing_key(TABLE, origin, "code")
    other = rule("hostname", "a", {"fqdn": "web1"})
    assert cleansing_key(TABLE, origin, "code", Rules(values=(other,))) == without
    assert cleansing_key(TABLE, origin, "code", Rules(values=(rule("hostname", "a", {"hostname": "x"}),))) != without


@pytest.mark.parametrize(
    ("field", "spelt", "expected"),
    [
        ("hostname", "web1", True),
        ("hostname", "n/a | alias1", True),
        ("ip_address", "10.0.0.1; 10.0.0.2", True),
        ("hostname", "", False),
        ("hostname", "n/a", False),
        ("hostname", "n/a | -", False),
        ("serial_number", "unknown", False),
        ("serial_number", "#n/a", False),
    ],
)
def test_a_stand_in_names_no_row(field: str, spelt: str, expected: bool) -> None:
    assert says_something(fields("asset")[field], spelt) is expected
