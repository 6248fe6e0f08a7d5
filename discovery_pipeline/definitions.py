"""Composition root of the Dagster code location."""

import warnings
from typing import Any

import dagster as dg

# A check without partitions_def records no partition, so tenants would overwrite each other's status: the preview
# parameter is right, dagster is pinned, and only this warning is silenced.
warnings.filterwarnings("ignore", message="Specifying a partitions_def on an AssetCheckSpec", category=dg.PreviewWarning)

from discovery_pipeline.defs import analysis, cleansing, dependencies, inventory, mapping, validation  # noqa: E402
from discovery_pipeline.defs.jobs import discovery  # noqa: E402
from discovery_pipeline.defs.resources import TenantStoresResource  # noqa: E402

PHASE_MODULES = [validation, mapping, cleansing, inventory, dependencies, analysis]


def build_defs(**overrides: Any) -> dg.Definitions:
    """All assets, checks, jobs and resources. overrides: resources by name, for tests and for the command line."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules(PHASE_MODULES),
        jobs=[discovery],
        resources={"stores": TenantStoresResource(), **overrides},
        executor=dg.in_process_executor,
    )


defs = build_defs()
