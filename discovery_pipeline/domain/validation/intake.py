"""The first look at a tenant's raw tables: kinds, structural findings, and rows that are no records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import SET_ASIDE, RawTable, TableKind, empty, findings_frame
from discovery_pipeline.domain.validation.deliveries import Delivered, delivery_findings
from discovery_pipeline.domain.validation.grain import grain_of
from discovery_pipeline.domain.validation.kinds import record_kind
from discovery_pipeline.domain.validation.repeats import exact_repeats
from discovery_pipeline.domain.validation.rows import rows_that_are_no_records
from discovery_pipeline.domain.validation.shifted import find_shift
from discovery_pipeline.domain.validation.structure import TableSample, structural_findings
from discovery_pipeline.domain.validation.truncated import signs_of_truncation
from discovery_pipeline.domain.vocabulary.headers import read_headers
from discovery_pipeline.domain.vocabulary.products import recognise
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile, ProfileParams, profile_tables

# Enough rows to see what a table is; the findings that need every row (blank, repeated, footer) read every row.
_SAMPLE_ROWS = 2_000
# What a row is shows in a few hundred values; mapping looks at more.
_PROFILED = ProfileParams(distinct_limit=_SAMPLE_ROWS * 2, judged_values=300)


@dataclass(frozen=True)
class Intake:
    """kinds: one per table, in the tables' order. findings: FINDINGS. set_aside: SET_ASIDE, rows dropped here.

    profiles: by table number, of the tables so short that mapping would find the same; for whoever maps at once.
    """

    kinds: tuple[TableKind, ...]
    findings: pl.DataFrame
    set_aside: pl.DataFrame
    profiles: Mapping[int, Sequence[ColumnProfile]]


def inspect(tables: Sequence[RawTable]) -> Intake:
    """Say what each table is, what is structurally wrong with it, and which rows are no records."""
    kinds: list[TableKind] = []
    findings: list[dict[str, Any]] = []
    dropped = [empty(SET_ASIDE)]
    delivered: list[Delivered] = []
    sampled = profile_tables(list(map(_few, tables)), _PROFILED)
    for table, profiles in zip(tables, sampled, strict=True):
        sample = TableSample(table.info, tuple(read_headers(table.info.headers)), tuple(profiles), _filled(table))
        kind = _kind(sample)
        shift = find_shift(sample.headers, sample.profiles, kind.record)
        rows = rows_that_are_no_records(table, kind.record)
        signs = signs_of_truncation(table, sample.headers, profiles, kind.record, rows)
        kinds.append(replace(kind, shifted_from=shift.start) if shift else kind)
        is_list = (kind.record, kind.grain) == ("asset", "asset")
        repeats = exact_repeats(table, rows["row"].to_list()) if is_list else rows.head(0)
        findings.extend(structural_findings(sample, kind, shift, rows, repeats, signs))
        delivered.append(Delivered(table, kind, sample.headers, rows))
        dropped.append(rows)
    findings.extend(delivery_findings(delivered))
    whole = {
        t.info.table_no: profiles
        for t, profiles in zip(tables, sampled, strict=True)
        if _PROFILED.sees_all(t.info.rows)
    }
    return Intake(tuple(kinds), findings_frame(findings), pl.concat(dropped).sort("table_no", "row"), whole)


def _few(table: RawTable) -> RawTable:
    every = max(1, table.info.rows // _SAMPLE_ROWS)
    return RawTable(table.info, table.frame.gather_every(every) if every > 1 else table.frame)


def _filled(table: RawTable) -> tuple[int, ...]:
    """Non-empty cells per column, over all rows."""
    columns = [pl.col(f"c{i}").count() for i in range(len(table.info.headers))]
    return table.frame.select(columns).collect(engine="streaming").row(0) if columns else ()


def _kind(sample: TableSample) -> TableKind:
    product = recognise(sample.info.headers)
    name = product.name if product else None
    opinion = record_kind(sample.headers, sample.profiles, product)
    if opinion.record != "asset":
        return TableKind(sample.info.table_no, opinion.record, "asset", name, opinion.confidence, opinion.why)
    grain, why = grain_of(sample.headers, sample.profiles, product)
    return TableKind(sample.info.table_no, opinion.record, grain, name, opinion.confidence, (*opinion.why, why))
