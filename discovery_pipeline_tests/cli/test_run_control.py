"""`discovery pause`, `resume`, `cancel` on a real instance: what they find, what they leave, what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster import DagsterRunStatus as Status

from discovery_pipeline.cli.app import execute
from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.run_holds import hold_of, standing_hold
from discovery_pipeline_tests.defs.ticking import add_run, give, paused

TENANT = "acme"


@pytest.fixture
def workspace(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("DISCOVERY_HOME", str(settings.home))
    monkeypatch.setenv("DATABASE_URL", settings.database_url or "")
    monkeypatch.setenv("DAGSTER_DATABASE_URL", settings.dagster_url or "")
    with open_workspace(settings) as opened:
        give(opened, TENANT, tmp_path / "in", "Name,IP Address\nweb1,10.0.0.1\ndb1,10.0.0.2\n")
        yield opened


@pytest.fixture
def instance(workspace: Workspace) -> Iterator[dg.DagsterInstance]:
    with open_instance(workspace.settings) as opened:
        yield opened


def told(*arguments: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert execute([*arguments, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_the_run_that_goes_on_is_asked_to_pause_before_one_that_waits(
    workspace: Workspace, instance: dg.DagsterInstance, capsys: pytest.CaptureFixture[str]
) -> None:
    run = add_run(instance, TENANT, Status.STARTED)
    waits = add_run(instance, TENANT, Status.QUEUED)
    assert told("pause", TENANT, capsys=capsys) == {"tenant": TENANT, "run_id": run.run_id, "state": "pausing"}
    hold = hold_of(workspace.database, TENANT, run.run_id)
    assert hold is not None
    assert hold.state == "asked"
    assert told("pause", TENANT, waits.run_id, capsys=capsys)["run_id"] == waits.run_id


def test_a_run_that_waits_is_taken_out_of_the_queue(
    instance: dg.DagsterInstance, capsys: pytest.CaptureFixture[str]
) -> None:
    run = add_run(instance, TENANT, Status.QUEUED)
    assert told("cancel", TENANT, capsys=capsys) == {"tenant": TENANT, "run_id": run.run_id, "state": "cancelled"}
    ended = instance.get_run_by_id(run.run_id)
    assert ended is not None
    assert ended.status == Status.CANCELED


def test_a_paused_run_is_given_up(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    run_id = paused(workspace, TENANT)
    assert told("cancel", TENANT, capsys=capsys)["run_id"] == run_id
    assert standing_hold(workspace.database, TENANT) is None


def test_what_is_left_of_a_paused_run_is_run_here(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_tenant(workspace.settings, TENANT, "validation", lambda _: None).status == "done"
    paused(workspace, TENANT)
    document = told("resume", TENANT, capsys=capsys)
    assert document["status"] == "done"
    assert document["phases"][0]["asset"] == "mapping_proposals"
    assert document["phases"][-1]["asset"] == "discovery_report"


@pytest.mark.parametrize(
    ("command", "said"),
    [("pause", "no run goes on"), ("resume", "no run is paused"), ("cancel", "no run is paused")],
)
def test_where_there_is_nothing_to_act_on(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], command: str, said: str
) -> None:
    assert execute([command, TENANT]) == 2
    assert said in capsys.readouterr().err


def test_a_run_of_another_tenant_is_not_found(
    workspace: Workspace, instance: dg.DagsterInstance, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign = add_run(instance, "other", Status.STARTED)
    for command in ("pause", "cancel"):
        assert execute([command, TENANT, foreign.run_id]) == 2
    capsys.readouterr()
    assert hold_of(workspace.database, TENANT, foreign.run_id) is None
