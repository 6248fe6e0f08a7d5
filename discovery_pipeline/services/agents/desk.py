"""The desk of a run, put together from settings and stores."""

from __future__ import annotations

from discovery_pipeline.agents.collaboration import Board, NoBoard
from discovery_pipeline.agents.desk import Desk
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.services.agents.history import TenantPlanner
from discovery_pipeline.services.agents.spending import limits_of, prices_of
from discovery_pipeline.services.agents.stores import TenantAccounts
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.provider_slots import ProviderSlots
from discovery_pipeline.store.session import Database


def endpoints_of(settings: Settings) -> tuple[Endpoint, ...]:
    """Every model of every provider, in the order of fail-over."""
    return tuple(
        Endpoint(p.base_url, model, p.key, p.concurrency, p.name, p.call_s, p.most_tokens)
        for p in settings.providers
        for model in p.models
    )


def open_desk(settings: Settings, database: Database, tenant: str, run_id: str, board: Board | None = None) -> Desk:
    """Where a run of the tenant asks; closed where no model is configured or models are switched off."""
    if not settings.uses_model:
        return Desk(mode=settings.model_mode)
    limits, prices = limits_of(settings, database, tenant), prices_of(settings)
    replays = settings.model_mode == "replay"
    return Desk(
        endpoints_of(settings),
        settings.model_deadline_s,
        TenantAccounts(database, tenant, run_id, limits, prices),
        TenantPlanner(database, tenant, run_id, limits, replays, prices),
        board=board or NoBoard(),
        mode=settings.model_mode,
        slots=lambda: ProviderSlots(database),
    )
