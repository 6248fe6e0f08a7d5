"""What a tenant's runs may spend on models and what that costs: settings and prices put together."""

from __future__ import annotations

from discovery_pipeline.agents.prices import Price, PriceList, read_prices
from discovery_pipeline.domain.calls import Prices
from discovery_pipeline.domain.spending import Limit, Limits, read_limits
from discovery_pipeline.services.tenant_settings import MODEL_BUDGET, tenant_setting
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.session import Database


def prices_of(settings: Settings) -> PriceList:
    """The prices in force: of the environment, of the installation's price file, of the library. Raises
    ConfigurationError for a price file that can't be read."""
    own = read_prices(settings.model_prices) if settings.model_prices else {}
    if (settings.model_input_price, settings.model_output_price) != (None, None):
        flat = Prices(settings.model_input_price, settings.model_output_price)
        own = {**own, settings.model_name: Price(flat, "DISCOVERY_MODEL_INPUT_PRICE and _OUTPUT_PRICE")}
    return PriceList({provider.name: provider.base_url for provider in settings.providers}, own)


def installation_limits(settings: Settings) -> Limits:
    """What the environment allows every tenant."""
    return Limits(
        Limit(settings.model_calls_run, settings.model_budget_run),
        Limit(settings.model_calls_day, settings.model_budget_day),
        Limit(settings.model_calls_tenant, settings.model_budget_tenant),
    )


def limits_of(settings: Settings, database: Database, tenant: str) -> Limits:
    """The limits in force: per scope the stricter of the environment's and the tenant's own. Raises UsageError for an
    unknown tenant."""
    return installation_limits(settings).stricter(read_limits(tenant_setting(database, tenant, MODEL_BUDGET)))
