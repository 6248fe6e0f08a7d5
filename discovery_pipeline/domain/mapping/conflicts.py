"""Columns of one table that carry one field and say different things: only the more trusted one is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import ColumnMapping, RawTable, Severity, TableInfo, TableKind, finding
from discovery_pipeline.domain.identity_fields import NEEDED
from discovery_pipeline.domain.mapping.apply import by_trust
from discovery_pipeline.domain.mapping.comparable import agreement
from discovery_pipeline.domain.masking import masked_texts
from discovery_pipeline.domain.needed_fields import NEEDED_FACTS
from discovery_pipeline.domain.schema import fields

# Texts that add to each other rather than contradict.
_REMARKS = frozenset({"tags", "description"})
# Examples shown, and differing pairs among which they are sought: masked, many look the same.
_EXAMPLES, _LOOKED_AT = 2, 50


@dataclass(frozen=True)
class ConflictParams:
    """differs: share of the rows filled in both columns that has to differ. rows: so many of them at least.

    pairs: of columns compared in a table. More, as in a table of thousands, are told of as doubts.
    """

    differs: float = 0.2
    rows: int = 5
    pairs: int = 200


@dataclass(frozen=True)
class Conflict:
    """both: rows filled in both columns that compare; differ: of those, rows that say different things.

    examples: what the two columns say, masked, in up to two rows in which it looks different.
    """

    trusted: ColumnMapping
    other: ColumnMapping
    both: int
    differ: int
    examples: tuple[tuple[str, str], ...]


def rival_columns(mappings: Sequence[ColumnMapping], kind: TableKind) -> list[tuple[ColumnMapping, ColumnMapping]]:
    """(most trusted column, another) of every field of a table that holds one value and has several columns."""
    mapped = [m for m in mappings if m.field is not None and m.field in fields(kind.record)]
    mapped = [m for m in mapped if not fields(kind.record)[m.field or ""].is_list and m.field not in _REMARKS]
    ordered = sorted(by_trust(mapped, kind), key=lambda m: m.field or "")
    groups = [list(group) for _, group in groupby(ordered, key=lambda m: m.field)]
    return [(group[0], other) for group in groups for other in group[1:]]


def conflicting_columns(
    tables: Sequence[RawTable],
    kinds: Sequence[TableKind],
    mappings: Sequence[ColumnMapping],
    params: ConflictParams = ConflictParams(),
) -> list[Conflict]:
    """All conflicts, by table. Of tables with rival columns these columns are read, of others nothing."""
    by_table: dict[int, list[ColumnMapping]] = {kind.table_no: [] for kind in kinds}
    for mapping in mappings:
        by_table[mapping.table_no].append(mapping)
    raw = {table.info.table_no: table for table in tables}
    found: list[Conflict] = []
    for kind in kinds:
        rivals = rival_columns(by_table[kind.table_no], kind)[: params.pairs]
        if rivals:
            found += _conflicts(raw[kind.table_no], kind, rivals, params)
    return found


def _conflicts(
    table: RawTable, kind: TableKind, rivals: Sequence[tuple[ColumnMapping, ColumnMapping]], params: ConflictParams
) -> Iterator[Conflict]:
    positions = sorted({m.position for pair in rivals for m in pair})
    cells = table.frame.select(f"c{position}" for position in positions).collect(engine="streaming")
    for trusted, other in rivals:
        pairs = _pairs(cells, trusted.position, other.position)
        same = agreement(fields(kind.record)[trusted.field or ""], trusted, other, pairs)
        judged = pairs.with_columns(same.alias("same")).drop_nulls("same")
        differing = judged.filter(~pl.col("same"))
        both, differ = (int(frame["n"].sum()) for frame in (judged, differing))
        if both >= params.rows and differ > params.differs * both:
            yield Conflict(trusted, other, both, differ, _examples(differing))


def _pairs(cells: pl.DataFrame, first: int, second: int) -> pl.DataFrame:
    """first, second, n: the distinct pairs of filled cells, the most frequent first."""
    chosen = cells.lazy().select(pl.col(f"c{first}").alias("first"), pl.col(f"c{second}").alias("second"))
    filled = chosen.filter(pl.all_horizontal(pl.col("first", "second").str.strip_chars() != ""))
    counted = filled.group_by("first", "second").agg(pl.len().alias("n"))
    return counted.sort("n", "first", "second", descending=[True, False, False]).collect()


def _examples(differing: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    shown = differing.head(_LOOKED_AT)
    firsts, seconds = (masked_texts(shown[column].str.slice(0, 60).to_list()) for column in ("first", "second"))
    unlike = dict.fromkeys(pair for pair in zip(firsts, seconds, strict=True) if pair[0] != pair[1])
    return tuple(unlike)[:_EXAMPLES]


def conflict_findings(
    conflicts: Sequence[Conflict], records: Mapping[int, TableKind], places: Mapping[int, TableInfo]
) -> Iterator[dict[str, Any]]:
    """Rows of FINDINGS, one per conflict: a warning where identity or assessment rests on the field."""
    for c in conflicts:
        field, table_no = c.trusted.field or "", c.trusted.table_no
        shown = ", ".join(f"'{one}' and '{other}'" for one, other in c.examples)
        examples = f", for example {shown} (masked)" if shown else ""
        yield finding(
            "mapping", _severity(records[table_no], field), "conflicting_columns",
            f"{c.trusted.header!r} and {c.other.header!r} are both taken as {field} and differ in {c.differ:,} of "
            f"{c.both:,} rows{examples}",
            f"{c.trusted.header!r} is trusted, the other fills what it leaves empty; correct the one that is something "
            "else", places[table_no], position=c.other.position,
        )  # fmt: skip


def _severity(kind: TableKind, field: str) -> Severity:
    identity = {name for group in NEEDED[kind.record] for name in group}
    weighty = {name for fact in NEEDED_FACTS for name in fact.fields} | identity
    return "warning" if field in weighty else "info"
