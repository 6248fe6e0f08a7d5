"""The one resource of the assets: a tenant's stores, opened for a run and locked for it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import dagster as dg

from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.known_names import KnownNames
from discovery_pipeline.defs.progress import Progress
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.opinions.forecast import Forecast
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.files.landing import LandingZone
from discovery_pipeline.quality.judge import a_judge
from discovery_pipeline.quality.run import Validate, validate_here
from discovery_pipeline.services.agents.blackboard import TenantBoard
from discovery_pipeline.services.agents.desk import open_desk
from discovery_pipeline.services.agents.forecast import foresee
from discovery_pipeline.services.agents.known_names import known_names
from discovery_pipeline.services.dagster_api.names import MODEL_MODE_TAG, PARTITION_TAG
from discovery_pipeline.services.learning.rules import Taught, rules_for
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings, in_mode, load_settings
from discovery_pipeline.store.forecasts import add_forecast
from discovery_pipeline.store.locks import tenant_writer
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import require_tenant


@dataclass
class TenantStores:
    """Everything an asset may touch, all of one tenant. run_id: of the run, known once its first asset begins.

    expected: what the run will call and cost, foreseen before it read anything; None where it asks nobody.
    """

    tenant: str
    database: Database
    landing: LandingZone
    frames: TenantFrames
    settings: Settings
    progress: Progress = field(default_factory=Progress)
    validator: Validate = validate_here
    run_id: str = ""
    expected: Forecast | None = None

    @cached_property
    def desk(self) -> Desk:
        """Where the run's agents ask; closed where no model is configured."""
        if self.expected is not None:
            add_forecast(self.database, self.tenant, self.run_id, self.expected)
        return open_desk(self.settings, self.database, self.tenant, self.run_id, self.board)

    @cached_property
    def board(self) -> TenantBoard:
        """Where the run's phases and agents tell each other what they noticed."""
        return TenantBoard(self.database, self.tenant, self.run_id)

    @cached_property
    def known_names(self) -> KnownNames:
        """What the tenant calls its own, by its canonical records of this run; gathered once, where first asked for."""
        return known_names(self.frames)

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
            tenant,
            workspace.database,
            workspace.landing,
            frames,
            workspace.settings,
            progress,
            validator,
            expected=foresee(workspace.settings, workspace.database, frames),
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
        settings = as_tagged(load_settings(), run.tags)
        holder = f"Dagster run {run.run_id}"
        with (
            a_judge() as judge,
            open_workspace(settings) as workspace,
            open_stores(workspace, tenant, holder, Progress(), judge) as stores,
        ):
            yield stores


def as_tagged(settings: Settings, tags: Mapping[str, str]) -> Settings:
    """The settings of a run with these tags. Raises ConfigurationError for a tag that says nothing usable."""
    mode = tags.get(MODEL_MODE_TAG)
    return settings if mode is None else in_mode(settings, mode, f"tag {MODEL_MODE_TAG}")
