"""The job over all phases of one tenant."""

import dagster as dg

from discovery_pipeline.domain.handoffs import PHASES, Phase

DISCOVERY = "discovery"

discovery = dg.define_asset_job(
    DISCOVERY,
    selection=dg.AssetSelection.groups(*PHASES),
    description="Raw exports to an assessed inventory, for one tenant.",
    # In one process a tenant takes seconds where a process per step takes minutes; parallelism is across tenants.
    executor_def=dg.in_process_executor,
)


def phases_upto(last: Phase) -> list[Phase]:
    """The phases to run when asked to stop after one of them."""
    return list(PHASES[: PHASES.index(last) + 1])
