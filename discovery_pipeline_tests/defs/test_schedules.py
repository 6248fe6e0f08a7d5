"""Which tenants a schedule runs, and that each planned time is one run per tenant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context

from discovery_pipeline.definitions import defs
from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.services.tenant_settings import CADENCES, schedule_name, set_tenant_setting
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.defs.ticking import give, paused, ran

PLANNED = datetime(2026, 3, 1, 1, 15, tzinfo=UTC)


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    with open_workspace(settings) as opened:
        yield opened


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with open_instance(settings) as opened:
        yield opened


def evaluate(
    name: str, instance: dg.DagsterInstance, workspace: Workspace, planned: datetime = PLANNED
) -> tuple[list[dg.RunRequest], str]:
    """The runs that a schedule asks for at its planned time, and what it says when there is none."""
    repository = defs.get_repository_def()
    with (
        partition_loading_context(dynamic_partitions_store=instance),
        dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=planned,
            resources={"workspace": workspace},
            repository_def=repository,
        ) as context,
    ):
        found = repository.get_schedule_def(name).evaluate_tick(context)
        return list(found.run_requests or []), found.skip_message or ""


def test_a_schedule_runs_the_tenants_that_asked_for_its_cadence_changed_or_not(
    workspace: Workspace, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    for tenant in ("acme", "globex", "initech"):
        give(workspace, tenant, tmp_path)
        ran(workspace, tenant)
    set_tenant_setting(workspace.database, "acme", "schedule", "daily")
    set_tenant_setting(workspace.database, "globex", "schedule", "weekly")
    asked = {c: [r.partition_key for r in evaluate(schedule_name(c), instance, workspace)[0]] for c in CADENCES}
    assert asked == {"hourly": [], "daily": ["acme"], "weekly": ["globex"], "monthly": []}
    assert evaluate("rediscover_hourly", instance, workspace)[1] == "no tenant's schedule is hourly"
    set_tenant_setting(workspace.database, "acme", "schedule", "off")
    assert evaluate("rediscover_daily", instance, workspace)[0] == []


def test_each_planned_time_is_one_run(workspace: Workspace, instance: dg.DagsterInstance, tmp_path: Path) -> None:
    give(workspace, "acme", tmp_path)
    set_tenant_setting(workspace.database, "acme", "schedule", "daily")
    times = (PLANNED, PLANNED, PLANNED + timedelta(days=1))
    keys = [evaluate("rediscover_daily", instance, workspace, at)[0][0].run_key for at in times]
    assert keys[0] == keys[1] != keys[2]


def test_a_tenant_without_a_file_is_said_and_not_run(workspace: Workspace, instance: dg.DagsterInstance) -> None:
    add_tenant(workspace.database, "acme")
    set_tenant_setting(workspace.database, "acme", "schedule", "daily")
    assert evaluate("rediscover_daily", instance, workspace) == ([], "acme: no file counts")


def test_a_paused_tenant_is_said_and_not_run(
    workspace: Workspace, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    give(workspace, "acme", tmp_path)
    set_tenant_setting(workspace.database, "acme", "schedule", "daily")
    paused(workspace, "acme")
    requests, said = evaluate("rediscover_daily", instance, workspace)
    assert requests == []
    assert said.startswith("acme: a run waits before mapping, paused by ada")
