"""A run is repeated from kept answers with no connection opened: every frame byte for byte the same."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from sqlalchemy import select

from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.defs.launch import RunSummary, run_tenant
from discovery_pipeline.defs.resources import as_tagged
from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.services.dagster_api.names import MODEL_MODE_TAG
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.run_frames import ASSETS
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import ModelMode, Settings
from discovery_pipeline.store.tables import ModelCall
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.agents.fault_server import Endpoint, Request, completion, respond, serving
from discovery_pipeline_tests.defs.test_model_answers import SERVERS, right

TENANT = "acme"


@pytest.fixture
def workspace(settings: Settings, tmp_path: Path) -> Iterator[Workspace]:
    given = tmp_path / "in" / "servers.csv"
    given.parent.mkdir()
    given.write_text(SERVERS, encoding="utf-8")
    with open_workspace(settings) as opened:
        add_tenant(opened.database, TENANT)
        ingest(settings, opened.database, TENANT, [given])
        yield opened


def knowing(request: Request, handler: BaseHTTPRequestHandler, _: Endpoint) -> None:
    """Right about columns, the first choice about anything else, a sentence where a text is wanted."""
    items = json.loads(request.document["messages"][1]["content"]).get("items", [])
    headers = {item["key"]: item["header"] for item in items if "header" in item}
    form = request.document["response_format"]["json_schema"]["schema"]["properties"]
    answer = {
        key: right(headers[key], tuple(one["enum"])) if key in headers else one.get("enum", ["It stays."])[0]
        for key, one in form.items()
    }
    respond(handler, completion(json.dumps(answer)))


def run(workspace: Workspace, url: str, mode: ModelMode) -> RunSummary:
    settings = replace(workspace.settings, model_base_url=url, model_mode=mode, model_deadline_s=60)
    summary = run_tenant(settings, TENANT, None, lambda _: None)
    assert summary.status == "done"
    return summary


def published(workspace: Workspace) -> dict[str, bytes]:
    """Every Parquet file of the newest versions, by asset and part."""
    frames, root = workspace.frames.open(TENANT), Path(workspace.settings.frames_location) / TENANT
    folders = {asset: root / asset / str(frames.version(asset)) for asset in ASSETS}
    return {
        f"{asset}/{path.relative_to(folder)}": path.read_bytes()
        for asset, folder in folders.items()
        for path in folder.rglob("*.parquet")
    }


def outcomes(workspace: Workspace, run_id: str) -> set[str]:
    with workspace.database.tenant_session(TENANT) as session:
        return set(session.execute(select(ModelCall.outcome).where(ModelCall.run_id == run_id)).scalars())


def refuse(*_: object) -> None:
    raise AssertionError("a connection was opened")


def test_a_replay_gives_the_same_bytes_without_a_connection(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(knowing) as endpoint:
        asked = run(workspace, endpoint.url, "ask")
    fresh = published(workspace)
    assert "answered" in outcomes(workspace, asked.run_id)
    assert {"model_answers/answers.parquet", "column_mapping/advised.parquet"} <= fresh.keys()
    with monkeypatch.context() as cut:
        for name in ("connect", "connect_ex"):
            cut.setattr(socket.socket, name, refuse)
        cut.setattr(socket, "getaddrinfo", refuse)
        replayed = run(workspace, endpoint.url, "replay")
        again = published(workspace)
    assert [name for name, content in fresh.items() if again.get(name) != content] == []
    assert again.keys() == fresh.keys()
    assert outcomes(workspace, replayed.run_id) == {"kept"}
    with open_instance(workspace.settings) as instance:
        recorded = instance.get_run_by_id(replayed.run_id)
    assert recorded is not None
    assert recorded.tags[MODEL_MODE_TAG] == "replay"


def test_the_tag_of_a_run_decides_before_the_environment(tmp_path: Path) -> None:
    settings = Settings(tmp_path, model_base_url="http://h/v1", model_mode="replay")
    assert as_tagged(settings, {}) == settings
    assert as_tagged(settings, {MODEL_MODE_TAG: "off"}).model_mode == "off"
    with pytest.raises(ConfigurationError, match="none of ask, replay, off"):
        as_tagged(settings, {MODEL_MODE_TAG: "sometimes"})
