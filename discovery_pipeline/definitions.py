"""Composition root of the Dagster code location."""

from typing import Any

import dagster as dg

from discovery_pipeline.defs import analysis, cleansing, dependencies, inventory, mapping, schedules, validation
from discovery_pipeline.defs.alerts import failed_runs
from discovery_pipeline.defs.jobs import apply_corrections, discovery
from discovery_pipeline.defs.resources import TenantStoresResource, WorkspaceResource
from discovery_pipeline.defs.sensors import landing_files, new_corrections

PHASE_MODULES = [validation, mapping, cleansing, inventory, dependencies, analysis]
SENSORS = [landing_files, new_corrections, failed_runs]
SCHEDULES = [schedules.rediscovery(cadence) for cadence in schedules.CRONS]


def build_defs(**overrides: Any) -> dg.Definitions:
    """Assets, checks, jobs, automation and resources. overrides: resources by name, for tests and the command line."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules(PHASE_MODULES),
        jobs=[discovery, apply_corrections],
        sensors=SENSORS,
        schedules=SCHEDULES,
        resources={"stores": TenantStoresResource(), "workspace": WorkspaceResource(), **overrides},
        executor=dg.in_process_executor,
    )


defs = build_defs()
