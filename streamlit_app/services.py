"""What the pages work on, opened once for all sessions of this process."""

from __future__ import annotations

import streamlit as st

from discovery_pipeline.environment import SignIn
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.dagster_api.client import DagsterApi
from discovery_pipeline.services.inventory.search import InventorySearch
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import load_settings
from discovery_pipeline.store.tenants import list_tenants


@st.cache_resource(show_spinner="Opening the stores")
def workspace() -> Workspace:
    """The stores of DISCOVERY_HOME. Raises Unreachable, ConfigurationError; the next question tries again."""
    return open_workspace(load_settings())


@st.cache_resource(show_spinner=False)
def dagster() -> DagsterApi:
    """Dagster's webserver, whether it is up or not."""
    settings = load_settings()
    return DagsterApi(settings.dagster_api, settings.dagster_ui_url)


@st.cache_resource(show_spinner=False)
def sign_in() -> SignIn:
    """How people sign in. Raises ConfigurationError; the next question tries again."""
    return load_settings().sign_in


def tenant_names() -> list[str]:
    """Every tenant, by name. Raises Unreachable."""
    return [tenant.name for tenant in list_tenants(workspace().database)]


def frames(tenant: str) -> TenantFrames:
    """The tenant's frames."""
    return workspace().frames.open(tenant)


def frames_location() -> str:
    """Where the frames of all tenants are, for a process of its own."""
    return workspace().frames.location


def inventory_search(tenant: str) -> InventorySearch:
    """A search of what is published now. Raises MissingFrame when there is no inventory yet."""
    found = frames(tenant)
    return _search(tenant, found.version("inventory"), found.version("analysis"))


@st.cache_resource(max_entries=8, show_spinner="Opening the inventory")
def _search(tenant: str, *versions: str | None) -> InventorySearch:  # noqa: ARG001 - the cache is keyed by them
    return InventorySearch(frames(tenant))
