"""`discovery insights`: what was said in a run, as people and scripts see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from discovery_pipeline.cli import insights
from discovery_pipeline.cli.app import execute
from discovery_pipeline.domain.insights.contents import Changed, NameScheme
from discovery_pipeline.domain.insights.insight import About, Insight, observed
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.insights import add_insights
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.cli.opened import hand_over

SCHEME = observed("inventory", NameScheme(parts=("site", "number"), share=0.8), About("asset", "hostname"), 0.8)
EFFECT = Insight("classification agent", "effect", Changed(field="classified_type", count=3), in_reply_to=1)


@pytest.fixture
def acme(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    with open_workspace(replace(settings, embeddings=False)) as workspace:
        add_tenant(workspace.database, "acme")
        hand_over(workspace, monkeypatch, insights)
        yield workspace


def test_before_anything_was_said(acme: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["insights", "acme"]) == 0
    assert "discovery run acme" in capsys.readouterr().err


def test_who_said_what_and_what_it_changed(acme: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    said = [replace(SCHEME, number=1), replace(EFFECT, number=2)]
    add_insights(acme.database, "acme", "run-1", said)
    assert execute(["insights", "acme"]) == 0
    shown = capsys.readouterr().out
    assert "inventory phase" in shown
    assert "all agents" in shown
    assert "3 changed in classified_type" in shown
    assert execute(["insights", "acme", "--run", "run-1", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["tenant"], document["run"]) == ("acme", "run-1")
    first, second = document["insights"]
    assert (first["text"], first["confidence"], first["topic"]) == (SCHEME.text, 0.8, "name_scheme")
    assert (second["kind"], second["in_reply_to"]) == ("effect", 1)


def test_another_run_is_wrong_usage(acme: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    add_insights(acme.database, "acme", "run-1", [replace(SCHEME, number=1)])
    assert execute(["insights", "acme", "--run", "run-9"]) == 2
    assert "run-1" in capsys.readouterr().err


def test_what_a_tool_tells_is_printed(acme: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["lookup", "acme", "match", '{"header": "Host Name"}']) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["tool"], document["rows"][0]["fields"][0]) == ("match", "hostname")


@pytest.mark.parametrize(
    "arguments",
    [
        ("shell", "{}"),
        ("match", "[1]"),
        ("match", "{"),
        ("match", "[" * 100_000),
        ("decided", "{}"),
        ("decided", '{"kind": "mapping", "header": "a\\u0000b"}'),
        ("profile", '{"table_no": 340282366920938463463374607431768211456, "position": 0}'),
        ("profile", '{"position": 0, "table_no": ' + "1" * 5_000 + "}"),
    ],
)
def test_other_tools_and_arguments_are_wrong_usage(acme: Workspace, arguments: tuple[str, str]) -> None:
    assert execute(["lookup", "acme", *arguments]) == 2
