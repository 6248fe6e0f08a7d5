"""The hand-built estate as a model changed it: a column's field, a spelling, a type, an edge; and what was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl

from discovery_pipeline.domain.calls import Call, Prices
from discovery_pipeline.domain.handoffs import FINDINGS, document, empty, mapping_frame
from discovery_pipeline.domain.insights.contents import NameScheme
from discovery_pipeline.domain.insights.insight import About, observed
from discovery_pipeline.domain.opinions.advice import ADVISED
from discovery_pipeline.domain.opinions.worth import Measured
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.insights import add_insights, last_number
from discovery_pipeline.store.opinions import add_opinions
from discovery_pipeline.store.plans import PlanRow, add_plan
from discovery_pipeline_tests.services.hand_built import APP, DB, KINDS, mappings, publish, publish_estate
from discovery_pipeline_tests.store.model_rows import record_calls

RUN = "run-1"
ASKED_AT = datetime(2026, 1, 2, 3, tzinfo=UTC)
COLUMN = ("mapping", "cmdb.csv/cmdb/1", "field", None, "memory_mib", "m", 0.9, "m chose it")
STATUS = ("mapping", "cmdb.csv/cmdb/0", "status", "review", "accepted", "m", 0.95, "m chose it")
GONE = ("mapping", "gone.csv/gone/7", "field", None, "rack", "m", 0.97, "m chose it")
SPELLING = ("cleansing", "asset.environment=<prd>", "environment", None, "production", "m", 0.8, "so said")
TYPE = ("classification", APP, "classified_type", "physical_server", "virtual_machine", "m", 0.7, "70 %")
PAIR = ("reconciliation", f"{APP}|{DB}", "look_alike", "0.40", "0.60", "m", 0.6, "one")
EDGE = ("dependencies", f"{APP}>{DB}", "kind", None, "0.8", "m", 0.75, "so said")


def advised(*rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=ADVISED, orient="row")


def publish_advised(workspace: Workspace, tenant: str) -> None:
    """The estate with what a model changed in it."""
    frames = workspace.frames.open(tenant)
    publish_estate(frames)
    kinds = {"kinds": [document(kind) for kind in KINDS]}
    mapped = {"mapping": mapping_frame(mappings()), "findings": empty(FINDINGS)}
    publish(frames, "column_mapping", {**mapped, "advised": advised(COLUMN, STATUS, GONE)}, kinds)
    _again(workspace, tenant, "clean_records", advised(SPELLING))
    _again(workspace, tenant, "inventory", advised(TYPE, PAIR))
    _again(workspace, tenant, "dependencies", advised(EDGE))


def _again(workspace: Workspace, tenant: str, asset: str, changes: pl.DataFrame) -> None:
    """The asset's newest version with this part beside the others."""
    frames = workspace.frames.open(tenant)
    parts = {part: frames.scan(asset, part).collect() for part in frames.parts(asset)}
    publish(frames, asset, {**parts, "advised": changes}, frames.meta(asset))


def record_run(workspace: Workspace, tenant: str, run: str = RUN) -> None:
    """A run that called twice, noticed how hosts are called and planned whom to ask."""
    database = workspace.database
    calls = [
        Call("mapping", "m", "q1", 20, ASKED_AT, 250.0, "answered", "", 1000, 100, provider="local"),
        Call("mapping", "m", "q2", 20, ASKED_AT, 5.0, "refused", "HTTP 500", provider="local"),
        Call("mapping", "m", "q3", 20, ASKED_AT, 0.0, "kept", "", 1000, 100, provider="local"),
    ]
    record_calls(database, tenant, run, calls, Prices(1.0, 2.0))
    add_opinions(database, tenant, [Measured("mapping", "m", 20, 16, 15, 2, run, ASKED_AT)])
    scheme = observed("inventory", NameScheme(parts=("site", "number"), share=0.8), About("asset", "hostname"))
    add_insights(database, tenant, run, [replace(scheme, number=last_number(database, tenant) + 1)])
    add_plan(database, tenant, PlanRow(run, "mapping", ("local/m",), 20, 4, True, "it was right most often"))
