"""Applies mappings: a raw table's columns under canonical names, cells untouched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnBinding, ColumnMapping, RawTable, TableKind
from discovery_pipeline.domain.vocabulary.products import by_name

# So much less sure a column may be that it is the field and yet stand before one that has it at second hand: what is
# accepted mostly may, what is to be reviewed may not.
_SECOND_HAND = 0.2


def apply_mapping(raw: RawTable, kind: TableKind, mappings: Sequence[ColumnMapping]) -> CanonicalTable:
    """Name the mapped columns of a table, lazily.

    The most trusted column of a field (see `by_trust`) is called `field`, the next `field#2`,
    ...; unmapped columns are left behind. mappings of other tables are ignored.
    """
    bindings = _bindings([m for m in mappings if m.table_no == raw.info.table_no and m.field is not None], kind)
    columns = [pl.col(f"c{b.position}").alias(b.column) for b in bindings]
    return CanonicalTable(raw.info, kind, raw.frame.select("row", "line", *columns), bindings)


def by_trust(mapped: Sequence[ColumnMapping], kind: TableKind) -> list[ColumnMapping]:
    """The columns of a table, the most trusted first: by confidence in tenths, then position.

    Exports lead with the column that matters most, and confidences that hardly differ say less than that. Confidence
    that a column is the field is not yet knowledge: what the tool has at second hand comes after what is likely enough.
    """
    product = by_name(kind.product, [m.header for m in mapped])

    def rank(mapping: ColumnMapping) -> tuple[float, bool, int]:
        convention = product.convention(mapping.header) if product else None
        second_hand = convention is not None and convention.second_hand
        likely = mapping.confidence - (_SECOND_HAND if second_hand else 0.0)
        return (-round(likely, 1), second_hand, mapping.position)

    return sorted(mapped, key=rank)


def _bindings(mapped: Sequence[ColumnMapping], kind: TableKind) -> tuple[ColumnBinding, ...]:
    carried: Counter[str] = Counter()
    bindings = []
    for m in by_trust(mapped, kind):
        field = m.field or ""
        carried[field] += 1
        column = field if carried[field] == 1 else f"{field}#{carried[field]}"
        bindings.append(ColumnBinding(column, field, m.position, m.header, m.unit, m.transform, m.confidence, m.status))
    return tuple(bindings)
