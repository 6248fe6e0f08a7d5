"""Prices and limits in force, from everything that may set them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from discovery_pipeline.domain.calls import Prices
from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.domain.spending import Limits, read_limits
from discovery_pipeline.services.agents.spending import limits_of, prices_of
from discovery_pipeline.services.tenant_settings import set_tenant_setting, tenant_setting
from discovery_pipeline.settings import Settings, load_settings
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant


def test_the_environment_comes_before_the_file_and_the_file_before_the_library(tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text("as_of: 2026-10-01\nmodels: {gpt-4o-mini: {input: 5, output: 5}, gpt-4o: {input: 7, output: 7}}\n")
    sold = Settings(home=tmp_path, model_api_key="k")
    (provider,) = (provider.name for provider in sold.providers)
    filed = replace(sold, model_prices=path)
    flat = replace(filed, model_input_price=1.0, model_output_price=2.0)
    assert prices_of(flat).of(provider, "gpt-4o-mini").prices == Prices(1.0, 2.0)
    assert prices_of(flat).of(provider, "gpt-4o").prices == Prices(7.0, 7.0)
    assert prices_of(filed).of(provider, "gpt-4o-mini").prices == Prices(5.0, 5.0)
    assert prices_of(sold).of(provider, "gpt-4o-mini").source.startswith("genai-prices")
    own_server = replace(sold, model_base_url="http://localhost:1/v1")
    assert prices_of(own_server).of(provider, "gpt-4o-mini").prices == Prices()


def test_a_price_file_that_is_not_there_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        prices_of(load_settings({"DISCOVERY_HOME": str(tmp_path), "DISCOVERY_MODEL_PRICES": str(tmp_path / "none")}))


def test_the_stricter_of_environment_and_tenant_holds(database: Database, tmp_path: Path) -> None:
    add_tenant(database, "acme")
    settings = Settings(home=tmp_path, model_budget_day=2.0, model_budget_run=1.0)
    assert limits_of(settings, database, "acme") == read_limits("calls 300, run 1, day 2")
    set_tenant_setting(database, "acme", "model-budget", "run 0.5, day 3, calls 400, tenant-calls 9")
    assert tenant_setting(database, "acme", "model-budget") == "run 0.5, run-calls 400, day 3, tenant-calls 9"
    assert limits_of(settings, database, "acme") == read_limits("run 0.5, calls 300, day 2, tenant-calls 9")
    unlimited = replace(settings, model_calls_run=None, model_budget_day=None, model_budget_run=None)
    set_tenant_setting(database, "acme", "model-budget", "none")
    assert limits_of(unlimited, database, "acme") == Limits()
