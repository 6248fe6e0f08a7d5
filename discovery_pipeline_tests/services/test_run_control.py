"""Which assets a start, a resumption and a second try make, and what is refused in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from discovery_pipeline.domain.errors import OutdatedInput, Unreachable, UsageError
from discovery_pipeline.domain.handoffs import PHASES
from discovery_pipeline.services import run_control
from discovery_pipeline.services.dagster_api.client import DagsterApi, RunDetail, Status, Step, StepStatus
from discovery_pipeline.services.dagster_api.names import RESUMES_TAG
from discovery_pipeline.services.launching import Launch
from discovery_pipeline.services.run_frames import ASSETS
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.run_holds import hold_of
from discovery_pipeline_tests.defs.ticking import give, paused, publish, ran_to_the_end

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Launches:
    """Takes the place of Dagster's API: keeps what it was asked to start and to end; what it started waits."""

    def __init__(self) -> None:
        self.assets: tuple[str, ...] = ()
        self.tags: dict[str, str] = {}
        self.started: list[tuple[str, str, str]] = []
        self.ended: list[str] = []
        self.known: list[RunDetail] = []
        self.down = False

    def launch(
        self, tenant: str, job: str, by: str, assets: Collection[str] = (), tags: Mapping[str, str] | None = None
    ) -> str:
        if self.down:
            raise Unreachable("Dagster does not answer")
        self.started.append((tenant, job, by))
        self.assets, self.tags = tuple(assets), dict(tags or {})
        steps = tuple(Step(asset, None, "waiting", None, None) for asset in assets or ASSETS)
        run_id, resumes = f"new{len(self.started)}", self.tags.get(RESUMES_TAG, "")
        new = RunDetail(run_id, tenant, job, "queued", NOW, None, None, by, resumes=resumes, steps=steps)
        self.known.insert(0, new)
        return run_id

    def becomes(self, status: Status, run_id: str) -> None:
        self.known = [replace(run, status=status) if run.run_id == run_id else run for run in self.known]

    def runs(self, tenant: str, limit: int = 25, resumes: str = "") -> list[RunDetail]:
        return [run for run in self.known if run.tenant == tenant and resumes in ("", run.resumes)][:limit]

    def run(self, run_id: str) -> RunDetail:
        return next(run for run in self.known if run.run_id == run_id)

    def cancel(self, run_id: str) -> None:
        self.ended.append(run_id)


@pytest.fixture
def launches() -> Launches:
    return Launches()


@pytest.fixture
def api(launches: Launches) -> DagsterApi:
    return cast(DagsterApi, launches)


@pytest.fixture
def workspace(settings: Settings, tmp_path: Path) -> Iterator[Workspace]:
    """acme's last run went to its end; fresh has files alone."""
    with open_workspace(settings) as opened:
        for tenant in ("acme", "fresh"):
            give(opened, tenant, tmp_path)
        ran_to_the_end(opened, "acme")
        yield opened


def run(status: Status, **steps: StepStatus) -> RunDetail:
    made = tuple(Step(asset, None, state, None, None) for asset, state in steps.items())
    return RunDetail("run-1", "acme", "discovery", status, NOW, NOW, None, "ada", steps=made)


def test_a_run_begins_at_each_phase_whose_input_is_there(
    workspace: Workspace, api: DagsterApi, launches: Launches
) -> None:
    frames = workspace.frames.open("acme")
    assert run_control.startable_phases(frames) == list(PHASES)
    assert run_control.startable_phases(workspace.frames.open("fresh")) == ["validation"]
    assert run_control.start(api, workspace.database, frames, "inventory", "ada") == Launch("new1")
    assert launches.assets == ASSETS[ASSETS.index("inventory") :]
    run_control.start(api, workspace.database, frames, "validation", "ada")
    assert launches.assets == ()
    with pytest.raises(OutdatedInput, match="is not there"):
        run_control.start(api, workspace.database, workspace.frames.open("fresh"), "mapping", "ada")


def test_files_read_anew_bar_the_later_phases(workspace: Workspace, api: DagsterApi) -> None:
    publish(workspace, "acme", "raw_export", fingerprint="other")
    frames = workspace.frames.open("acme")
    assert run_control.startable_phases(frames) == ["validation"]
    with pytest.raises(OutdatedInput, match="of different runs"):
        run_control.start(api, workspace.database, frames, "analysis", "ada")


def test_a_start_pressed_twice_makes_one_run(workspace: Workspace, api: DagsterApi, launches: Launches) -> None:
    database, frames = workspace.database, workspace.frames.open("acme")
    with ThreadPoolExecutor(2) as people:
        both = list(people.map(lambda by: run_control.start(api, database, frames, "mapping", by), ("ada", "bo")))
    assert sorted(both, key=lambda launch: launch.is_new) == [Launch("new1", False), Launch("new1")]
    assert run_control.apply_corrections(api, workspace, "acme", "ada") == Launch("new1", False)
    # It makes more than the run that waits.
    assert run_control.start(api, database, frames, "validation", "ada") == Launch("new2")
    assert len(launches.started) == 2


@pytest.mark.parametrize("begun", ["running", "done"])
def test_a_run_that_has_begun_is_not_taken_for_the_one_asked_for(
    workspace: Workspace, api: DagsterApi, launches: Launches, begun: StepStatus
) -> None:
    """What it read may be older than what was delivered or decided since."""
    database, frames = workspace.database, workspace.frames.open("acme")
    run_control.start(api, database, frames, "validation", "ada")
    (waiting,) = launches.known
    steps = (replace(waiting.steps[0], status=begun), *waiting.steps[1:])
    launches.known = [replace(waiting, status="running", steps=steps)]
    assert run_control.start(api, database, frames, "mapping", "ada") == Launch("new1", False)
    assert run_control.start(api, database, frames, "validation", "ada") == Launch("new2")


def test_a_run_that_will_pause_is_not_counted_on(workspace: Workspace, api: DagsterApi, launches: Launches) -> None:
    database, frames = workspace.database, workspace.frames.open("acme")
    run_control.start(api, database, frames, "validation", "ada")
    run_control.pause(database, launches.known[0], "ada")
    assert run_control.start(api, database, frames, "validation", "ada") == Launch("new2")


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        pytest.param({"raw_export": "done", "inventory": "failed", "analysis": "skipped"}, ("inventory", "analysis"),
                     id="failed in the middle"),
        pytest.param({"inventory": "failed", "inventory_changes": "skipped", "dependencies": "done"},
                     ("inventory", "inventory_changes", "dependencies"), id="what was made of it before is made anew"),
        pytest.param({"analysis": "done"}, (), id="nothing"),
        pytest.param({"some_op": "failed"}, (), id="no asset"),
    ],
)  # fmt: skip
def test_what_a_run_left(steps: dict[str, StepStatus], left: tuple[str, ...]) -> None:
    assert run_control.left_of(run("failed", **steps)) == left


def test_what_a_run_left_is_run_again_once(workspace: Workspace, api: DagsterApi, launches: Launches) -> None:
    database, frames = workspace.database, workspace.frames.open("acme")
    failed = run("failed", inventory="done", dependencies="failed")
    assert run_control.run_again(api, database, frames, failed, "ada") == Launch("new1")
    assert (launches.started, launches.assets) == ([("acme", "discovery", "ada")], ("dependencies",))
    launches.becomes("running", "new1")
    assert run_control.run_again(api, database, frames, failed, "bo") == Launch("new1", False)
    launches.becomes("failed", "new1")
    assert run_control.run_again(api, database, frames, failed, "bo") == Launch("new2")
    with pytest.raises(UsageError, match="nothing is left"):
        run_control.run_again(api, database, frames, run("cancelled", analysis="done"), "ada")


def test_a_paused_run_is_resumed_under_its_name(workspace: Workspace, api: DagsterApi, launches: Launches) -> None:
    run_id = paused(workspace, "acme")
    assert run_control.resume(api, workspace.database, "acme", run_id, "bo") == Launch("new1")
    assert (launches.assets, launches.tags) == (ASSETS[2:], {RESUMES_TAG: run_id})
    assert state_of(workspace, run_id) == "resumed"
    with pytest.raises(UsageError, match="run other is not paused"):
        run_control.resume(api, workspace.database, "acme", "other", "bo")


def test_two_who_resume_at_once_start_one_run(workspace: Workspace, api: DagsterApi, launches: Launches) -> None:
    run_id = paused(workspace, "acme")
    with ThreadPoolExecutor(2) as people:
        both = list(people.map(lambda by: run_control.resume(api, workspace.database, "acme", run_id, by), ("a", "b")))
    assert {launch.run_id for launch in both} == {"new1"}
    assert sorted(launch.is_new for launch in both) == [False, True]
    assert len(launches.started) == 1


def test_a_resumption_that_did_not_start_leaves_the_run_paused(
    workspace: Workspace, api: DagsterApi, launches: Launches
) -> None:
    run_id = paused(workspace, "acme")
    launches.down = True
    with pytest.raises(Unreachable):
        run_control.resume(api, workspace.database, "acme", run_id, "bo")
    assert state_of(workspace, run_id) == "paused"


@pytest.mark.parametrize(
    ("became", "resumable"),
    [("failed", True), ("cancelled", True), ("done", False), ("paused", False)],
    ids=["killed", "cancelled in the queue", "done", "paused itself"],
)
def test_a_resumption_that_came_to_nothing_is_made_again(
    workspace: Workspace, api: DagsterApi, launches: Launches, became: Status, resumable: bool
) -> None:
    run_id = paused(workspace, "acme")
    run_control.resume(api, workspace.database, "acme", run_id, "bo")
    launches.becomes(became, "new1")
    if resumable:
        assert run_control.resume(api, workspace.database, "acme", run_id, "bo") == Launch("new2")
        return
    with pytest.raises(UsageError, match="is not paused"):
        run_control.resume(api, workspace.database, "acme", run_id, "bo")
    assert state_of(workspace, run_id) == "resumed"


def test_a_later_run_bars_resuming_again(workspace: Workspace, api: DagsterApi, launches: Launches) -> None:
    run_id = paused(workspace, "acme")
    run_control.resume(api, workspace.database, "acme", run_id, "bo")
    launches.becomes("failed", "new1")
    run_control.start(api, workspace.database, workspace.frames.open("acme"), "validation", "bo")
    launches.becomes("done", "new2")
    with pytest.raises(UsageError, match="is not paused"):
        run_control.resume(api, workspace.database, "acme", run_id, "bo")


def state_of(workspace: Workspace, run_id: str) -> str:
    hold = hold_of(workspace.database, "acme", run_id)
    return hold.state if hold else ""


def test_cancelling_ends_a_run_and_gives_a_paused_one_up(
    workspace: Workspace, api: DagsterApi, launches: Launches
) -> None:
    run_control.cancel(api, workspace.database, run("running"))
    assert launches.ended == ["run-1"]
    paused(workspace, "acme")
    run_control.cancel(api, workspace.database, run("paused"))
    assert launches.ended == ["run-1"]
    with pytest.raises(UsageError, match="no run is paused"):
        run_control.paused_run(workspace.database, "acme")
    with pytest.raises(UsageError, match="is done already"):
        run_control.cancel(api, workspace.database, run("done"))


def test_pausing_and_going_on(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="is failed already"):
        run_control.pause(workspace.database, run("failed"), "ada")
    with pytest.raises(UsageError, match="not going to pause"):
        run_control.go_on(workspace.database, run("running"))
    run_control.pause(workspace.database, run("running"), "ada")
    run_control.go_on(workspace.database, run("running"))
    assert state_of(workspace, "run-1") == "dropped"
