"""What runs were expected to call and cost, kept to be compared with what they did. Keep out: foreseeing."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from discovery_pipeline.domain.opinions.forecast import Expected, Forecast
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ModelForecast


def add_forecast(database: Database, tenant: str, run_id: str, forecast: Forecast) -> None:
    """The first forecast of a run stays. Raises Unreachable, UsageError for an unknown tenant."""
    total = forecast.total
    row = {
        "tenant_id": tenant,
        "run_id": run_id,
        "calls": total.calls,
        "tokens": total.prompt_tokens + total.completion_tokens,
        "usd": total.usd,
        "basis": forecast.basis,
        "agents": {name: asdict(expected) for name, expected in forecast.agents.items()},
    }
    with database.tenant_session(tenant) as session:
        session.execute(insert(ModelForecast).values(row).on_conflict_do_nothing())


def forecasts(database: Database, tenant: str) -> dict[str, Forecast]:
    """By run. Raises UsageError for an unknown tenant."""
    wanted = select(ModelForecast.run_id, ModelForecast.basis, ModelForecast.agents)
    with database.tenant_session(tenant) as session:
        return {
            run_id: Forecast({name: Expected(**expected) for name, expected in agents.items()}, basis)
            for run_id, basis, agents in session.execute(wanted.order_by(ModelForecast.made_at))
        }
