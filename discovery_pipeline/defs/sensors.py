"""Sensors that start runs: when files were dropped, changed or withdrawn, and when analysts corrected something.

Each looks at some tenants a tick and goes on where it stopped; both are off until somebody switches them on. Keep out:
what is due (services/due_runs.py), taking files (services/delivery/drops.py).
"""

import dagster as dg

from discovery_pipeline.defs.jobs import apply_corrections, discovery
from discovery_pipeline.defs.ticks import Tick, Turn, sensor_result
from discovery_pipeline.services.dagster_api.names import APPLY_CORRECTIONS, DISCOVERY
from discovery_pipeline.services.delivery.drops import dropped_for_nobody, take_drops
from discovery_pipeline.services.due_runs import corrections_due, files_due, why_held
from discovery_pipeline.services.workspace import Workspace

LANDING_FILES = "landing_files"
NEW_CORRECTIONS = "new_corrections"
SECONDS_BETWEEN = 10
RUN_KEY_TAG = "dagster/run_key"


@dg.sensor(
    name=LANDING_FILES,
    job=discovery,
    minimum_interval_seconds=SECONDS_BETWEEN,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Takes files dropped into landing/TENANT/ of the home, and runs tenants whose files changed.",
)
def landing_files(context: dg.SensorEvaluationContext, workspace: dg.ResourceParam[Workspace]) -> dg.SensorResult:
    """One run per state of a tenant's files, however it ends; a tenant that runs already is left for a later tick."""
    tick, turn = Tick(LANDING_FILES, context.instance, workspace), Turn.of(workspace, context.cursor)
    for name in dropped_for_nobody(workspace):
        tick.say(f"landing/{name}", "is of no tenant and stays (discovery tenant add NAME)")
    for tenant in turn:
        with tick.looking_at(tenant):
            _take(tick, tenant)
        with tick.looking_at(tenant):
            _request_for_files(tick, tenant)
    return sensor_result(tick, turn)


@dg.sensor(
    name=NEW_CORRECTIONS,
    jobs=[apply_corrections, discovery],
    minimum_interval_seconds=SECONDS_BETWEEN,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Applies what analysts decided since a tenant's columns were mapped last.",
)
def new_corrections(context: dg.SensorEvaluationContext, workspace: dg.ResourceParam[Workspace]) -> dg.SensorResult:
    """One run per newest correction. Where the files changed too, the run of the landing sensor covers both."""
    tick, turn = Tick(NEW_CORRECTIONS, context.instance, workspace), Turn.of(workspace, context.cursor)
    landing_is_on = _is_on(context.instance, LANDING_FILES)
    for tenant in turn:
        with tick.looking_at(tenant):
            _request_for_corrections(tick, tenant, landing_is_on)
    return sensor_result(tick, turn)


def _take(tick: Tick, tenant: str) -> None:
    taken = take_drops(tick.workspace, tenant)
    for file in taken.files:
        tick.say(tenant, f"took {file.file}: {file.outcome}{f' ({file.detail})' if file.detail else ''}")
    for notice in (*taken.stay, *taken.notices):
        tick.say(tenant, f"{notice.file} {notice.detail}")


def _request_for_files(tick: Tick, tenant: str) -> None:
    due = files_due(tick.workspace, tenant)
    if due.all_gone:
        tick.say(tenant, "no file counts any more; its last inventory stays")
    elif due.is_due and tick.is_running(tenant):
        tick.say(tenant, "its files changed; a run goes on, the next tick asks again")
    elif due.is_due and (held := why_held(tick.workspace, tenant)):
        tick.say(tenant, f"its files changed; {held}")
    elif due.is_due and _was_requested(tick.instance, due.run_key):
        tick.say(tenant, "its files were run in this state already, see its last run")
    elif due.is_due:
        tick.request(tenant, DISCOVERY, due.run_key)


def _request_for_corrections(tick: Tick, tenant: str, landing_is_on: bool) -> None:
    due = corrections_due(tick.workspace, tenant)
    if due is None:
        return
    if tick.is_running(tenant):
        tick.say(tenant, "has new corrections; a run goes on, the next tick asks again")
    elif held := why_held(tick.workspace, tenant):
        tick.say(tenant, f"has new corrections; {held}")
    elif landing_is_on and _landing_will_run(tick, tenant):
        tick.say(tenant, "has new corrections and other files: the run of its files applies them")
    elif _was_requested(tick.instance, due.run_key):
        tick.say(tenant, "its corrections were run already, see its last run")
    else:
        job, assets = (APPLY_CORRECTIONS, due.assets) if due.start == "apply" else (DISCOVERY, ())
        tick.request(tenant, job, due.run_key, assets)


def _landing_will_run(tick: Tick, tenant: str) -> bool:
    """Whether the landing sensor has a run of this tenant still to ask for."""
    due = files_due(tick.workspace, tenant)
    return due.is_due and not _was_requested(tick.instance, due.run_key)


def _was_requested(instance: dg.DagsterInstance, run_key: str) -> bool:
    return instance.get_runs_count(dg.RunsFilter(tags={RUN_KEY_TAG: run_key})) > 0


def _is_on(instance: dg.DagsterInstance, sensor: str) -> bool:
    """Whether somebody switched a sensor on: all of ours are off by default."""
    return any(state.instigator_name == sensor and state.is_running for state in instance.all_instigator_state())
