"""`discovery correct` with every kind of decision, `corrections`, `undo`, `forget`: as people and scripts see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from discovery_pipeline.cli import corrections, history
from discovery_pipeline.cli.app import execute
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import corrections as stored
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.cli.opened import hand_over
from discovery_pipeline_tests.services.hand_built import APP, DB, publish_estate

KINDS = "kind,asset,other,field,raw,value\n"
VALUE, EDGE = "value,,,environment,Prd,production\n", "edge,app01,=db01,,,no\n"


@pytest.fixture
def acme(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """The stores that the commands open, with the estate of hand_built."""
    with open_workspace(replace(settings, embeddings=False)) as workspace:
        add_tenant(workspace.database, "acme")
        publish_estate(workspace.frames.open("acme"))
        hand_over(workspace, monkeypatch, corrections, history)
        yield workspace


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    path = tmp_path / "decisions.csv"
    path.write_text(KINDS + VALUE + EDGE)
    return path


def correct(decisions: Path, author: str, *more: str) -> int:
    return execute(["correct", "acme", "--file", str(decisions), "--author", author, *more])


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert execute([*arguments, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_what_was_decided_is_shown_with_what_to_do_next(
    acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert correct(decisions, "ann") == 0
    said = capsys.readouterr().out
    assert "environment, 'Prd'" in said
    assert f"app01 ({APP}) -> =db01 ({DB})" in said
    assert "next: discovery run acme --corrections" in said


def test_decisions_as_json(acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value, edge = as_json(capsys, "correct", "acme", "--file", str(decisions), "--author", "ann")["corrections"]
    assert (value["number"], value["kind"], value["said"]) == (1, "value", {"value": "production"})
    assert (edge["target"]["from_asset"], edge["said"], edge["was"]["holds"]) == (APP, {"holds": False}, True)


def test_a_wrong_line_of_another_kind_refuses_all(
    acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions.write_text(KINDS + VALUE + "type,app01,,,,server\n")
    assert correct(decisions, "ann") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "line 3: unknown_type: 'server' is no type of assets" in said.err
    assert stored.newest_correction(acme.database, "acme") == 0


def test_a_contradiction_is_told_and_can_be_overruled(
    acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(decisions, "ann")
    decisions.write_text(KINDS + VALUE.replace("production", "test") + EDGE)
    assert correct(decisions, "bob") == 2
    said = capsys.readouterr().err
    assert "production by ann (correction 1" in said
    assert "decided otherwise about 1 of them, so none was recorded" in said
    assert "--overrule" in said
    assert correct(decisions, "bob", "--overrule") == 0
    assert stored.corrections(acme.database, "acme")[2].what.overrules == 1


def test_a_contradiction_as_json(acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    correct(decisions, "ann")
    decisions.write_text(KINDS + EDGE.replace("no", "yes"))
    capsys.readouterr()
    assert correct(decisions, "bob", "--json") == 2
    document = json.loads(capsys.readouterr().out)
    assert "by ann (correction 2" in document["error"]
    assert document["exit_code"] == 2


def test_the_log_is_listed(acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["corrections", "acme"]) == 0
    assert "nothing was corrected yet: discovery correct acme --file CSV" in capsys.readouterr().err
    correct(decisions, "ann")
    execute(["undo", "acme", "2", "--reason", "it is"])
    capsys.readouterr()
    assert execute(["corrections", "acme"]) == 0
    said = capsys.readouterr().out
    assert "standing, waits for a run" in said
    assert "undone by 3" in said
    assert "patterns: 1 edge retired, 1 value current" in said
    assert "next: discovery run acme --corrections" in said


def test_the_log_as_json(acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    correct(decisions, "ann")
    execute(["forget", "acme", "1", "--author", "bob"])
    document = as_json(capsys, "corrections", "acme")
    (edge,) = document["corrections"]
    assert (edge["number"], edge["author"], edge["state"], edge["said"], edge["waits"]) == (
        2, "ann", "standing", "no", True,
    )  # fmt: skip
    assert [(f["kind"], f["count"], f["author"]) for f in document["forgotten"]] == [("value", 1, "bob")]
    assert document["patterns"] == {"edge": {"current": 1}}


def test_several_are_undone_at_once(acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    correct(decisions, "ann")
    capsys.readouterr()
    assert execute(["undo", "acme", "1", "2", "--author", "bob", "--reason", "a test"]) == 0
    assert capsys.readouterr().out == "undone: 1, 2\nnext: discovery run acme --corrections\n"
    assert [c.what.reason for c in stored.corrections(acme.database, "acme", after=2)] == ["a test", "a test"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["undo", "acme", "1", "7"], "there is no correction 7"),
        (["undo", "acme", "first"], "is not a valid int"),
        (["undo", "acme"], "Missing argument"),
        (["forget", "acme", "7"], "there is no correction 7"),
        (["forget", "acme"], "neither numbers nor --all"),
        (["forget", "acme", "1", "--all"], "both numbers and --all"),
        (["forget", "acme", "--all"], "add --yes to do it"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_taken_back_is_told(
    acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    correct(decisions, "ann")
    assert execute(arguments) == 2
    assert said in capsys.readouterr().err
    assert len(stored.corrections(acme.database, "acme")) == 2


def test_undone_as_json(acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    correct(decisions, "ann")
    assert as_json(capsys, "undo", "acme", "2")["undone"] == [{"number": 3, "undoes": 2}]


def test_all_is_forgotten_when_that_is_meant(
    acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(decisions, "ann")
    assert as_json(capsys, "forget", "acme", "--all", "--yes")["forgotten"] == {"edge": 1, "value": 1}
    assert stored.corrections(acme.database, "acme") == ()
    assert execute(["forget", "acme", "--all", "--yes"]) == 0
    assert "nothing, for nothing was corrected" in capsys.readouterr().out
