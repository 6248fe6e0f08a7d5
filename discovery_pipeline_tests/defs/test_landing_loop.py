"""A dropped file becomes a finished run, and then there is nothing left to do: the sensor and the job together."""

from __future__ import annotations

import dagster as dg
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context

from discovery_pipeline.definitions import defs
from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.defs.sensors import landing_files
from discovery_pipeline.services.delivery import drops
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.defs.test_stops import SERVERS


def look(instance: dg.DagsterInstance, workspace: Workspace) -> list[dg.RunRequest]:
    with (
        partition_loading_context(dynamic_partitions_store=instance),
        dg.build_sensor_context(instance=instance, resources={"workspace": workspace}, definitions=defs) as context,
    ):
        return list(landing_files.evaluate_tick(context).run_requests or [])


def execute(request: dg.RunRequest, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    """As the daemon would in another process: the request's job, partition and tags."""
    job = defs.resolve_job_def(request.job_name or "discovery")
    return job.execute_in_process(instance=instance, partition_key=request.partition_key, tags=request.tags)


def test_a_dropped_file_becomes_an_inventory(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drops, "SETTLED_S", 0.0)
    monkeypatch.setenv("DISCOVERY_HOME", str(settings.home))
    monkeypatch.setenv("DATABASE_URL", settings.database_url or "")
    monkeypatch.setenv("DAGSTER_DATABASE_URL", settings.dagster_url or "")
    with open_workspace(settings) as workspace, open_instance(settings) as instance:
        add_tenant(workspace.database, "acme")
        (workspace.landing.make_drop_folder("acme") / "servers.csv").write_text(SERVERS)
        (request,) = look(instance, workspace)
        assert execute(request, instance).success
        assert look(instance, workspace) == []
        (run,) = instance.get_runs()
        assert run.tags["dagster/partition"] == "acme"
        assert run.tags["discovery/launched_by"] == "landing_files"
        estate = workspace.frames.open("acme").scan("inventory", "inventory").collect()
        assert sorted(estate["hostname"].drop_nulls()) == ["db1", "web1"]
