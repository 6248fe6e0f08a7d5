"""What a person should know about a mapping: counts for the checks and findings with advice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind, finding
from discovery_pipeline.domain.identity_fields import tells_records_apart
from discovery_pipeline.domain.schema import fields


def mapping_counts(mappings: Sequence[ColumnMapping], kinds: Sequence[TableKind]) -> dict[str, int]:
    """Facts for the quality suite: unknown_fields and tables_without_identity."""
    records = {kind.table_no: kind.record for kind in kinds}
    unknown = sum(m.field is not None and m.field not in fields(records[m.table_no]) for m in mappings)
    return {"unknown_fields": unknown, "tables_without_identity": len(_without_identity(mappings, kinds))}


def mapping_findings(
    mappings: Sequence[ColumnMapping], infos: Sequence[TableInfo], kinds: Sequence[TableKind]
) -> list[dict[str, Any]]:
    """Rows of FINDINGS: tables whose rows nothing identifies, columns that want an analyst's look."""
    places = {info.table_no: info for info in infos}
    return [
        *_identity_findings(mappings, kinds, places),
        *_review_findings(mappings, places),
    ]


def _without_identity(mappings: Sequence[ColumnMapping], kinds: Sequence[TableKind]) -> list[TableKind]:
    mapped: dict[int, set[str]] = {kind.table_no: set() for kind in kinds}
    for mapping in mappings:
        if mapping.field is not None:
            mapped[mapping.table_no].add(mapping.field)
    return [kind for kind in kinds if not tells_records_apart(kind.record, mapped[kind.table_no])]


def _identity_findings(
    mappings: Sequence[ColumnMapping], kinds: Sequence[TableKind], places: dict[int, TableInfo]
) -> Iterator[dict[str, Any]]:
    for kind in _without_identity(mappings, kinds):
        yield finding(
            "mapping", "warning", "no_identity_column",
            f"no column identifies the rows of this {kind.record} table",
            "map its name or id column, or withdraw the file if it is no inventory", places[kind.table_no],
        )  # fmt: skip


def _review_findings(mappings: Sequence[ColumnMapping], places: dict[int, TableInfo]) -> Iterator[dict[str, Any]]:
    for mapping in mappings:
        if mapping.status == "review":
            yield finding(
                "mapping", "info", "review_mapping",
                f"{mapping.header!r} is taken as {mapping.field} with confidence {mapping.confidence:.2f}",
                "confirm or correct it", places[mapping.table_no], position=mapping.position,
            )  # fmt: skip
