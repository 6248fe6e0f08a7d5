"""A run that is asked to pause stops before its next phase; resumed, it gives what an uninterrupted one gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from discovery_pipeline.definitions import build_defs
from discovery_pipeline.defs import failures, pausing
from discovery_pipeline.defs.instance import ensure_partition, open_instance
from discovery_pipeline.defs.launch import QUIET, RunSummary, run_tenant
from discovery_pipeline.defs.pausing import SCHEDULE_TAG
from discovery_pipeline.defs.progress import Progress, ProgressEvent
from discovery_pipeline.defs.resources import open_stores
from discovery_pipeline.domain.errors import Unreachable, UsageError
from discovery_pipeline.quality.run import validate_here
from discovery_pipeline.services.dagster_api.names import LAUNCHED_BY, PARTITION_TAG, PAUSED_TAG, RESUMES_TAG
from discovery_pipeline.services.delivery.ingest import withdraw
from discovery_pipeline.services.due_runs import why_held
from discovery_pipeline.services.export import export
from discovery_pipeline.services.inventory import second_look
from discovery_pipeline.services.run_frames import ASSETS
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.run_holds import ask_to_pause, end_every_hold, end_hold, hold_of
from discovery_pipeline_tests.defs.ticking import give, paused

FILES = "Name,IP Address,Operating System,RAM (GB)\nweb1,10.0.0.1,RHEL 8,8\ndb1,10.0.0.2,AIX 7.2,64\n"
TENANT = "acme"


@pytest.fixture
def workspace(settings: Settings, tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(settings) as opened:
        give(opened, TENANT, tmp_path / "in", FILES)
        yield opened


def asking_at(workspace: Workspace, asset: str) -> Callable[[ProgressEvent], None]:
    """Somebody asks the run that goes on to pause while it makes this asset."""

    def hear(event: ProgressEvent) -> None:
        if (event.asset, event.state) == (asset, "started"):
            with open_instance(workspace.settings) as instance:
                (run,) = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
            ask_to_pause(workspace.database, TENANT, run.run_id, "ada")

    return hear


def paused_at(workspace: Workspace, asset: str) -> RunSummary:
    return run_tenant(workspace.settings, TENANT, None, asking_at(workspace, asset))


def resumed(workspace: Workspace, run_id: str, asked_at: str = "") -> RunSummary:
    return run_tenant(workspace.settings, TENANT, None, asking_at(workspace, asked_at), resumes=run_id)


def exported(workspace: Workspace, to: Path) -> dict[str, bytes]:
    export(workspace.frames.open(TENANT), to)
    return {path.name: path.read_bytes() for path in sorted(to.iterdir())}


def recorded(workspace: Workspace, run_id: str) -> dg.DagsterRun:
    with open_instance(workspace.settings) as instance:
        found = instance.get_run_by_id(run_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("asked_at", "before", "first_left"),
    [
        pytest.param("raw_export", "mapping", "mapping_proposals", id="in the first phase"),
        pytest.param("clean_records", "inventory", "inventory", id="in the middle"),
    ],
)
def test_a_run_pauses_before_its_next_phase(workspace: Workspace, asked_at: str, before: str, first_left: str) -> None:
    summary = paused_at(workspace, asked_at)
    assert (summary.status, summary.paused_before, summary.stopped) == ("paused", before, None)
    assert summary.to_json()["paused_before"] == before
    run = recorded(workspace, summary.run_id)
    assert run.status == dg.DagsterRunStatus.CANCELED
    assert run.tags[PAUSED_TAG] == before
    hold = hold_of(workspace.database, TENANT, summary.run_id)
    assert hold is not None
    assert (hold.state, hold.asked_by, hold.before, hold.job) == ("paused", "ada", before, "discovery")
    assert hold.remaining == ASSETS[ASSETS.index(first_left) :]
    assert {record.asset for record in summary.phases} == set(ASSETS) - set(hold.remaining)


def test_paused_twice_and_resumed_gives_the_bytes_of_an_uninterrupted_run(workspace: Workspace, tmp_path: Path) -> None:
    first = paused_at(workspace, "raw_export")
    assert "paused by ada" in why_held(workspace, TENANT)
    second = resumed(workspace, first.run_id, asked_at="inventory")
    assert (second.status, second.paused_before) == ("paused", "dependencies")
    assert recorded(workspace, second.run_id).tags[RESUMES_TAG] == first.run_id
    last = resumed(workspace, second.run_id)
    assert last.status == "done"
    made = [record.asset for summary in (first, second, last) for record in summary.phases]
    assert sorted(made) == sorted(ASSETS)
    assert why_held(workspace, TENANT) == ""
    paused = exported(workspace, tmp_path / "paused")
    assert run_tenant(workspace.settings, TENANT, None, lambda _: None).status == "done"
    assert exported(workspace, tmp_path / "whole") == paused


def test_a_run_up_to_a_phase_is_resumed_up_to_that_phase(workspace: Workspace) -> None:
    first = run_tenant(workspace.settings, TENANT, "cleansing", asking_at(workspace, "raw_export"))
    rest = resumed(workspace, first.run_id)
    assert rest.status == "done"
    assert {record.phase for record in rest.phases} == {"mapping", "cleansing"}


def test_a_run_that_begins_anew_takes_the_place_of_the_paused_one(workspace: Workspace) -> None:
    first = paused_at(workspace, "raw_export")
    assert run_tenant(workspace.settings, TENANT, None, lambda _: None).status == "done"
    hold = hold_of(workspace.database, TENANT, first.run_id)
    assert hold is not None
    assert hold.state == "replaced"
    with pytest.raises(UsageError, match="is not paused"):
        resumed(workspace, first.run_id)


@pytest.mark.parametrize("by", ["command line", "app"])
def test_a_resumption_that_was_killed_is_made_again(workspace: Workspace, by: str) -> None:
    """A killed command line's run is seen to be over; one of the app may still wait for a worker."""
    first = paused_at(workspace, "raw_export")
    end_hold(workspace.database, TENANT, first.run_id, "resumed")
    tags = {PARTITION_TAG: TENANT, RESUMES_TAG: first.run_id, LAUNCHED_BY: by}
    with open_instance(workspace.settings) as instance:
        after = instance.add_run(dg.DagsterRun("discovery", tags=tags, status=dg.DagsterRunStatus.STARTED))
        if by == "app":
            with pytest.raises(UsageError, match="is not paused"):
                resumed(workspace, first.run_id)
            instance.report_run_canceled(after)
    assert resumed(workspace, first.run_id).status == "done"
    with pytest.raises(UsageError, match="is not paused"):
        resumed(workspace, first.run_id)


def test_a_run_that_had_to_try_a_step_again_pauses_all_the_same(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "SECONDS_BETWEEN", 0)
    load, answers = second_look.load_registry, iter([Unreachable("the database went away")])

    def unreachable_once(*arguments: Any) -> Any:
        for unreachable in answers:
            raise unreachable
        return load(*arguments)

    monkeypatch.setattr(second_look, "load_registry", unreachable_once)
    summary = paused_at(workspace, "inventory")
    assert (summary.status, summary.paused_before) == ("paused", "dependencies")


def test_only_the_run_that_was_asked_pauses(workspace: Workspace) -> None:
    ask_to_pause(workspace.database, TENANT, "another run", "ada")
    assert run_tenant(workspace.settings, TENANT, "validation", lambda _: None).status == "done"
    assert why_held(workspace, TENANT) == ""


@pytest.mark.parametrize("by_schedule", [True, False], ids=["of a schedule", "of a person"])
def test_a_run_that_was_in_the_queue_already(workspace: Workspace, by_schedule: bool) -> None:
    run_id = paused(workspace, TENANT)
    tags = {SCHEDULE_TAG: "rediscover_daily"} if by_schedule else {}
    with (
        open_stores(workspace, TENANT, "a test", Progress(), validate_here) as stores,
        open_instance(workspace.settings) as instance,
    ):
        ensure_partition(instance, TENANT)
        job = build_defs(stores=stores).resolve_job_def("discovery")
        ran = job.execute_in_process(
            instance=instance,
            run_config=QUIET,
            partition_key=TENANT,
            tags=tags,
            asset_selection=[dg.AssetKey("raw_export")],
            raise_on_error=False,
        )
        run = instance.get_run_by_id(ran.run_id)
    hold = hold_of(workspace.database, TENANT, run_id)
    assert run is not None
    assert hold is not None
    ended = dg.DagsterRunStatus.CANCELED if by_schedule else dg.DagsterRunStatus.SUCCESS
    assert (run.status, hold.state) == (ended, "paused" if by_schedule else "replaced")
    assert workspace.frames.open(TENANT).has("raw_export") is not by_schedule


def test_a_run_that_fails_is_told_as_failed_although_it_was_to_pause(workspace: Workspace, tmp_path: Path) -> None:
    withdraw(workspace.database, TENANT, "servers.csv")
    summary = run_tenant(workspace.settings, TENANT, None, asking_at(workspace, "raw_export"))
    assert summary.status == "stopped"
    assert recorded(workspace, summary.run_id).status == dg.DagsterRunStatus.FAILURE


def test_a_begin_that_a_store_cut_short_is_made_good_when_its_step_is_tried_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = paused(workspace, TENANT)
    answers = iter([Unreachable("the database does not answer")])

    def end_holds(*arguments: Any) -> None:
        for unreachable in answers:
            raise unreachable
        end_every_hold(*arguments)

    monkeypatch.setattr(failures, "SECONDS_BETWEEN", 0)
    monkeypatch.setattr(pausing, "end_every_hold", end_holds)
    assert run_tenant(workspace.settings, TENANT, "validation", lambda _: None).status == "done"
    hold = hold_of(workspace.database, TENANT, run_id)
    assert hold is not None
    assert hold.state == "replaced"
