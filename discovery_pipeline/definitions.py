"""Composition root of the Dagster code location."""

from typing import Any

import dagster as dg

from discovery_pipeline.defs import analysis, cleansing, dependencies, inventory, mapping, validation
from discovery_pipeline.defs.jobs import apply_corrections, discovery
from discovery_pipeline.defs.resources import TenantStoresResource

PHASE_MODULES = [validation, mapping, cleansing, inventory, dependencies, analysis]


def build_defs(**overrides: Any) -> dg.Definitions:
    """All assets, checks, jobs and resources. overrides: resources by name, for tests and for the command line."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules(PHASE_MODULES),
        jobs=[discovery, apply_corrections],
        resources={"stores": TenantStoresResource(), **overrides},
        executor=dg.in_process_executor,
    )


defs = build_defs()
