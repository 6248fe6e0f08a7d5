"""Gathers all evidence about which field each column carries: the slow step, in which nothing is learned or decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import RawTable, TableKind
from discovery_pipeline.domain.mapping.context import context_evidence
from discovery_pipeline.domain.mapping.evidence import PROFILES, Evidence, evidence_frame
from discovery_pipeline.domain.mapping.example_evidence import example_evidence
from discovery_pipeline.domain.mapping.header_evidence import header_evidence
from discovery_pipeline.domain.mapping.meaning_evidence import (
    Embed,
    LabelledMeanings,
    meaning_evidence,
    packaged_meanings,
)
from discovery_pipeline.domain.mapping.product_evidence import product_evidence
from discovery_pipeline.domain.mapping.trained.column_model import ColumnModel, column_model
from discovery_pipeline.domain.mapping.value_evidence import value_evidence
from discovery_pipeline.domain.mapping.view import Profiled, TableView, views

# A header as it may be shown to who is beyond this machine.
Show = Callable[[str], str]


@dataclass(frozen=True)
class Proposals:
    """profiles: PROFILES, one row per source column. evidence: EVIDENCE, any number of rows per column and field."""

    profiles: pl.DataFrame
    evidence: pl.DataFrame


def propose(
    tables: Sequence[RawTable],
    kinds: Sequence[TableKind],
    model: ColumnModel | None = None,
    embed: Embed | None = None,
    labelled: Callable[[], LabelledMeanings] = packaged_meanings,
    profiles: Profiled = MappingProxyType({}),
    shown: Callable[[Proposals], Show] | None = None,
) -> Proposals:
    """Evidence for every column of every table that has a kind. Each table without profiles is scanned once.

    model: of single columns, the packaged one by default. embed, labelled: see `meaning_evidence`; without embed no
    meanings are compared. profiles: those that intake made of these tables. shown: how embed may see a header, from
    what is proposed without meanings; None = as it is.
    """
    known, seen = model or column_model(), list(views(tables, kinds, profiles))
    found = [e for table in seen for e in (*_evidence(table), *example_evidence(table, known))]
    if embed is not None:
        sees = embed if shown is None else _Showing(embed, lambda: shown(_proposals(seen, found)))
        found += list(meaning_evidence(seen, sees, labelled))
    return _proposals(seen, found)


@dataclass(frozen=True)
class _Showing:
    """Makes vectors of headers as they may be shown. show: asked for when there are headers."""

    embed: Embed
    show: Callable[[], Show]

    def __call__(self, headers: Sequence[str]) -> Sequence[Sequence[float]]:
        show = self.show()
        return self.embed([show(header) for header in headers])


def evidence_without_examples(tables: Sequence[RawTable], kinds: Sequence[TableKind]) -> Proposals:
    """What `propose` finds where no labelled layout taught anything: what training begins with."""
    seen = list(views(tables, kinds))
    return _proposals(seen, (e for table in seen for e in _evidence(table)))


def _proposals(tables: Iterable[TableView], evidence: Iterable[Evidence]) -> Proposals:
    profiles = [row for table in tables for row in _profile_rows(table)]
    return Proposals(pl.DataFrame(profiles, schema=PROFILES), evidence_frame(evidence))


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
