"""The estate of these tests, published and opened once."""

from __future__ import annotations

import pytest

from discovery_pipeline.files.frames import FrameStore, TenantFrames
from discovery_pipeline.services.dependencies.network import Network, open_network
from discovery_pipeline_tests.services.dependencies.estate import publish_map


@pytest.fixture(scope="session", params=[True, False], ids=["as numbers", "of an earlier version"])
def frames(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> TenantFrames:
    opened = FrameStore(str(tmp_path_factory.mktemp("map"))).open("acme")
    publish_map(opened, as_numbers=request.param)
    return opened


@pytest.fixture(scope="session")
def network(frames: TenantFrames) -> Network:
    return open_network(frames)
