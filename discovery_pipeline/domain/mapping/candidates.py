"""Gathers all evidence about which field each column carries: the slow step, in which nothing is learned or decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import RawTable, TableKind
from discovery_pipeline.domain.mapping.context import context_evidence
from discovery_pipeline.domain.mapping.evidence import PROFILES, Evidence, evidence_frame
from discovery_pipeline.domain.mapping.example_evidence import example_evidence
from discovery_pipeline.domain.mapping.header_evidence import header_evidence
from discovery_pipeline.domain.mapping.product_evidence import product_evidence
from discovery_pipeline.domain.mapping.trained.column_model import ColumnModel, column_model
from discovery_pipeline.domain.mapping.value_evidence import value_evidence
from discovery_pipeline.domain.mapping.view import TableView, views


@dataclass(frozen=True)
class Proposals:
    """profiles: PROFILES, one row per source column. evidence: EVIDENCE, any number of rows per column and field."""

    profiles: pl.DataFrame
    evidence: pl.DataFrame


def propose(tables: Sequence[RawTable], kinds: Sequence[TableKind], model: ColumnModel | None = None) -> Proposals:
    """Evidence for every column of every table that has a kind. Each table is scanned once.

    model: of single columns, the packaged one by default.
    """
    known = model or column_model()
    return _proposals(tables, kinds, lambda seen: (*_evidence(seen), *example_evidence(seen, known)))


def evidence_without_examples(tables: Sequence[RawTable], kinds: Sequence[TableKind]) -> Proposals:
    """What `propose` finds where no labelled layout taught anything: what training begins with."""
    return _proposals(tables, kinds, _evidence)


def _proposals(
    tables: Sequence[RawTable], kinds: Sequence[TableKind], evidence: Callable[[TableView], Iterable[Evidence]]
) -> Proposals:
    profiles: list[dict[str, Any]] = []
    found: list[Evidence] = []
    for seen in views(tables, kinds):
        profiles.extend(_profile_rows(seen))
        found.extend(evidence(seen))
    return Proposals(pl.DataFrame(profiles, schema=PROFILES), evidence_frame(found))


def _evidence(table: TableView) -> Iterator[Evidence]:
    yield from header_evidence(table)
    yield from value_evidence(table)
    yield from context_evidence(table)
    yield from product_evidence(table)


def _profile_rows(table: TableView) -> Iterator[dict[str, Any]]:
    for header, profile in zip(table.headers, table.profiles, strict=True):
        yield {
            "table_no": table.table_no, "position": profile.position, "header": header.raw,
            "concepts": list(header.concepts), "unit": header.unit, "rows": profile.rows, "filled": profile.filled,
            "distinct": profile.distinct, "mean_length": profile.mean_length, "low": profile.low,
            "middle": profile.middle, "high": profile.high, "placeholders": profile.placeholders,
            "shapes": [{"shape": s, "share": v} for s, v in profile.shares.items()], "samples": list(profile.samples),
        }  # fmt: skip
