"""The desk of a run follows from the settings: which endpoints, in which order, and whether anything goes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.domain.spending import read_limits
from discovery_pipeline.services.agents.desk import endpoints_of, open_desk
from discovery_pipeline.services.agents.stores import TenantAccounts
from discovery_pipeline.services.tenant_settings import set_tenant_setting
from discovery_pipeline.settings import ModelMode, ModelProvider, Settings
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant

TENANT = "acme"


def test_one_endpoint_of_the_environment(tmp_path: Path) -> None:
    settings = Settings(tmp_path, model_base_url="http://h/v1/", model_api_key="k", model_name="m", model_concurrency=2)
    assert endpoints_of(settings) == (Endpoint("http://h/v1", "m", "k", 2, "model"),)
    assert endpoints_of(Settings(tmp_path)) == ()


def test_every_model_of_every_provider_in_their_order(tmp_path: Path) -> None:
    near = ModelProvider("near", "http://near/v1", ("m", "n"), concurrency=1, call_s=5.0, most_tokens=900)
    far = ModelProvider("far", "https://far/v1", ("o",), "k", "FAR_KEY")
    found = endpoints_of(Settings(tmp_path, model_providers=(near, far), model_base_url="http://unused/v1"))
    assert [endpoint.name for endpoint in found] == ["near/m", "near/n", "far/o"]
    assert found[1] == Endpoint("http://near/v1", "n", None, 1, "near", 5.0, 900)
    assert (found[2].key, "k" in repr(found[2].key), "key" in repr(found[2])) == ("k", True, False)


@pytest.mark.parametrize(("mode", "is_open"), [("ask", True), ("replay", True), ("off", False)])
def test_a_mode_opens_or_closes_it(database: Database, tmp_path: Path, mode: ModelMode, is_open: bool) -> None:
    add_tenant(database, TENANT)
    settings = Settings(tmp_path, model_base_url="http://127.0.0.1:9/v1", model_mode=mode, model_deadline_s=7)
    desk = open_desk(settings, database, TENANT, "r")
    assert (desk.is_open, desk.mode) == (is_open, mode)
    assert settings.uses_model == is_open


def test_its_calls_keep_to_the_limits_in_force(database: Database, tmp_path: Path) -> None:
    add_tenant(database, TENANT)
    set_tenant_setting(database, TENANT, "model-budget", "calls 4")
    found = open_desk(Settings(tmp_path, model_base_url="http://127.0.0.1:9/v1"), database, TENANT, "r").accounts
    assert isinstance(found, TenantAccounts)
    assert found.limits == read_limits("calls 4")


def test_without_a_model_it_is_closed_and_needs_no_store(tmp_path: Path) -> None:
    assert not open_desk(Settings(tmp_path), None, TENANT, "r").is_open  # type: ignore[arg-type]
