"""Starting, pausing, resuming, cancelling runs of the running Dagster, and running again what one left.

Keep out: the transport (dagster_api), stopping inside a run (defs/pausing.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from discovery_pipeline.domain.errors import OutdatedInput, UsageError
from discovery_pipeline.domain.handoffs import PHASES, Phase
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.dagster_api.client import DagsterApi
from discovery_pipeline.services.dagster_api.names import APPLY_CORRECTIONS, DISCOVERY, RESUMES_TAG
from discovery_pipeline.services.dagster_api.runs import Run, RunDetail, Status
from discovery_pipeline.services.due_runs import assets_from, corrections_due, inputs_fit
from discovery_pipeline.services.launching import Launch, launch_once
from discovery_pipeline.services.run_frames import ASSETS
from discovery_pipeline.services.workspace import Workspace
from discovery_pipeline.store.run_holds import (
    Hold,
    ask_to_pause,
    end_hold,
    hold_of,
    resuming,
    standing_hold,
    take_back_pause,
)
from discovery_pipeline.store.session import Database

FIRST_OF_PHASE: dict[Phase, str] = {
    "validation": "raw_export",
    "mapping": "mapping_proposals",
    "cleansing": "clean_records",
    "inventory": "inventory",
    "dependencies": "dependencies",
    "analysis": "analysis",
}
CAME_TO_NOTHING: tuple[Status, ...] = ("failed", "cancelled")


def startable_phases(frames: TenantFrames) -> list[Phase]:
    """The phases at which a run may begin now: all before them is there and fits together."""
    return [phase for phase in PHASES if phase == PHASES[0] or inputs_fit(frames, FIRST_OF_PHASE[phase])]


def start(api: DagsterApi, database: Database, frames: TenantFrames, phase: Phase, by: str) -> Launch:
    """Run a tenant from a phase on. Raises OutdatedInput where what it needs is not there, Unreachable,
    PermanentError."""
    if phase == PHASES[0]:
        return launch_once(api, database, frames.tenant, DISCOVERY, by)
    assets = assets_from(FIRST_OF_PHASE[phase])
    _require_inputs(frames, assets)
    return launch_once(api, database, frames.tenant, DISCOVERY, by, assets)


def apply_corrections(api: DagsterApi, workspace: Workspace, tenant: str, by: str) -> Launch:
    """Run a tenant from where what waits has its first say. Raises Unreachable, PermanentError."""
    due = corrections_due(workspace, tenant)
    return launch_once(api, workspace.database, tenant, APPLY_CORRECTIONS, by, due.assets if due else ())


def left_of(run: RunDetail) -> tuple[str, ...]:
    """The assets of a run that it did not make, and what is made from them; in their order, none when it made all."""
    missing = [step.asset for step in run.steps if step.status != "done" and step.asset in ASSETS]
    if not missing:
        return ()
    first = min(map(ASSETS.index, missing))
    return tuple(asset for asset in ASSETS[first:] if any(step.asset == asset for step in run.steps))


def run_again(api: DagsterApi, database: Database, frames: TenantFrames, run: RunDetail, by: str) -> Launch:
    """Run what a run left when it failed or was cancelled. Raises UsageError where nothing is left, OutdatedInput where
    what it made is no longer what is published, Unreachable, PermanentError."""
    assets = left_of(run)
    if not assets:
        raise UsageError("nothing is left of this run", where=f"run {run.run_id}", advice="start a new one")
    going_on = gone_on(api, run.tenant, run.run_id)
    if going_on and not going_on.is_over:
        return Launch(going_on.run_id, is_new=False)
    _require_inputs(frames, assets)
    return launch_once(api, database, run.tenant, run.job, by, assets, {RESUMES_TAG: run.run_id})


def pause(database: Database, run: Run, by: str) -> None:
    """Ask a run to stop before its next phase. Raises UsageError for one that is over."""
    if run.is_over:
        raise UsageError(
            f"the run is {run.status} already", where=f"run {run.run_id}", advice="nothing is to be paused"
        )
    ask_to_pause(database, run.tenant, run.run_id, by)


def go_on(database: Database, run: Run) -> None:
    """Take back that a run should pause. Raises UsageError where it has paused meanwhile, or was never asked to."""
    if not take_back_pause(database, run.tenant, run.run_id):
        raise UsageError(
            "the run was not going to pause", where=f"run {run.run_id}", advice="resume it if it is paused"
        )


def gone_on(api: DagsterApi, tenant: str, run_id: str) -> Run | None:
    """The newest run that was started for what a run left; None where none was. Raises Unreachable, PermanentError."""
    return next(iter(api.runs(tenant, limit=1, resumes=run_id)), None)


def is_resumable(api: DagsterApi, tenant: str, hold: Hold) -> bool:
    """Whether a run can be resumed: it waits paused, or what went on with it came to nothing and nothing ran since.

    Raises Unreachable, PermanentError.
    """
    if hold.state != "resumed":
        return hold.state == "paused"
    after = gone_on(api, tenant, hold.run_id)
    if after and after.status not in CAME_TO_NOTHING:
        return False
    newest = next(iter(api.runs(tenant, limit=1)), None)
    return newest is None or newest.run_id in (hold.run_id, after and after.run_id)


def resume(api: DagsterApi, database: Database, tenant: str, run_id: str, by: str) -> Launch:
    """Start what is left of a paused run, also of one whose resumption came to nothing. Raises UsageError where it is
    not paused, Unreachable, PermanentError; where it fails the run is paused as before."""
    with resuming(database, tenant, run_id) as hold:
        after = gone_on(api, tenant, run_id)
        if after and not after.is_over:
            return Launch(after.run_id, is_new=False)
        if hold is None or not is_resumable(api, tenant, hold):
            raise not_paused(tenant, run_id)
        return Launch(api.launch(tenant, hold.job, by, hold.remaining, tags={RESUMES_TAG: run_id}))


def cancel(api: DagsterApi, database: Database, run: Run) -> None:
    """End a run; a paused one then waits for nobody. What it published stays. Raises UsageError for one that is over,
    Unreachable, PermanentError."""
    if run.status == "paused":
        drop(database, run.tenant, run.run_id)
    elif run.is_over:
        raise UsageError(f"the run is {run.status} already", where=f"run {run.run_id}")
    else:
        api.cancel(run.run_id)


def drop(database: Database, tenant: str, run_id: str) -> None:
    """A paused run is not to be resumed any more. Raises UsageError where it is not paused."""
    if not end_hold(database, tenant, run_id, "dropped"):
        raise not_paused(tenant, run_id)


def paused_run(database: Database, tenant: str, run_id: str | None = None) -> Hold:
    """The run of this id that was paused, resumed or not, or the one that waits. Raises UsageError where there is
    none."""
    hold = hold_of(database, tenant, run_id) if run_id else standing_hold(database, tenant)
    if hold is None or hold.state not in ("paused", "resumed"):
        raise not_paused(tenant, run_id)
    return hold


def not_paused(tenant: str, run_id: str | None) -> UsageError:
    """What is said where a run should be resumed that does not wait."""
    named = f"run {run_id} is not paused" if run_id else "no run is paused"
    return UsageError(named, where=f"tenant {tenant}", advice=f"start a new one: discovery run {tenant}")


def _require_inputs(frames: TenantFrames, assets: Sequence[str]) -> None:
    if not inputs_fit(frames, assets[0]):
        raise OutdatedInput(
            f"what {assets[0].replace('_', ' ')} is made from is not there, or of different runs",
            where=f"tenant {frames.tenant}",
            advice="run all phases",
        )
