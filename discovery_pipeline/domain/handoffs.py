"""The types and frame schemas that the phases hand to each other: the only thing they share beside the schema.

A row of input is addressed by (table_no, row) inside a run and by (source, file, table, row) outside it. `table_no`
numbers the tables of the snapshots that count, ordered by (source, file, order in the file), so it is deterministic.
Keep out: anything that computes a phase's result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import polars as pl

from discovery_pipeline.domain.schema import RecordKind, clean_schema

Phase = Literal["validation", "mapping", "cleansing", "inventory", "dependencies", "analysis"]
PHASES: tuple[Phase, ...] = ("validation", "mapping", "cleansing", "inventory", "dependencies", "analysis")
Severity = Literal["error", "warning", "info"]
Disposition = Literal["quarantined", "dropped"]
Grain = Literal["asset", "detail"]
MappingStatus = Literal["accepted", "review", "unmapped"]
Transform = Literal["invert", "split_host_domain", "per_socket"]
EdgeKind = Literal["application", "tier", "infrastructure", "hosting", "access", "management", "external"]
Strategy = Literal["rehost", "replatform", "refactor", "rearchitect", "replace", "retire", "retain", "not_applicable"]
AssetType = Literal[
    "physical_server", "virtual_machine", "hypervisor", "cluster", "network_device", "storage", "database",
    "load_balancer", "container_node", "application", "cloud_service", "end_user_device", "security_device",
    "printer", "other",
]  # fmt: skip

Change = Literal["added", "changed", "vanished", "returned"]

FrameSchema = dict[str, pl.DataType]

ROW_KEY: FrameSchema = {"table_no": pl.UInt32(), "row": pl.Int64()}
RECORD_KEY: FrameSchema = {**ROW_KEY, "line": pl.Int64()}

FINDINGS: FrameSchema = {
    "source": pl.String(), "file": pl.String(), "table": pl.String(), "row": pl.Int64(), "position": pl.Int64(),
    "asset_id": pl.String(), "phase": pl.String(), "severity": pl.String(), "code": pl.String(),
    "detail": pl.String(), "advice": pl.String(),
}  # fmt: skip
QUARANTINE: FrameSchema = {
    "source": pl.String(), "file": pl.String(), "table": pl.String(), "row": pl.Int64(), "line": pl.Int64(),
    "reason": pl.String(), "detail": pl.String(), "disposition": pl.String(),
}  # fmt: skip
# A phase that works with table numbers hands this over; `named` turns it into QUARANTINE.
SET_ASIDE: FrameSchema = {**RECORD_KEY, "reason": pl.String(), "detail": pl.String(), "disposition": pl.String()}
MAPPING: FrameSchema = {
    "table_no": pl.UInt32(), "position": pl.Int64(), "header": pl.String(), "field": pl.String(),
    "confidence": pl.Float64(), "status": pl.String(), "unit": pl.String(), "transform": pl.String(),
    "method": pl.String(), "why": pl.List(pl.String()),
    "alternatives": pl.List(pl.Struct({"field": pl.String(), "confidence": pl.Float64()})),
}  # fmt: skip
RULE_COUNTS: FrameSchema = {
    "table_no": pl.UInt32(), "position": pl.Int64(), "field": pl.String(), "rule": pl.String(), "cells": pl.Int64(),
}  # fmt: skip
INVENTORY: FrameSchema = {
    "asset_id": pl.String(), **clean_schema("asset"), "classified_type": pl.String(), "type_confidence": pl.Float64(),
    "sources": pl.List(pl.String()), "record_count": pl.Int64(), "first_run": pl.Boolean(), "vanished": pl.Boolean(),
    "review_fields": pl.List(pl.String()),
}  # fmt: skip
# record_no numbers the asset records of a run in lineage order. The origin frame points at it: asset_id, then per
# claimed field f the columns `f` (record_no whose value won; null when several rows made it) and `f__rule`.
LINEAGE: FrameSchema = {
    **RECORD_KEY, "record_no": pl.UInt32(), "record": pl.String(), "asset_id": pl.String(), "duplicate": pl.Boolean(),
}  # fmt: skip
CHANGES: FrameSchema = {
    "asset_id": pl.String(), "change": pl.String(), "field": pl.String(), "old": pl.String(), "new": pl.String(),
}  # fmt: skip
# identifier: the strongest identifier at first sight ("uuid:4c4c..."); identifiers: every strong one seen since.
REGISTRY: FrameSchema = {
    "asset_id": pl.String(), "identifier": pl.String(), "ordinal": pl.Int64(), "identifiers": pl.List(pl.String()),
}  # fmt: skip
# Assets that may be one thing and were kept apart; asset_id_a < asset_id_b.
LOOK_ALIKES: FrameSchema = {
    "asset_id_a": pl.String(), "asset_id_b": pl.String(), "probability": pl.Float64(),
    "reasons": pl.List(pl.String()),
}  # fmt: skip
# Assets that may be two and were made one. rows: what a split would take off.
DOUBTFUL_JOINS: FrameSchema = {
    "asset_id": pl.String(), "probability": pl.Float64(), "reasons": pl.List(pl.String()),
    "rows": pl.List(pl.Struct({"table_no": pl.UInt32(), "row": pl.Int64()})),
}  # fmt: skip
# An asset's field about which sources disagree and nobody decided. weight: what settling it is worth, in [0, 1]: what
# the field matters, by how much the values differ, by how close it was. stated: the values as people write them.
CONFLICTS: FrameSchema = {
    "asset_id": pl.String(), "field": pl.String(), "weight": pl.Float64(), "stated": pl.List(pl.String()),
    "sources": pl.UInt32(),
}  # fmt: skip
# services: registered names of the ports. reasons: per class of evidence its records and what it contributes; the
# confidence is 1 - the product of (1 - contribution). contradictions: what speaks against the edge.
DEPENDENCIES: FrameSchema = {
    "from_asset": pl.String(), "to_asset": pl.String(), "to_address": pl.String(), "kind": pl.String(),
    "evidence": pl.List(pl.String()), "confidence": pl.Float64(), "observations": pl.Int64(),
    "ports": pl.List(pl.Int64()), "first_seen": pl.Datetime("us"), "last_seen": pl.Datetime("us"),
    "services": pl.List(pl.String()), "reasons": pl.List(pl.String()), "contradictions": pl.List(pl.String()),
}  # fmt: skip
# origin: inventory (an asset of that id) or proposed (servers of an application that nothing names; id "p_...").
APPLICATIONS: FrameSchema = {
    "application_id": pl.String(), "name": pl.String(), "members": pl.List(pl.String()), "origin": pl.String(),
    "confidence": pl.Float64(),
}  # fmt: skip
# What says that an asset serves an application; basis: named, stated, hosting, traffic, naming, ownership or decided.
MEMBERSHIPS: FrameSchema = {
    "asset_id": pl.String(), "application_id": pl.String(), "basis": pl.String(), "confidence": pl.Float64(),
    "reasons": pl.List(pl.String()),
}  # fmt: skip
GROUP_MEMBERS: FrameSchema = {"group_id": pl.String(), "asset_id": pl.String(), "reason": pl.String()}
# The place of an asset in the graph. blast_radius: assets that need it, by however many steps; applications: of which
# some need it; cycle: number of the circle of needs that it stands in (null = none).
STRUCTURE: FrameSchema = {
    "asset_id": pl.String(), "dependents": pl.Int64(), "providers": pl.Int64(), "blast_radius": pl.Int64(),
    "applications": pl.Int64(), "cycle": pl.Int64(), "single_point_of_failure": pl.Boolean(),
    "reasons": pl.List(pl.String()),
}  # fmt: skip
# One row per machine that moves and provider. basis: peak, average or allocated, of the weaker of CPU and memory;
# prices per month in `currency`, of `price_date` in `region`; low and high bound the on-demand total, storage included.
# A machine that can't be sized has no type and a first reason that says why. alternatives: the best types of the next
# families.
SIZING: FrameSchema = {
    "asset_id": pl.String(), "provider": pl.String(), "region": pl.String(), "instance_type": pl.String(),
    "basis": pl.String(), "cpus_needed": pl.Float64(), "memory_needed_gib": pl.Float64(),
    "storage_needed_gib": pl.Float64(), "cpus": pl.Int64(), "memory_gib": pl.Float64(),
    "compute_on_demand": pl.Float64(), "compute_reserved": pl.Float64(), "storage": pl.Float64(),
    "total_on_demand": pl.Float64(), "total_reserved": pl.Float64(), "total_low": pl.Float64(),
    "total_high": pl.Float64(), "currency": pl.String(), "price_date": pl.Date(), "confidence": pl.Float64(),
    "alternatives": pl.List(pl.String()), "reasons": pl.List(pl.String()),
}  # fmt: skip
WAVES: FrameSchema = {
    "wave": pl.Int64(), "starts": pl.Date(), "ends": pl.Date(), "groups": pl.Int64(), "assets": pl.Int64(),
    "applications": pl.Int64(), "environments": pl.List(pl.String()), "pilot": pl.Boolean(), "priority": pl.Float64(),
    "risk": pl.Float64(), "confidence": pl.Float64(), "crossing_chance": pl.Float64(), "reasons": pl.List(pl.String()),
    "storage_tib": pl.Float64(), "expected_crossings": pl.Float64(),
}  # fmt: skip
# Believed needs whose ends don't move together: what has to work across sites, for a while or for good. risk in [0, 1].
# crossing: provider_first, dependent_first, provider_stays, dependent_stays or provider_retired (no wave: null).
CUT_EDGES: FrameSchema = {
    "from_asset": pl.String(), "to_asset": pl.String(), "kind": pl.String(), "from_wave": pl.Int64(),
    "to_wave": pl.Int64(), "confidence": pl.Float64(), "risk": pl.Float64(), "reason": pl.String(),
    "crossing": pl.String(),
}  # fmt: skip
# inner_weight, cut_weight: summed confidence of the believed ties inside and of those that lead out. stability: share
# of the members that stay together when ties are left out at random. wave_reasons: why it moves then.
MOVE_GROUPS: FrameSchema = {
    "group_id": pl.String(), "members": pl.List(pl.String()), "wave": pl.Int64(), "size": pl.Int64(),
    "inner_weight": pl.Float64(), "cut_weight": pl.Float64(), "stability": pl.Float64(),
    "wave_reasons": pl.List(pl.String()),
}  # fmt: skip
# rule: version of the rule file and the rule that decided or weighs most. alternatives: next best strategies with their
# share and what speaks for them. facts: name=value, with the rule file they give the strategy again.
ANALYSIS: FrameSchema = {
    "asset_id": pl.String(), "strategy": pl.String(), "reasons": pl.List(pl.String()), "readiness": pl.Float64(),
    "confidence": pl.Float64(), "wave": pl.Int64(), "rule": pl.String(), "alternatives": pl.List(pl.String()),
    "facts": pl.List(pl.String()), "next_question": pl.String(),
}  # fmt: skip
# What to ask whom next, most worth an answer first. owner: null where nobody is known. subjects: the assets that weigh
# most. change: assets whose treatment an answer is expected to change; value: the same by what rests on each.
# answer_with: the kind of correction that records the answer. monthly_cost, waves: of what it concerns.
QUESTIONS: FrameSchema = {
    "question_id": pl.String(), "owner": pl.String(), "rank": pl.Int64(), "topic": pl.String(),
    "question": pl.String(), "subjects": pl.List(pl.String()), "outcomes": pl.List(pl.String()), "assets": pl.Int64(),
    "applications": pl.Int64(), "waves": pl.List(pl.Int64()), "monthly_cost": pl.Float64(), "currency": pl.String(),
    "change": pl.Float64(), "value": pl.Float64(), "answer_with": pl.String(),
}  # fmt: skip
# Sentences for people; nothing is computed from them. kind: rationale, summary or question. subject: an application's
# id, "strategy/rule", "estate" or a question's id. facts: what the sentences may say. stated: the sentences that the
# facts alone give; text: those that stand; model: who wrote these (null = nobody, they are the stated ones).
NARRATIVES: FrameSchema = {
    "kind": pl.String(), "subject": pl.String(), "name": pl.String(), "facts": pl.List(pl.String()),
    "stated": pl.String(), "text": pl.String(), "model": pl.String(),
}  # fmt: skip


@dataclass(frozen=True)
class TableInfo:
    """One table found in a file: a sheet or a delimited file.

    headers: one per column position, verbatim ("" where blank). rows: records after the header, those that the
    reader set aside included. as_of: the snapshot's date where the user stated one (None = time of ingestion, which
    must not influence values). format: csv, xlsx, json, ...
    """

    table_no: int
    source: str
    file: str
    table: str
    headers: tuple[str, ...]
    rows: int
    format: str = "csv"
    as_of: datetime | None = None


@dataclass(frozen=True)
class RawTable:
    """A table's cells: columns row (Int64), line (Int64, null where there are no lines), c0 ... cN (String).

    Cells are verbatim; an empty or missing cell is null. Rows that the reader set aside are not in the frame.
    """

    info: TableInfo
    frame: pl.LazyFrame


@dataclass(frozen=True)
class TableKind:
    """What a row of a table is. product: short lower-case name of the exporting tool, or None. confidence in [0, 1].

    shifted_from: the position from which on values stand under headers that aren't theirs, or None.
    """

    table_no: int
    record: RecordKind
    grain: Grain
    product: str | None
    confidence: float
    why: tuple[str, ...] = ()
    shifted_from: int | None = None


@dataclass(frozen=True)
class ColumnMapping:
    """The choice for one source column: a canonical field or none, with its evidence and the best losers."""

    table_no: int
    position: int
    header: str
    field: str | None
    confidence: float
    status: MappingStatus
    unit: str | None = None
    transform: Transform | None = None
    method: str = "lexicon"
    why: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class ColumnBinding:
    """One column of a canonical table: the first column of a field is called `field`, further ones `field#2`, ...

    Order is that of trust: the first non-null wins for single values, lists are united.
    """

    column: str
    field: str
    position: int
    header: str
    unit: str | None
    transform: Transform | None
    confidence: float
    status: MappingStatus


@dataclass(frozen=True)
class CanonicalTable:
    """Canonical names, still strings: columns row, line, then one per binding. Cells are as in the raw table."""

    info: TableInfo
    kind: TableKind
    frame: pl.LazyFrame
    bindings: tuple[ColumnBinding, ...]


@dataclass(frozen=True)
class CleanTable:
    """Typed records of one table: RECORD_KEY columns, then the clean columns of the fields the table carries.

    review: fields whose column was mapped with status review.
    """

    info: TableInfo
    kind: TableKind
    frame: pl.LazyFrame
    review: frozenset[str] = frozenset()


def finding(
    phase: Phase,
    severity: Severity,
    code: str,
    detail: str,
    advice: str,
    info: TableInfo | None = None,
    **place: Any,
) -> dict[str, Any]:
    """One row of FINDINGS. place: row, position, asset_id; or source, file, table where no TableInfo exists."""
    where = {"source": info.source, "file": info.file, "table": info.table} if info else {}
    base = {"phase": phase, "severity": severity, "code": code, "detail": detail, "advice": advice}
    return {**dict.fromkeys(FINDINGS), **where, **place, **base}


def findings_frame(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """FINDINGS from rows made by `finding`; empty input gives an empty frame of the right types."""
    return pl.DataFrame(list(rows), schema=FINDINGS)


def empty(schema: FrameSchema) -> pl.DataFrame:
    """A frame of these columns and no rows."""
    return pl.DataFrame(schema=schema)


def names_of(tables: Sequence[TableInfo]) -> pl.DataFrame:
    """table_no, source, file and table of each table."""
    return pl.DataFrame(
        [(t.table_no, t.source, t.file, t.table) for t in tables],
        schema={"table_no": pl.UInt32(), "source": pl.String(), "file": pl.String(), "table": pl.String()},
        orient="row",
    )


def named(set_aside: pl.DataFrame, tables: Sequence[TableInfo]) -> pl.DataFrame:
    """SET_ASIDE (table numbers) -> QUARANTINE (source, file and table names)."""
    return set_aside.join(names_of(tables), on="table_no", how="left").select(list(QUARANTINE))


def mapping_frame(mappings: Sequence[ColumnMapping]) -> pl.DataFrame:
    """MAPPING, one row per source column."""
    rows = [
        {
            **{name: getattr(m, name) for name in MAPPING if name not in ("why", "alternatives")},
            "why": list(m.why),
            "alternatives": [{"field": f, "confidence": c} for f, c in m.alternatives],
        }
        for m in mappings
    ]
    return pl.DataFrame(rows, schema=MAPPING)


def mappings_from_frame(frame: pl.DataFrame) -> list[ColumnMapping]:
    """The inverse of mapping_frame."""
    return [
        ColumnMapping(
            **{
                **row,
                "why": tuple(row["why"] or ()),
                "alternatives": tuple((a["field"], a["confidence"]) for a in row["alternatives"] or ()),
            }
        )
        for row in frame.iter_rows(named=True)
    ]


def document(item: TableInfo | TableKind | ColumnBinding) -> dict[str, Any]:
    """A hand-off as a JSON document (tuples become lists, dates ISO text)."""
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(item).items()}


def table_info(document: dict[str, Any]) -> TableInfo:
    """The inverse of `document` for a TableInfo."""
    as_of = document["as_of"]
    return TableInfo(
        **{
            **document,
            "headers": tuple(document["headers"]),
            "as_of": datetime.fromisoformat(as_of) if as_of else None,
        }
    )


def table_kind(document: dict[str, Any]) -> TableKind:
    """The inverse of `document` for a TableKind."""
    return TableKind(**{**document, "why": tuple(document["why"])})


def without_rows(raw: RawTable, set_aside: pl.DataFrame) -> RawTable:
    """The table without the rows that SET_ASIDE names."""
    rows = set_aside.filter(pl.col("table_no") == raw.info.table_no).get_column("row")
    if rows.is_empty():
        return raw
    return RawTable(raw.info, raw.frame.join(rows.unique().to_frame().lazy(), on="row", how="anti"))
