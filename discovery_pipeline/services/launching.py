"""Starting a tenant's run once: who presses twice, or at the same moment as somebody else, is shown the run that waits.

Keep out: which assets a run makes, and whether it may begin there (run_control).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from discovery_pipeline.services.dagster_api.client import NO_TAGS, DagsterApi
from discovery_pipeline.services.dagster_api.names import DISCOVERY
from discovery_pipeline.services.due_runs import FIRST_CORRECTED, assets_from
from discovery_pipeline.services.run_frames import ASSETS
from discovery_pipeline.store.run_holds import only_launch
from discovery_pipeline.store.session import Database

# Of a tenant's latest runs: the unfinished ones are among them.
LOOKED_AT = 25


@dataclass(frozen=True)
class Launch:
    """run_id: of the run. is_new: False where one that has yet to make all of this was there already."""

    run_id: str
    is_new: bool = True


def launch_once(
    api: DagsterApi,
    database: Database,
    tenant: str,
    job: str,
    by: str,
    assets: Collection[str] = (),
    tags: Mapping[str, str] = NO_TAGS,
) -> Launch:
    """Start a run as DagsterApi.launch does, where none waits or goes on that has yet to make all of its assets.

    Raises Unreachable, PermanentError.
    """
    whole = ASSETS if job == DISCOVERY else assets_from(FIRST_CORRECTED)
    with only_launch(database, tenant) as asked_to_stop:
        there = _run_that_will_make(api, tenant, set(assets or whole), asked_to_stop)
        return Launch(there, is_new=False) if there else Launch(api.launch(tenant, job, by, assets, tags=tags))


def _run_that_will_make(
    api: DagsterApi, tenant: str, wanted: Collection[str], asked_to_stop: Collection[str]
) -> str | None:
    """The id of a run that has begun with none of these assets and will make them all; None where there is none."""
    for run in api.runs(tenant, limit=LOOKED_AT):
        if run.status in ("queued", "starting", "running") and run.run_id not in asked_to_stop:
            waiting = {step.asset for step in api.run(run.run_id).steps if step.status == "waiting"}
            if waiting.issuperset(wanted):
                return run.run_id
    return None
