"""A tenant whose small tables were mapped and published as a run does it, without a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from discovery_pipeline.domain.handoffs import RawTable, TableInfo, TableKind, document, mapping_frame
from discovery_pipeline.domain.mapping.candidates import Proposals, propose
from discovery_pipeline.domain.mapping.evidence import evidence_frame
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.mapping.embedders import embedder_of
from discovery_pipeline.services.mapping.learned import learned
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.domain.tables import raw_table
from discovery_pipeline_tests.services.hand_built import publish

NAMES = ["srv-01", "srv-02", "srv-03", "srv-04"]
WORDS = ["alpha", "beta", "gamma", "delta"]
COLUMNS = {"Name": NAMES, "Managed by": ["Ann Lee", "Bob Ray", "Cy Day", "Di Fox"], "Fnord": WORDS}


def table(columns: dict[str, list[str]], file: str, name: str, source: str = "cmdb", table_no: int = 0) -> RawTable:
    made = raw_table(columns, table_no)
    return replace(made, info=replace(made.info, source=source, file=file, table=name))


SERVERS = table(COLUMNS, "cmdb_2025-06-30.csv", "cmdb_2025-06-30")


def asset_kinds(tables: Sequence[RawTable]) -> list[TableKind]:
    return [TableKind(t.info.table_no, "asset", "asset", None, 0.9) for t in tables]


def infos(tables: Sequence[RawTable]) -> list[TableInfo]:
    return [t.info for t in tables]


def run_mapping(workspace: Workspace, tenant: str, *tables: RawTable, kinds: Sequence[TableKind] = ()) -> None:
    """Publish the tables, their evidence and the mapping, with what the tenant has learned."""
    add_tenant(workspace.database, tenant)
    kinds = kinds or asset_kinds(tables)
    proposals = propose(tables, kinds)
    known = learned(workspace.database, tenant, infos(tables), kinds, proposals, embedder_of(workspace.settings))
    mappings = resolve(known.proposals, known.kinds, known.overrides)
    told = {"kinds": [document(kind) for kind in known.kinds]}
    frames = workspace.frames.open(tenant)
    _publish(frames, infos(tables), told, proposals, mapping_frame(mappings), known.corrections)


def _publish(
    frames: TenantFrames,
    tables: Sequence[TableInfo],
    told: dict[str, list[dict[str, object]]],
    proposals: Proposals,
    mapping: pl.DataFrame,
    corrections: int,
) -> None:
    raw = publish(frames, "raw_export", {}, {"tables": [document(info) for info in tables]})
    inputs = {"raw_export": raw}
    inputs["export_findings"] = publish(frames, "export_findings", {}, {**told, "inputs": dict(inputs)})
    parts = {"profiles": proposals.profiles, "evidence": proposals.evidence}
    inputs["mapping_proposals"] = publish(frames, "mapping_proposals", parts, {"inputs": dict(inputs)})
    inputs["model_answers"] = publish(
        frames, "model_answers", {"evidence": evidence_frame(())}, {"inputs": dict(inputs)}
    )
    meta = {**told, "corrections": corrections, "inputs": {k: v for k, v in inputs.items() if k != "raw_export"}}
    publish(frames, "column_mapping", {"mapping": mapping}, meta)
