"""Settings of a tenant: defaults, values, and clear words for what is neither."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.tenant_settings import set_tenant_setting, tenant_setting, tenant_settings
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant


def test_a_setting_has_its_default_until_it_is_set_and_then_its_last_value(database: Database) -> None:
    for tenant in ("acme", "globex"):
        add_tenant(database, tenant)
    assert tenant_setting(database, "acme", "schedule") == "off"
    for value in ("daily", "weekly"):
        set_tenant_setting(database, "acme", "schedule", value)
    assert tenant_setting(database, "acme", "schedule") == "weekly"
    assert tenant_settings(database, "globex") == {"schedule": "off"}


@pytest.mark.parametrize(
    ("tenant", "name", "value", "advice"),
    [
        pytest.param("acme", "schedule", "yearly", "off, hourly, daily, weekly, monthly", id="value"),
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
    assert tenant_settings(database, "acme") == {"schedule": "off"}
