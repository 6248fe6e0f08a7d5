"""Applies mappings: a raw table's columns under canonical names, cells untouched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnBinding, ColumnMapping, RawTable, TableKind


def apply_mapping(raw: RawTable, kind: TableKind, mappings: Sequence[ColumnMapping]) -> CanonicalTable:
    """Name the mapped columns of a table, lazily.

    The most trusted column of a field (see `by_trust`) is called `field`, the next `field#2`,
    ...; unmapped columns are left behind. mappings of other tables are ignored.
    """
    bindings = _bindings([m for m in mappings if m.table_no == raw.info.table_no and m.field is not None])
    columns = [pl.col(f"c{b.position}").alias(b.column) for b in bindings]
    return CanonicalTable(raw.info, kind, raw.frame.select("row", "line", *columns), bindings)


def by_trust(mapped: Sequence[ColumnMapping]) -> list[ColumnMapping]:
    """The columns of a table, the most trusted first: by confidence in tenths, then position.

    Exports lead with the column that matters most, and confidences that hardly differ say less than that.
    """
    return sorted(mapped, key=lambda m: (-round(m.confidence, 1), m.position))


def _bindings(mapped: Sequence[ColumnMapping]) -> tuple[ColumnBinding, ...]:
    carried: Counter[str] = Counter()
    bindings = []
    for m in by_trust(mapped):
        field = m.field or ""
        carried[field] += 1
        column = field if carried[field] == 1 else f"{field}#{carried[field]}"
        bindings.append(ColumnBinding(column, field, m.position, m.header, m.unit, m.transform, m.confidence, m.status))
    return tuple(bindings)
