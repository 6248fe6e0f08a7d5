"""Cleansing tells the codes and units that a column writes, and nothing that may be somebody's name."""

from __future__ import annotations

from dataclasses import replace

from discovery_pipeline.domain.cleansing.clean import clean
from discovery_pipeline.domain.cleansing.noticed import noticed
from discovery_pipeline.domain.handoffs import CanonicalTable, TableKind
from discovery_pipeline.domain.insights.insight import About, Insight
from discovery_pipeline_tests.domain.cleansing.tables import Column, canonical


def told(*columns: Column) -> list[Insight]:
    names = Column("source_id", [f"id-{number}" for number in range(len(columns[0].cells))])
    table: CanonicalTable = canonical(*columns, names)
    return noticed([table], clean(table).rule_counts)


def test_codes_of_a_column_with_what_they_mean() -> None:
    (insight,) = told(Column("environment", ["P", "P", "T", "D", "X", None], "Env"))
    assert insight.text == (
        "asset environment in table 7 column 1: it holds codes: p = production, t = test, d = development; "
        "1 codes are not read"
    )
    assert insight.confidence == 0.8


def test_words_are_no_codes() -> None:
    assert told(Column("environment", ["production", "test", "production", "dev."])) == []


def test_one_code_is_no_convention() -> None:
    assert told(Column("environment", ["P", "P", "production"])) == []


def test_a_column_of_many_values_holds_no_codes() -> None:
    assert told(Column("environment", ["P", "T", *(f"something {number}" for number in range(60))])) == []


def test_units_are_told_once_per_column_by_how_they_are_known() -> None:
    by_header = told(Column("memory_mib", ["16", "32", "64"], "RAM (GB)", unit="GB"))
    assert [(i.text, i.about) for i in by_header] == [
        (
            "asset memory_mib in table 7 column 1: its numbers are in GB, told by header or cells",
            About("asset", "memory_mib", 7, 0),
        )
    ]
    assert told(Column("memory_mib", ["16384", "32768"], "RAM (MB)", unit="MB")) == []


def test_what_people_taught_is_not_told() -> None:
    """A cell that only a person could read may be a name: neither it nor its meaning is passed on."""
    (insight,) = told(Column("environment", ["P", "T", "acm", "acm"]))
    assert "acm" not in insight.text


def test_no_table_nothing_told() -> None:
    table = canonical(Column("environment", ["P"]))
    relations = replace(table, kind=TableKind(7, "asset", "asset", None, 1.0), bindings=())
    assert noticed([], clean(table).rule_counts) == []
    assert noticed([relations], clean(table).rule_counts) == []
