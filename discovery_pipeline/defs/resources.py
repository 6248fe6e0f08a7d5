"""The one resource of the assets: a tenant's stores, opened for a run and locked for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dagster as dg

from discovery_pipeline.defs.progress import Progress
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.files.landing import LandingZone
from discovery_pipeline.quality.judge import a_judge
from discovery_pipeline.quality.run import Validate, validate_here
from discovery_pipeline.services.dagster_api.names import PARTITION_TAG
from discovery_pipeline.services.learning.rules import Taught, rules_for
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings, load_settings
from discovery_pipeline.store.locks import tenant_writer
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import require_tenant


@dataclass
class TenantStores:
    """Everything an asset may touch, all of one tenant."""

    tenant: str
    database: Database
    landing: LandingZone
    frames: TenantFrames
    settings: Settings
    progress: Progress = field(default_factory=Progress)
    validator: Validate = validate_here

    def taught(self, asset: str) -> Taught:
        """What the tenant's people taught that has its first say in this asset."""
        return rules_for(self.database, self.tenant, asset)


@contextmanager
def open_stores(
    workspace: Workspace, tenant: str, holder: str, progress: Progress, validator: Validate
) -> Iterator[TenantStores]:
    """A tenant's stores, with its writer's lock held. Raises UsageError (unknown tenant), TenantBusy, Unreachable."""
    require_tenant(workspace.database, tenant)
    with tenant_writer(workspace.database, tenant, holder):
        frames = workspace.frames.open(tenant)
        yield TenantStores(
            tenant, workspace.database, workspace.landing, frames, workspace.settings, progress, validator
        )


class WorkspaceResource(dg.ConfigurableResource[Workspace]):
    """Opens the stores that the environment names, for what looks at many tenants: sensors and schedules."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Workspace]:  # noqa: ARG002
        with open_workspace(load_settings()) as workspace:
            yield workspace


class TenantStoresResource(dg.ConfigurableResource[TenantStores]):
    """Opens the stores of the run's partition, as the environment says, and holds the tenant until the run ends."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[TenantStores]:
        run = context.run
        tenant = run.tags.get(PARTITION_TAG) if run else None
        if run is None or tenant is None:
            raise UsageError("a run needs a tenant", where="partition", advice="choose one tenant when launching")
        holder = f"Dagster run {run.run_id}"
        with (
            a_judge() as judge,
            open_workspace(load_settings()) as workspace,
            open_stores(workspace, tenant, holder, Progress(), judge) as stores,
        ):
            yield stores
