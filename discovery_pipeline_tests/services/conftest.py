"""Dagster's webserver over a fresh home, started once for the tests that ask it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from discovery_pipeline.defs.instance import instance_environment
from discovery_pipeline.services.dagster_api.client import DagsterApi
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.tenants import add_tenant

START_DEADLINE_S = 240.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A home whose tenants acme and other hold no file: their runs stop at the first asset."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with open_workspace(settings) as workspace:
        add_tenant(workspace.database, "acme")
        add_tenant(workspace.database, "other")
    yield settings
    embedded.stop(settings.home)


@pytest.fixture(scope="package")
def api(home: Settings) -> Iterator[DagsterApi]:
    """Dagster's webserver over that home, without a daemon: launched runs stay queued."""
    port = free_port()
    command = [sys.executable, "-m", "dagster_webserver", "-m", "discovery_pipeline.definitions", "-p", str(port)]
    log = home.home / "webserver.log"
    with log.open("wb") as sink:
        server = subprocess.Popen(
            command, env={**os.environ, **instance_environment(home)}, stdout=sink, stderr=sink, cwd=home.home
        )
    try:
        api = DagsterApi(f"http://127.0.0.1:{port}")
        deadline = time.monotonic() + START_DEADLINE_S
        while not api.is_up():
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield api
        api.close()
    finally:
        server.terminate()
        server.wait(START_DEADLINE_S)
