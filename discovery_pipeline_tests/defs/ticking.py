"""Tenants, published frames and runs for the tests of sensors and schedules, without running a phase."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import dagster as dg
import sqlalchemy as sa
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    InProcessCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, SensorInstigatorData
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from discovery_pipeline.defs.launch import BY_COMMAND_LINE
from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.due_runs import files_due
from discovery_pipeline.services.run_frames import ASSETS
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.run_holds import ask_to_pause, record_pause
from discovery_pipeline.store.tables import Base
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.store.conftest import sample_row

PLACE = RemoteRepositoryOrigin(
    InProcessCodeLocationOrigin(LoadableTargetOrigin(module_name="discovery_pipeline.definitions")), "__repository__"
)
CHAIN = ("raw_export", "export_findings", "mapping_proposals", "model_answers", "column_mapping")


def give(
    workspace: Workspace, tenant: str, folder: Path, text: str = "Name\nweb1\n", name: str = "servers.csv"
) -> None:
    """Ingest a file of this content; the tenant is added where it is missing."""
    add_tenant(workspace.database, tenant)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    ingest(workspace.settings, workspace.database, tenant, [folder / name])


def publish(workspace: Workspace, tenant: str, asset: str, inputs: Sequence[str] = (), **document: object) -> None:
    """Publish an empty version of an asset as its writer would."""
    frames = workspace.frames.open(tenant)
    with frames.stage(asset) as staged:
        staged.set_meta({**document, "inputs": {name: frames.version(name) for name in inputs}})
        staged.publish()


def ran(workspace: Workspace, tenant: str, corrections: int = 0) -> None:
    """As a run leaves it that read the files that count now and knew the corrections up to this one."""
    publish(workspace, tenant, "raw_export", fingerprint=files_due(workspace, tenant).print)
    for asset, before in zip(CHAIN[1:-1], CHAIN, strict=False):
        publish(workspace, tenant, asset, [before])
    publish(workspace, tenant, "column_mapping", CHAIN[1:-1], corrections=corrections)


def ran_to_the_end(workspace: Workspace, tenant: str) -> None:
    """As a whole run leaves it, before anything was corrected."""
    ran(workspace, tenant)
    for before, asset in pairwise(ASSETS[ASSETS.index("column_mapping") :]):
        publish(workspace, tenant, asset, [before], corrections=0)


def correct(workspace: Workspace, tenant: str, number: int, kind: Kind = "mapping") -> None:
    """Record a correction of this number."""
    table = Base.metadata.tables["corrections"]
    with workspace.database.tenant_session(tenant) as session:
        session.execute(sa.insert(table).values({**sample_row(table, tenant), "number": number, "kind": kind}))


def add_run(
    instance: dg.DagsterInstance,
    tenant: str,
    status: dg.DagsterRunStatus,
    run_key: str | None = None,
    by_command_line: bool = False,
) -> dg.DagsterRun:
    """Record a run of the tenant, as the daemon or the command line does."""
    tags = {
        "dagster/partition": tenant,
        **({"dagster/run_key": run_key} if run_key else {}),
        **(BY_COMMAND_LINE if by_command_line else {}),
    }
    origin = RemoteJobOrigin(PLACE, "discovery")
    return instance.add_run(dg.DagsterRun(job_name="discovery", status=status, tags=tags, remote_job_origin=origin))


def paused(workspace: Workspace, tenant: str) -> str:
    """As somebody leaves it who paused a run before the mapping; returns the run's id."""
    ask_to_pause(workspace.database, tenant, "run-1", "ada")
    record_pause(workspace.database, tenant, "run-1", "discovery", "mapping", ASSETS[2:])
    return "run-1"


def switch_on(instance: dg.DagsterInstance, sensor: str) -> None:
    """As the UI does it."""
    origin = RemoteInstigatorOrigin(PLACE, sensor)
    running = InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.RUNNING, SensorInstigatorData())
    instance.add_instigator_state(running)
