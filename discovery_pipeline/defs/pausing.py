"""A run that somebody asked to pause stops before its next phase; what is left of it is kept.

To Dagster it is cancelled, so nothing is alerted; the tag PAUSED_TAG tells it from one that somebody ended. Keep out:
asking for it, and starting what is left (services/run_control.py).
"""

import dagster as dg

from discovery_pipeline.defs.resources import TenantStores
from discovery_pipeline.domain.handoffs import Phase
from discovery_pipeline.services.dagster_api.names import PAUSED_TAG, RESUMES_TAG
from discovery_pipeline.services.run_frames import ASSETS
from discovery_pipeline.store.run_holds import end_every_hold, end_hold, hold_of, record_pause, standing_hold

# Set by Dagster's scheduler.
SCHEDULE_TAG = "dagster/schedule_name"


def begin(context: dg.AssetExecutionContext, stores: TenantStores) -> None:
    """A run that begins takes the place of the paused one: it resumes it, or makes anew what that one left.

    Raises KeyboardInterrupt for one that a schedule put into the queue before somebody paused: its turn comes again.
    """
    if SCHEDULE_TAG in context.run.tags and standing_hold(stores.database, stores.tenant):
        context.instance.report_run_canceling(context.run, "A paused run waits to be resumed: left to it.")
        raise KeyboardInterrupt
    resumed = context.run.tags.get(RESUMES_TAG)
    if resumed:
        end_hold(stores.database, stores.tenant, resumed, "resumed")
    end_every_hold(stores.database, stores.tenant, "replaced")


def stop_where_asked(context: dg.AssetExecutionContext, stores: TenantStores, phase: Phase) -> None:
    """Called before each asset. Raises KeyboardInterrupt where the run was asked to pause and the asset's phase is its
    next; a run that has failed already goes on to its end."""
    records = stores.progress.records
    if stores.progress.error or (records and records[-1].phase == phase):
        return
    run = context.run
    hold = hold_of(stores.database, stores.tenant, run.run_id)
    if hold is None or hold.state != "asked":
        return
    made = {record.asset for record in records}
    chosen = {key.to_user_string() for key in context.job_def.asset_layer.executable_asset_keys}
    remaining = [asset for asset in ASSETS if asset in chosen - made]
    # Kept first: killed after it, the run can be resumed all the same.
    record_pause(stores.database, stores.tenant, run.run_id, run.job_name, phase, remaining)
    stores.progress.paused_before = phase
    context.instance.add_run_tags(run.run_id, {PAUSED_TAG: phase})
    context.instance.report_run_canceling(run, f"Paused before {phase}, asked by {hold.asked_by}.")
    raise KeyboardInterrupt
