"""Settings of a tenant: defaults, values, and clear words for what is neither."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.tenant_settings import set_tenant_setting, tenant_setting, tenant_settings
from discovery_pipeline.store.corrections import record
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.sharing import shared_lessons
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.domain.learning.corrected import OWNER

DEFAULTS = {"schedule": "off", "share-learning": "off"}


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
