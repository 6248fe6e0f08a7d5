"""A home with the packaged sample tenant, run once; a copy for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from discovery_pipeline.defs.launch import RunSummary
from discovery_pipeline.sample_tenants import sample_files
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.homes import RunHome, copied

TENANT = "northwind-bank"


def new_home(path: Path, tenant: str = TENANT) -> Settings:
    """A home whose tenant holds the sample's files; its embedded server runs until it is stopped."""
    settings = Settings(home=path)
    with open_workspace(settings) as workspace, sample_files("northwind-bank") as files:
        add_tenant(workspace.database, tenant)
        ingest(settings, workspace.database, tenant, [files])
    return settings


@pytest.fixture(scope="module")
def home(sample_run: RunHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The sample tenant after its first run."""
    with copied(sample_run, tmp_path_factory.mktemp("home")) as settings:
        yield settings


@pytest.fixture(scope="module")
def run(sample_run: RunHome) -> RunSummary:
    """The first run over all phases."""
    return sample_run.summary
