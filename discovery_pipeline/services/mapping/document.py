"""The mapping of a tenant's tables as the JSON document of the contract. Keep out: choosing mappings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from discovery_pipeline.domain.handoffs import ColumnMapping, TableInfo, TableKind


def mapping_document(
    tables: Sequence[TableInfo],
    kinds: Mapping[int, TableKind],
    mappings: Sequence[ColumnMapping],
    unreadable: Mapping[str, str],
) -> dict[str, Any]:
    """Files by name, their tables in the file's order, columns by position.

    kinds: by table number. unreadable: file -> what is wrong with it.
    """
    columns: dict[int, list[dict[str, Any]]] = {}
    for mapping in sorted(mappings, key=lambda m: (m.table_no, m.position)):
        columns.setdefault(mapping.table_no, []).append(_column(mapping))
    entries: list[dict[str, Any]] = [{"file": name, "error": error} for name, error in unreadable.items()]
    by_file = sorted(tables, key=lambda t: (t.file, t.source, t.table_no))
    for (name, source), found in groupby(by_file, key=lambda t: (t.file, t.source)):
        documents = [_table(t, kinds[t.table_no], columns.get(t.table_no, [])) for t in found if t.table_no in kinds]
        place = {"file": name, "source": source} if source else {"file": name}
        entries.append({**place, "tables": documents})
    return {"files": sorted(entries, key=lambda entry: entry["file"])}


def _table(info: TableInfo, kind: TableKind, columns: list[dict[str, Any]]) -> dict[str, Any]:
    what = {"record": kind.record, "grain": kind.grain, "product": kind.product}
    reasons = {"kind_confidence": kind.confidence, "kind_why": list(kind.why)}
    return {"table": info.table, **what, **reasons, "rows": info.rows, "columns": columns}


def _column(mapping: ColumnMapping) -> dict[str, Any]:
    return {
        "position": mapping.position,
        "header": mapping.header,
        "field": mapping.field,
        "confidence": mapping.confidence,
        "status": mapping.status,
        "unit": mapping.unit,
        "transform": mapping.transform,
        "method": mapping.method,
        "why": list(mapping.why),
        "alternatives": [{"field": field, "confidence": confidence} for field, confidence in mapping.alternatives],
    }
