"""The jobs of one tenant: all phases, or only what a correction changes."""

import dagster as dg

from discovery_pipeline.domain.handoffs import PHASES, Phase
from discovery_pipeline.services.dagster_api.names import APPLY_CORRECTIONS, DISCOVERY
from discovery_pipeline.services.due_runs import FIRST_CORRECTED

discovery = dg.define_asset_job(
    DISCOVERY,
    selection=dg.AssetSelection.groups(*PHASES),
    description="Raw exports to an assessed inventory, for one tenant.",
    # In one process a tenant takes seconds where a process per step takes minutes; parallelism is across tenants.
    executor_def=dg.in_process_executor,
)

apply_corrections = dg.define_asset_job(
    APPLY_CORRECTIONS,
    selection=dg.AssetSelection.assets(FIRST_CORRECTED).downstream(),
    description="What analysts decided since, without reading the files or gathering evidence again, for one tenant.",
    executor_def=dg.in_process_executor,
)


def phases_upto(last: Phase) -> list[Phase]:
    """The phases to run when asked to stop after one of them."""
    return list(PHASES[: PHASES.index(last) + 1])
