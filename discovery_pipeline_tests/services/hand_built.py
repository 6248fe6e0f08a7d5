"""A small estate published by hand: two asset tables, a detail table, relationships and connections, and its results.

app01 is told by the CMDB (row 0, repeated in row 2) and by RVTools (row 0) with different memory; its disks are two
detail rows. db01 stands in the CMDB only. The application Billing is only named.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import (
    ANALYSIS,
    APPLICATIONS,
    CHANGES,
    CUT_EDGES,
    DEPENDENCIES,
    FINDINGS,
    GROUP_MEMBERS,
    INVENTORY,
    LINEAGE,
    MEMBERSHIPS,
    MOVE_GROUPS,
    NARRATIVES,
    QUARANTINE,
    QUESTIONS,
    SIZING,
    STRUCTURE,
    WAVES,
    ColumnBinding,
    ColumnMapping,
    FrameSchema,
    TableInfo,
    TableKind,
    document,
    empty,
    finding,
    findings_frame,
    mapping_frame,
)
from discovery_pipeline.domain.inventory.decisions.corrected import CORRECTED
from discovery_pipeline.domain.schema import clean_schema, fields
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.files.frames import TenantFrames

APP, DB, BILLING = "a_app00000000000000000", "a_db000000000000000000", "a_billing000000000000"

CMDB = TableInfo(0, "cmdb", "cmdb.csv", "cmdb", ("Name", "RAM", "IPs", "Created"), 4)
VINFO = TableInfo(1, "rvtools", "rv.xlsx", "vInfo", ("VM", "Memory", "IP"), 1, format="xlsx")
VDISK = TableInfo(2, "rvtools", "rv.xlsx", "vDisk", ("VM", "Capacity MiB"), 2, format="xlsx")
FLOWS = TableInfo(3, "flows", "flows.csv", "flows", ("src", "dst", "port"), 4)
TABLES = (CMDB, VINFO, VDISK, FLOWS)
KINDS = (
    TableKind(0, "asset", "asset", "servicenow", 0.9),
    TableKind(1, "asset", "asset", "rvtools", 0.9),
    TableKind(2, "asset", "detail", "rvtools", 0.9),
    TableKind(3, "connection", "asset", None, 0.9),
)

RAW: dict[int, list[tuple[Any, ...]]] = {
    0: [
        ("app01", "16 GB", "10.0.0.1", "2024-05-01"),
        ("=db01", "8 GB", "10.0.0.2;10.0.0.3", None),
        ("app01", "16 GB", "10.0.0.1", "2024-05-01"),
        (None, None, None, None),
    ],
    1: [("APP01", "12288", "10.0.0.1")],
    2: [("app01", "10240"), ("app01", "20480")],
    3: [
        ("10.0.0.1", "10.0.0.2", "5432"),
        ("10.0.0.1", "10.0.0.2", "5432"),
        ("x", "y", "1"),
        ("10.0.0.1", "10.0.0.2", "443"),
    ],
}
LINES = {0: [2, 3, 4, 5], 1: [None], 2: [None, None], 3: [2, 3, 4, 5]}
BINDINGS: dict[int, list[tuple[str, int, str | None]]] = {
    0: [("hostname", 0, None), ("memory_mib", 1, "GB"), ("ip_address", 2, None), ("install_date", 3, None)],
    1: [("hostname", 0, None), ("memory_mib", 1, "MiB"), ("ip_address", 2, None)],
    2: [("hostname", 0, None), ("storage_total_gib", 1, "MiB")],
    3: [("source_ip", 0, None), ("destination_ip", 1, None), ("destination_port", 2, None)],
}
CREATED = datetime(2024, 5, 1)
CLEAN: dict[int, dict[str, list[Any]]] = {
    0: {
        "row": [0, 1, 2],
        "hostname": ["app01", "=db01", "app01"],
        "memory_mib": [16384.0, 8192.0, 16384.0],
        "ip_address": [["10.0.0.1"], ["10.0.0.2", "10.0.0.3"], ["10.0.0.1"]],
        "install_date": [CREATED, None, CREATED],
    },
    1: {"row": [0], "hostname": ["app01"], "memory_mib": [12288.0], "ip_address": [["10.0.0.1"]]},
    2: {"row": [0, 1], "hostname": ["app01", "app01"], "storage_total_gib": [10.0, 20.0]},
    3: {
        "row": [0, 1, 2, 3],
        "source_ip": ["10.0.0.1"] * 2 + [None, "10.0.0.1"],
        "destination_ip": ["10.0.0.2"] * 2 + [None, "10.0.0.2"],
        "destination_port": [5432, 5432, 1, 443],
    },
}


def frame(rows: list[dict[str, Any]], schema: FrameSchema) -> pl.DataFrame:
    """Rows that name only some columns; the others are null."""
    return pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=schema)


def turned(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows in the other order. DataFrame.reverse() makes List(Null) of a column of lists in which none is given."""
    return rows[list(range(len(rows)))[::-1]]


def publish(
    frames: TenantFrames, asset: str, parts: dict[str, pl.DataFrame], meta: dict[str, Any] | None = None, **files: bytes
) -> str:
    with frames.stage(asset) as staged:
        for name, content in parts.items():
            staged.write(name, content)
        for name, data in files.items():
            staged.write_bytes(name.replace("_", "."), data)
        staged.set_meta(meta or {})
        return staged.publish()


def raw_parts() -> dict[str, pl.DataFrame]:
    parts = {}
    for info in TABLES:
        columns = {f"c{i}": pl.String() for i in range(len(info.headers))}
        rows = [
            {"row": row, "line": line, **dict(zip(columns, cells, strict=True))}
            for row, (line, cells) in enumerate(zip(LINES[info.table_no], RAW[info.table_no], strict=True))
        ]
        parts[part_name(info.table_no)] = pl.DataFrame(rows, schema={"row": pl.Int64(), "line": pl.Int64(), **columns})
    return parts


def canonical_parts() -> dict[str, pl.DataFrame]:
    return {
        name: raw.rename({f"c{position}": field for field, position, _ in BINDINGS[int(name[1:])]})
        for name, raw in raw_parts().items()
    }


def clean_parts() -> dict[str, pl.DataFrame]:
    parts = {}
    for info, kind in zip(TABLES, KINDS, strict=True):
        columns = CLEAN[info.table_no]
        schema = {"row": pl.Int64(), **{n: t for n, t in clean_schema(kind.record).items() if n in columns}}
        lines = [LINES[info.table_no][row] for row in columns["row"]]
        parts[part_name(info.table_no)] = pl.DataFrame(columns, schema=schema).select(
            pl.lit(info.table_no, pl.UInt32).alias("table_no"),
            "row",
            pl.Series("line", lines, pl.Int64),
            *list(schema)[1:],
        )
    return parts


def bindings() -> dict[str, list[dict[str, Any]]]:
    return {
        str(no): [
            document(ColumnBinding(field, field, position, TABLES[no].headers[position], unit, None, 0.97, "accepted"))
            for field, position, unit in columns
        ]
        for no, columns in BINDINGS.items()
    }


def mappings() -> list[ColumnMapping]:
    return [
        ColumnMapping(no, position, TABLES[no].headers[position], field, 0.97, "accepted", unit, why=("its name",))
        for no, columns in BINDINGS.items()
        for field, position, unit in columns
    ]


def lineage() -> pl.DataFrame:
    rows = [(0, 0, 2, 0, APP, False), (0, 1, 3, 1, DB, False), (0, 2, 4, 2, APP, True), (1, 0, None, 3, APP, False)]
    rows += [(2, 0, None, 4, APP, False), (2, 1, None, 5, APP, False)]
    names = ("table_no", "row", "line", "record_no", "asset_id", "duplicate")
    return frame([{**dict(zip(names, row, strict=True)), "record": "asset"} for row in rows], LINEAGE)


def inventory() -> pl.DataFrame:
    flags = {"first_run": True, "vanished": False}
    app = {"asset_id": APP, "hostname": "app01", "memory_mib": 12288.0, "ip_address": ["10.0.0.1"], "record_count": 5}
    app |= {"storage_total_gib": 30.0, "install_date": CREATED, "sources": ["cmdb", "rvtools"], **flags}
    db = {"asset_id": DB, "hostname": "=db01", "memory_mib": 8192.0, "ip_address": ["10.0.0.2", "10.0.0.3"]}
    db |= {"record_count": 1, "sources": ["cmdb"], **flags}
    named = {"asset_id": BILLING, "application_name": ["Billing"], "record_count": 0, "sources": [], **flags}
    types = ("virtual_machine", "database", "application")
    rows = [{**a, "classified_type": t, "type_confidence": 0.9} for a, t in zip((app, db, named), types, strict=True)]
    return frame(rows, INVENTORY)


def origin() -> pl.DataFrame:
    columns: FrameSchema = {"asset_id": pl.String()}
    for name in (n for n in fields("asset") if n != "subnet"):  # a field that no table carries has no origin
        columns |= {name: pl.UInt32(), f"{name}__rule": pl.String()}
    app = {"asset_id": APP, "hostname": 0, "hostname__rule": "agreed", "memory_mib": 3}
    app |= {
        "memory_mib__rule": "source_precedence",
        "ip_address__rule": "united",
        "storage_total_gib__rule": "detail_sum",
    }
    app |= {"install_date": 0, "install_date__rule": "only_claim"}
    db = {"asset_id": DB, "hostname": 1, "hostname__rule": "only_claim", "memory_mib": 1}
    db |= {"memory_mib__rule": "only_claim", "ip_address": 1, "ip_address__rule": "only_claim"}
    return frame([app, db, {"asset_id": BILLING}], columns)


def set_aside(info: TableInfo, row: int | None, line: int | None, reason: str, disposition: str) -> dict[str, Any]:
    place = {"source": info.source, "file": info.file, "table": info.table, "row": row, "line": line}
    return {**place, "reason": reason, "detail": "", "disposition": disposition}


def publish_records(frames: TenantFrames) -> None:
    """Everything before the inventory."""
    unreadable = finding(
        "validation", "error", "unreadable", "this is a picture", "export it again", source="x", file="p.csv"
    )
    raw = {**raw_parts(), "findings": findings_frame([unreadable]), "quarantine": empty(QUARANTINE)}
    publish(frames, "raw_export", raw, {"tables": [document(t) for t in TABLES], "fingerprint": "f"})
    structural = finding("validation", "warning", "empty_row", "a row without cells", "leave it out", CMDB, row=3)
    kinds = {"kinds": [document(k) for k in KINDS]}
    publish(frames, "export_findings", {"findings": findings_frame([structural])}, kinds)
    publish(frames, "column_mapping", {"mapping": mapping_frame(mappings()), "findings": empty(FINDINGS)}, kinds)
    publish(frames, "canonical_records", canonical_parts(), {"bindings": bindings()})
    publish(frames, "clean_records", {**clean_parts(), "findings": empty(FINDINGS)})
    rows = frame([set_aside(CMDB, 3, 5, "empty_row", "dropped")], QUARANTINE)
    publish(frames, "quarantined_records", {"rows": rows})


def publish_corrected(frames: TenantFrames) -> None:
    """The estate as it is once people decided some of app01."""
    decided = {"memory_mib": 16384.0, "rack": "R1", "ip_address": ["10.9.9.9"]}
    numbers = {"memory_mib": 7, "rack": 8, "ip_address": 8, "classified_type": 9}
    mine = pl.col("asset_id") == APP
    rows = inventory().with_columns(
        pl.when(mine).then(pl.lit(value)).otherwise(name).alias(name) for name, value in decided.items()
    )
    found = origin().with_columns(
        expression
        for name in decided
        for expression in (
            pl.when(~mine).then(name).alias(name),
            pl.when(mine).then(pl.lit("corrected")).otherwise(f"{name}__rule").alias(f"{name}__rule"),
        )
    )
    told = [{"asset_id": APP, "field": name, "told": f"correction {no} by ann"} for name, no in numbers.items()]
    told.append({"asset_id": APP, "field": "asset_id", "told": "correction 4 by bob"})
    publish_records(frames)
    parts = {"inventory": rows, "lineage": lineage(), "origin": found}
    publish(frames, "inventory", {**parts, "corrected": frame(told, CORRECTED)})


QUESTIONS_ASKED = [
    {"question_id": "q_1", "owner": "=Ann", "rank": 1, "topic": "in_use", "question": "Is app01 still in use?",
     "subjects": [APP], "outcomes": ["no -> retire; otherwise rehost"], "assets": 1, "applications": 1, "waves": [1],
     "monthly_cost": 100.0, "currency": "USD", "change": 0.07, "value": 0.2, "answer_with": "strategy"},
    {"question_id": "q_2", "owner": None, "rank": 1, "topic": "release", "question": "Which release does =db01 run?",
     "subjects": [DB], "outcomes": [], "assets": 1, "applications": 0, "waves": [], "change": 0.3, "value": 0.3,
     "answer_with": "value"},
]  # fmt: skip
TOLD = [
    {"kind": "rationale", "subject": BILLING, "name": "Billing", "facts": ["strategy: rehost", "servers: 2"],
     "stated": "Rehost: it can move.", "text": "Both of its 2 servers can move <b>as they are</b>.", "model": "m1"},
    {"kind": "question", "subject": "q_1", "name": "=Ann", "facts": ["asked of: 1"],
     "stated": "Is app01 still in use?", "text": "Is this system still in use?", "model": "m1"},
]  # fmt: skip


def publish_results(frames: TenantFrames) -> None:
    """The inventory and what follows from it."""
    changes = frame([{"asset_id": DB, "change": "added"}, {"asset_id": APP, "change": "added"}], CHANGES)
    parts = {"inventory": turned(inventory()), "lineage": lineage(), "origin": origin()}
    publish(frames, "inventory", {**parts, "quarantine": empty(QUARANTINE), "findings": empty(FINDINGS)})
    publish(frames, "inventory_changes", {"inventory_changes": changes})
    edge = {"from_asset": APP, "to_asset": DB, "kind": "tier", "evidence": ["connection"], "confidence": 0.8}
    edges = frame([{**edge, "observations": 3, "ports": [443, 5432]}], DEPENDENCIES)
    gone = frame([set_aside(FLOWS, 2, 4, "no_address", "quarantined")], QUARANTINE)
    serving = [
        {"asset_id": a, "application_id": BILLING, "basis": "named", "confidence": 0.9, "reasons": ["named"]}
        for a in (APP, DB)
    ]
    served = {"memberships": frame(serving, MEMBERSHIPS), "findings": empty(FINDINGS)}
    publish(frames, "dependencies", {"dependencies": edges, "quarantine": gone, **served})
    assessed = [
        {"asset_id": a, "strategy": "rehost", "reasons": ["small", "plain"], "readiness": 0.8} for a in (DB, APP)
    ]
    analysis = {
        "analysis": frame([{**a, "confidence": 0.7, "wave": 1} for a in assessed], ANALYSIS),
        "applications": frame([{"application_id": BILLING, "name": "Billing", "members": [APP, DB]}], APPLICATIONS),
        "move_groups": frame([{"group_id": "g1", "members": [APP, DB], "wave": 1}], MOVE_GROUPS),
        "group_members": frame(
            [{"group_id": "g1", "asset_id": a, "reason": "Billing"} for a in (APP, DB)], GROUP_MEMBERS
        ),
        "waves": frame([{"wave": 1, "assets": 2, "groups": 1}], WAVES),
        "sizing": frame([{"asset_id": APP, "provider": "aws", "instance_type": "m7i.large"}], SIZING),
        "questions": frame(QUESTIONS_ASKED, QUESTIONS),
        "narratives": frame(TOLD, NARRATIVES),
        **{name: empty(schema) for name, schema in (("cut_edges", CUT_EDGES), ("structure", STRUCTURE))},
        "findings": empty(FINDINGS),
    }
    publish(frames, "analysis", analysis)
    publish(frames, "discovery_report", {}, report_html=b"<html></html>", report_xlsx=b"PK")


def publish_estate(frames: TenantFrames) -> None:
    """The whole estate."""
    publish_records(frames)
    publish_results(frames)
