"""What cleansing tells others: codes that columns write for choices, units that differ from the schema's.

Read from the beginning of each table, so that it costs milliseconds at any size. Keep out: who hears it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from discovery_pipeline.domain.cleansing.one_column import column_values
from discovery_pipeline.domain.cleansing.units import unit_named, units_of
from discovery_pipeline.domain.cleansing.vocabulary import criticality_numbers, enum_words, lifecycle_codes
from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnBinding
from discovery_pipeline.domain.insights.contents import UnitConvention, ValueCodes
from discovery_pipeline.domain.insights.insight import About, Insight, observed
from discovery_pipeline.domain.schema import Field, fields

# Rows that codes are looked for in, and distinct cells beyond which a column holds no codes.
_ROWS = 5_000
_MOST_CELLS = 40
_MOST_TOLD = 12
_CODE = re.compile(r"[^\W_]{1,3}")
_UNIT_RULE = re.compile(r"unit_(?P<how>inferred_|mixed_)?(?P<unit>\w+)_to_\w+")


def noticed(tables: Sequence[CanonicalTable], rule_counts: pl.DataFrame) -> list[Insight]:
    """The insights of a cleansing. rule_counts: RULE_COUNTS of these tables."""
    units = [insight for table in tables for insight in _units(table, rule_counts)]
    return [insight for table in tables for insight in _codes(table)] + units


def _codes(table: CanonicalTable) -> Iterator[Insight]:
    schema = fields(table.kind.record)
    head = replace(table, frame=table.frame.head(_ROWS))
    for binding in table.bindings:
        field = schema[binding.field]
        if field.base == "enum":
            codes, unread, share = _codes_of(column_values(head, binding.position), _read_by_us(field, binding))
            if len(codes) > 1:
                content = ValueCodes(codes=dict(list(codes.items())[:_MOST_TOLD]), unread=unread)
                yield observed("cleansing", content, _about(table, binding), share)


def _codes_of(values: pl.DataFrame, words: dict[str, str]) -> tuple[dict[str, str], int, float]:
    """Codes with what they mean, the most frequent first; how many others are not read; the share of rows read.

    Only codes of the vocabulary are told: what people taught may be somebody's name for something.
    """
    if len(values) > _MOST_CELLS:
        return {}, 0, 0.0
    folded = values.with_columns(code=pl.col("raw").str.strip_chars().str.to_lowercase()).filter(
        pl.col("code").str.contains(f"^{_CODE.pattern}$")
    )
    counted = folded.group_by("code").agg(pl.col("n").sum(), pl.col("text").first()).sort("n", "code", descending=True)
    rows = counted.select("code", "n", "text").rows()
    read = {code: text for code, _, text in rows if text is not None and words.get(code) == text}
    known = sum(n for code, n, _ in rows if code in read)
    unread = sum(text in (None, "other") and code not in read for code, _, text in rows)
    return read, unread, round(known / max(1, int(values["n"].sum())), 2)


def _read_by_us(field: Field, binding: ColumnBinding) -> dict[str, str]:
    """Word -> choice, as enum columns are read."""
    numbers = criticality_numbers() if field.name == "criticality" else {}
    codes = lifecycle_codes(binding.header) if field.name == "lifecycle_status" else {}
    return {**enum_words(field.name), **numbers, **codes}


def _units(table: CanonicalTable, rule_counts: pl.DataFrame) -> Iterator[Insight]:
    own = rule_counts.filter(pl.col("rule").str.starts_with("unit_"), table_no=table.info.table_no)
    schema, bindings = fields(table.kind.record), {binding.position: binding for binding in table.bindings}
    for position, name, rule in own.sort("position", "cells", descending=[False, True]).unique(
        "position", keep="first", maintain_order=True
    ).select("position", "field", "rule").iter_rows():  # fmt: skip
        target, found = schema[name].unit, _UNIT_RULE.fullmatch(rule)
        unit = unit_named(target, found["unit"]) if target and found and units_of(target) else None
        if unit and unit.factor != 1 and position in bindings:
            content = UnitConvention(unit=unit.label, inferred=bool(found and found["how"]))
            yield observed("cleansing", content, _about(table, bindings[position]))


def _about(table: CanonicalTable, binding: ColumnBinding) -> About:
    return About(table.kind.record, binding.field, table.info.table_no, binding.position)
