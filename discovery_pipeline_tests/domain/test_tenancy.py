"""What a tenant may be called."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.tenancy import is_tenant_name


@pytest.mark.parametrize("name", ["a", "0", "northwind-bank", "acme_2", "x" * 63])
def test_plain_names_are_taken(name: str) -> None:
    assert is_tenant_name(name)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="empty"),
        pytest.param("x" * 64, id="too-long"),
        pytest.param("-a", id="like-an-option"),
        pytest.param("..", id="dots"),
        pytest.param("a/b", id="separator"),
        pytest.param("a\\b", id="windows-separator"),
        pytest.param("Acme", id="capitals"),
        pytest.param("äcme", id="not-ascii"),
        pytest.param("a\n", id="line-end"),
    ],
)
def test_anything_that_could_lead_elsewhere_is_refused(name: str) -> None:
    assert not is_tenant_name(name)
