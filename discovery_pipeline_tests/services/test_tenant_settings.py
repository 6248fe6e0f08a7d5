"""Settings of a tenant: defaults, values, and clear words for what is neither."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.tenant_settings import (
    analysis_params,
    preferences,
    set_tenant_setting,
    tenant_setting,
    tenant_settings,
)
from discovery_pipeline.store.batches import NewFile
from discovery_pipeline.store.corrections import record
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.sharing import shared_lessons
from discovery_pipeline.store.sources import register
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.domain.learning.corrected import OWNER

DEFAULTS = {
    "schedule": "off",
    "share-learning": "off",
    "precedence": "default",
    "plan": "default",
    "model-budget": "none",
    "model-strategy": "configured",
}


def test_a_setting_has_its_default_until_it_is_set_and_then_its_last_value(database: Database) -> None:
    for tenant in ("acme", "globex"):
        add_tenant(database, tenant)
    assert tenant_setting(database, "acme", "schedule") == "off"
    for value in ("daily", "weekly"):
        set_tenant_setting(database, "acme", "schedule", value)
    assert tenant_setting(database, "acme", "schedule") == "weekly"
    assert tenant_settings(database, "globex") == DEFAULTS


@pytest.mark.parametrize(
    ("tenant", "name", "value", "advice"),
    [
        pytest.param("acme", "schedule", "yearly", "off, hourly, daily, weekly, monthly", id="value"),
        pytest.param("acme", "share-learning", "yes", "off, on", id="value of a switch"),
        pytest.param("acme", "colour", "blue", "schedule", id="setting"),
        pytest.param("acme", "precedence", "os_nam=agent", "os_name", id="field of a preference"),
        pytest.param("acme", "precedence", "os_name=agnet", "agent", id="source of a preference"),
        pytest.param("acme", "plan", "waves: {capacitee: 3}", "docs/plan.md", id="name in a plan"),
        pytest.param("acme", "plan", "waves: [", "docs/plan.md", id="plan that is no YAML"),
        pytest.param("acme", "model-budget", "week 3", "run 0.50", id="limit of a budget"),
        pytest.param("acme", "model-strategy", "best", "cheap floor 0.9", id="strategy for models"),
        pytest.param("acne", "schedule", "daily", "acme", id="tenant"),
    ],
)
def test_what_is_not_possible_is_refused_with_what_is(
    database: Database, tenant: str, name: str, value: str, advice: str
) -> None:
    add_tenant(database, "acme")
    with pytest.raises(UsageError) as caught:
        set_tenant_setting(database, tenant, name, value)
    assert advice in caught.value.advice
    assert tenant_settings(database, "acme") == DEFAULTS


def test_switching_sharing_on_and_off_gives_and_takes_back(database: Database) -> None:
    for tenant in ("a", "b", "c"):
        add_tenant(database, tenant)
        record(database, tenant, [OWNER])
        set_tenant_setting(database, tenant, "share-learning", "on")
    assert tenant_setting(database, "c", "share-learning") == "on"
    assert len(shared_lessons(database, "a")) == 1
    set_tenant_setting(database, "c", "share-learning", "off")
    assert (tenant_setting(database, "c", "share-learning"), shared_lessons(database, "a")) == ("off", {})


def test_preferred_sources_are_kinds_and_what_was_delivered(database: Database) -> None:
    add_tenant(database, "acme")
    register(
        database, "acme", [NewFile("sccm-emea", "a.csv", "a.csv", "0" * 64, 1)], None, datetime(2026, 1, 1, tzinfo=UTC)
    )
    set_tenant_setting(database, "acme", "precedence", "sizing = hypervisor > cmdb\nos_name=sccm-emea>agent")
    assert tenant_setting(database, "acme", "precedence") == "os_name=sccm-emea>agent; sizing=hypervisor>cmdb"
    assert preferences(database, "acme") == {"os_name": ("sccm-emea", "agent"), "sizing": ("hypervisor", "cmdb")}
    set_tenant_setting(database, "acme", "precedence", "default")
    assert preferences(database, "acme") == {}


def test_a_plan_keeps_what_differs_from_the_defaults(database: Database) -> None:
    add_tenant(database, "acme")
    set_tenant_setting(database, "acme", "plan", "waves:\n  capacity: 150\ngroups: {group_size: 50}\n")
    assert tenant_setting(database, "acme", "plan") == "{waves: {capacity: 150}}"
    assert analysis_params(database, "acme").waves.capacity == 150
    set_tenant_setting(database, "acme", "plan", "default")
    assert analysis_params(database, "acme") == AnalysisParams()
