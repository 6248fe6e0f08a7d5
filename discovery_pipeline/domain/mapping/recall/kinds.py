"""What a table's rows are, where people's decisions about its columns say otherwise than its headers.

A decision names a field of some record kind: so the whole table is of that kind, and so is a table of the same layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from discovery_pipeline.domain.handoffs import RawTable, TableInfo, TableKind
from discovery_pipeline.domain.mapping.candidates import Proposals, propose
from discovery_pipeline.domain.mapping.evidence import profile_of
from discovery_pipeline.domain.mapping.recall.layouts import SAME_LAYOUT, KnownTable, overlap
from discovery_pipeline.domain.mapping.recall.lessons import Lesson

_Table = tuple[str, str, str]


def of_their_kind(known: Iterable[KnownTable], lessons: Iterable[Lesson]) -> list[KnownTable]:
    """The corrected tables, each of the record kind that its newest lesson speaks of; those without a lesson go."""
    newest: dict[_Table, Lesson] = {}
    for lesson in sorted(lessons, key=lambda lesson: lesson.corrections):
        newest[lesson.place.source, lesson.place.series, lesson.place.table] = lesson
    return [replace(table, record=newest[_name(table)].record) for table in known if _name(table) in newest]


def kinds_told(
    tables: Mapping[int, KnownTable], kinds: Sequence[TableKind], known: Sequence[KnownTable]
) -> tuple[TableKind, ...]:
    """The kinds of a run's tables, changed where a corrected table of that name or layout is of another.

    tables: by number. known: `of_their_kind`.
    """
    by_name = {_name(table): table for table in known}
    return tuple(_told(kind, tables[kind.table_no], by_name, known) for kind in kinds)


def reconsidered(
    proposals: Proposals, infos: Sequence[TableInfo], before: Sequence[TableKind], kinds: Sequence[TableKind]
) -> Proposals:
    """The evidence gathered anew for the tables whose kind has changed; from their profiles, no cell is read again."""
    was = {kind.table_no: kind.record for kind in before}
    changed = [kind for kind in kinds if kind.record != was[kind.table_no]]
    if not changed:
        return proposals
    numbers = [kind.table_no for kind in changed]
    rows = proposals.profiles.filter(pl.col("table_no").is_in(numbers)).sort("table_no", "position")
    profiles = {number: [profile_of(r) for r in rows.filter(table_no=number).to_dicts()] for number in numbers}
    tables = [RawTable(info, pl.LazyFrame()) for info in infos if info.table_no in profiles]
    anew = propose(tables, changed, profiles=profiles)
    evidence = [proposals.evidence.filter(~pl.col("table_no").is_in(numbers)), anew.evidence]
    return replace(proposals, evidence=pl.concat(evidence))


def _told(
    kind: TableKind, table: KnownTable, by_name: Mapping[_Table, KnownTable], known: Sequence[KnownTable]
) -> TableKind:
    like = by_name.get(_name(table)) or _same_layout(table, known)
    if like is None or like.record == kind.record:
        return kind
    grain = kind.grain if like.record == "asset" else "asset"
    why = f"columns of {like.series} were decided as those of a table of {like.record}s"
    return replace(kind, record=like.record, grain=grain, why=(*kind.why, why))


def _same_layout(table: KnownTable, known: Sequence[KnownTable]) -> KnownTable | None:
    best = max(known, key=lambda other: (overlap(table, other), _name(other)), default=None)
    return best if best and overlap(table, best) >= SAME_LAYOUT else None


def _name(table: KnownTable) -> _Table:
    return table.source, table.series, table.table
