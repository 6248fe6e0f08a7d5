"""A tenant's unfinished run, found and ended in this home's instance, whether or not Dagster's webserver is up."""

import dagster as dg

from discovery_pipeline.defs.ticks import GOING_ON, WAITING
from discovery_pipeline.domain.errors import PermanentError, UsageError
from discovery_pipeline.services.dagster_api.names import PARTITION_TAG


def unfinished_run(instance: dg.DagsterInstance, tenant: str, run_id: str | None = None) -> dg.DagsterRun:
    """The run of this id, or the one that goes on, before one that waits. Raises UsageError where there is none."""
    wanted = dg.RunsFilter(
        run_ids=[run_id] if run_id else None, tags={PARTITION_TAG: tenant}, statuses=[*GOING_ON, *WAITING]
    )
    found = sorted(instance.get_runs(wanted), key=lambda run: run.status in WAITING)
    if not found:
        named = f"run {run_id} does not go on" if run_id else "no run goes on"
        raise UsageError(named, where=f"tenant {tenant}", advice="the app's page Runs shows what ran")
    return found[0]


def cancel_run(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """End a run, or take it out of the queue. Raises PermanentError where its process is not there to be told."""
    if not instance.run_coordinator or not instance.run_coordinator.cancel_run(run.run_id):
        raise PermanentError(
            "the run could not be told to end", where=f"run {run.run_id}", advice="its process may be gone: look again"
        )
