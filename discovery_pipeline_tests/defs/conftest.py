"""A home with the packaged sample tenant, run once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from discovery_pipeline.defs.launch import RunSummary, run_tenant
from discovery_pipeline.sample_tenants import sample_files
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.tenants import add_tenant

TENANT = "northwind-bank"


def new_home(path: Path, tenant: str = TENANT) -> Settings:
    """A home whose tenant holds the sample's files; its embedded server runs until it is stopped."""
    settings = Settings(home=path)
    with open_workspace(settings) as workspace, sample_files("northwind-bank") as files:
        add_tenant(workspace.database, tenant)
        ingest(settings, workspace.database, tenant, [files])
    return settings


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = new_home(tmp_path_factory.mktemp("home"))
    yield settings
    embedded.stop(settings.home)


@pytest.fixture(scope="module")
def run(home: Settings) -> RunSummary:
    """The first run over all phases."""
    return run_tenant(home, TENANT, None, lambda _: None)
