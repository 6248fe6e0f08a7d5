"""The cleansing phase: canonical strings to typed, normalised values, every change counted under its rule.

A column with few distinct values is cleaned on these; one with many, slice by slice. Both leave a frame that changes
cells lazily, so a table is written without ever standing in memory whole. Stays out: the rules themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import polars as pl

from discovery_pipeline.domain.cleansing import operating
from discovery_pipeline.domain.cleansing.columns import plan_column
from discovery_pipeline.domain.cleansing.derived import Derived, apply_derivations, derivations
from discovery_pipeline.domain.cleansing.passes import CleanColumn, CleanParams, RawColumns, clean_column
from discovery_pipeline.domain.cleansing.readings import read_table, reading_findings
from discovery_pipeline.domain.cleansing.row_corrections import with_own_spellings
from discovery_pipeline.domain.cleansing.socket_ports import with_socket_ports
from discovery_pipeline.domain.cleansing.stand_ins import template_derivations
from discovery_pipeline.domain.cleansing.tally import Tally
from discovery_pipeline.domain.cleansing.value_rules import concerning, corrections
from discovery_pipeline.domain.handoffs import (
    RECORD_KEY,
    RULE_COUNTS,
    SET_ASIDE,
    CanonicalTable,
    CleanTable,
    ColumnBinding,
    empty,
    findings_frame,
)  # fmt: skip
from discovery_pipeline.domain.identity_fields import NEEDED
from discovery_pipeline.domain.learning.rules import Rules, ValueRule
from discovery_pipeline.domain.schema import Field, RecordKind, fields

# Per group of NEEDED: why a row that lacks every field of it is set aside, in a word and in words.
_LACKING: dict[RecordKind, tuple[tuple[str, str], ...]] = {
    "asset": (("no_identity", "no name, address, serial number or other identifier"),),
    "relationship": (("missing_end", "no parent"), ("missing_end", "no child")),
    "connection": (
        ("missing_end", "no source host or address"),
        ("missing_end", "no destination host or address"),
    ),
}


@dataclass(frozen=True)
class CleanOutcome:
    """What cleansing made of a table.

    table: the clean rows. set_aside: rows without identity, or without one of their ends. findings: one per column and
    code. rule_counts: cells changed per column and rule.
    """

    table: CleanTable
    set_aside: pl.DataFrame
    findings: pl.DataFrame
    rule_counts: pl.DataFrame


_NOTHING_LEARNED = Rules()
_DEFAULTS = CleanParams()


def clean(table: CanonicalTable, rules: Rules = _NOTHING_LEARNED, params: CleanParams = _DEFAULTS) -> CleanOutcome:
    """Clean one table.

    rules: cells spelt as one of the value rules says, or of a row that it means, take its value, counted under
    `corrected`.
    The outcome's frame is lazy over `table.frame`: RECORD_KEY, then the fields the table carries or implies, in the
    schema's order and types. Only rows that nothing could ever be joined to are set aside.
    """
    table, of_rows = with_own_spellings(table, rules.values)
    table = with_socket_ports(table) if table.kind.record == "connection" else table
    schema = fields(table.kind.record)
    bound = [(schema[b.field], b) for b in table.bindings]
    raw = RawColumns.over(table.frame, [b.column for b in table.bindings], params)
    said = concerning(rules.values, table.kind.record, table.info.source, {b.field for b in table.bindings})
    cleaned, findings = _clean_columns(table, bound, raw, (*said, *of_rows))
    set_aside = _set_aside(table, cleaned, raw)
    frame = _united(raw.frame, cleaned)
    derived = _counted(frame, cleaned, bound)
    counts = [row for column in cleaned for row in column.tally.rule_counts(table.info.table_no)]
    counts += _derived_counts(table, derived)
    return CleanOutcome(
        CleanTable(table.info, table.kind, _finished(table, frame, derived, set_aside), _review(table.bindings)),
        set_aside,
        findings_frame(findings),
        pl.DataFrame(counts, schema=RULE_COUNTS),
    )


def _clean_columns(
    table: CanonicalTable,
    bound: Sequence[tuple[Field, ColumnBinding]],
    raw: RawColumns,
    said: Sequence[ValueRule],
) -> tuple[list[CleanColumn], list[dict[str, Any]]]:
    evidence = read_table(bound, raw.values)
    identity = {name for group in NEEDED[table.kind.record] for name in group}
    cleaned, findings = [], []
    for field, binding in bound:
        reading = evidence.of(field, binding, raw.values)
        tally = Tally(binding)
        plan = plan_column(field, binding, reading, corrections(field, said))
        cleaned.append(clean_column(plan, binding, raw, tally, keep_presence=field.name in identity))
        findings += reading_findings(table.info, field, binding, reading, evidence.dates.get(binding.column))
        findings += tally.findings(table.info)
    return cleaned, findings


def _set_aside(table: CanonicalTable, cleaned: Sequence[CleanColumn], raw: RawColumns) -> pl.DataFrame:
    """SET_ASIDE of the rows that lack what their record kind needs, each once, for its first reason."""
    lacking = []
    record = table.kind.record
    for group, (reason, detail) in zip(NEEDED[record], _LACKING[record], strict=True):
        masks = [c.present for c in cleaned if c.binding.field in group and c.present is not None]
        absent = ~reduce(or_, masks) if masks else pl.repeat(True, raw.rows, eager=True)
        if absent.any():
            rows = raw.frame.select("row", "line").collect().filter(absent)
            lacking.append(rows.with_columns(reason=pl.lit(reason), detail=pl.lit(detail)))
    if not lacking:
        return empty(SET_ASIDE)
    rows = pl.concat(lacking).unique("row", keep="first", maintain_order=True).sort("row")
    number = pl.lit(table.info.table_no, pl.UInt32).alias("table_no")
    return rows.with_columns(number, disposition=pl.lit("quarantined")).select(
        pl.col(name).cast(dtype) for name, dtype in SET_ASIDE.items()
    )


def _united(frame: pl.LazyFrame, cleaned: Sequence[CleanColumn]) -> pl.LazyFrame:
    """Row, line and one typed column per field: the first non-null of single values, the union of lists."""
    by_field: dict[str, list[pl.Expr]] = {}
    for column in cleaned:
        by_field.setdefault(column.target, []).append(column.value)
    is_list = {column.target: column.plan.field.is_list for column in cleaned}
    values = [_one(name, exprs, is_list[name]).alias(name) for name, exprs in by_field.items()]
    return frame.select("row", "line", *values)


def _one(field: str, values: Sequence[pl.Expr], is_list: bool) -> pl.Expr:
    if len(values) == 1:
        return values[0]
    if not is_list:
        return operating.most_telling(values) if field == "os_name" else pl.coalesce(values)
    union = pl.concat_list(v.fill_null([]) for v in values).list.unique(maintain_order=True)
    return pl.when(union.list.len() > 0).then(union)


def _counted(
    frame: pl.LazyFrame, cleaned: Sequence[CleanColumn], bound: Sequence[tuple[Field, ColumnBinding]]
) -> list[tuple[Derived, ColumnBinding, int]]:
    """The derivations that act on some row, with the column they read and their number of cells."""
    targets = {column.target for column in cleaned}
    split = any(b.transform == "split_host_domain" and b.field == "hostname" for _, b in bound)
    possible = derivations(targets, split) + operating.derivations(frame, targets) + template_derivations(targets)
    if not possible:
        return []
    totals = frame.select(d.hits.sum().alias(str(i)) for i, d in enumerate(possible)).collect(engine="streaming").row(0)
    return [(d, _first(d.source, bound), int(n)) for d, n in zip(possible, totals, strict=True) if n]


def _first(field: str, bound: Sequence[tuple[Field, ColumnBinding]]) -> ColumnBinding:
    return next(binding for _, binding in bound if binding.field == field)


def _derived_counts(
    table: CanonicalTable, derived: Sequence[tuple[Derived, ColumnBinding, int]]
) -> list[dict[str, Any]]:
    return [
        {"table_no": table.info.table_no, "position": b.position, "field": d.field, "rule": d.rule, "cells": n}
        for d, b, n in derived
    ]


def _finished(
    table: CanonicalTable,
    frame: pl.LazyFrame,
    derived: Sequence[tuple[Derived, ColumnBinding, int]],
    set_aside: pl.DataFrame,
) -> pl.LazyFrame:
    frame = apply_derivations(frame, [d for d, _, _ in derived])
    if not set_aside.is_empty():
        frame = frame.join(set_aside.lazy().select("row"), on="row", how="anti", maintain_order="left")
    columns = frame.collect_schema().names()
    ordered = [name for name in fields(table.kind.record) if name in columns]
    keyed = frame.with_columns(pl.lit(table.info.table_no, pl.UInt32).alias("table_no"))
    return keyed.select(*(pl.col(name).cast(dtype) for name, dtype in RECORD_KEY.items()), *ordered)


def _review(bindings: Sequence[ColumnBinding]) -> frozenset[str]:
    return frozenset(b.field for b in bindings if b.status == "review")
