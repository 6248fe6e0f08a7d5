"""`discovery correct` and `discovery map --tenant` as a person and as a script see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from discovery_pipeline.cli import corrections, mapping
from discovery_pipeline.cli.app import execute
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import corrections as stored
from discovery_pipeline_tests.cli.opened import hand_over
from discovery_pipeline_tests.services.mapped_by_hand import SERVERS, run_mapping

HEAD = "file,table,position,header,field\n"
OWNER = "cmdb_2025-06-30.csv,cmdb_2025-06-30,1,Managed by,technical_owner\n"
BAD = "cmdb_2025-06-30.csv,cmdb_2025-06-30,2,Fnord,tecnical_owner\n"


@pytest.fixture
def acme(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """The stores that the commands open; its one table is mapped."""
    with open_workspace(replace(settings, embeddings=False)) as workspace:
        run_mapping(workspace, "acme", SERVERS)
        hand_over(workspace, monkeypatch, corrections, mapping)
        yield workspace


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    return tmp_path / "decisions.csv"


def test_what_was_corrected_is_listed_with_what_to_do_next(
    acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions.write_text(HEAD + OWNER)
    assert execute(["correct", "acme", "--file", str(decisions), "--author", "ann"]) == 0
    said = capsys.readouterr().out
    assert "Managed by" in said
    assert "business_owner" in said
    assert "next: discovery run acme --corrections" in said
    assert stored.corrections(acme.database, "acme")[0].what.author == "ann"


def test_as_json_it_is_one_document(acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decisions.write_text(HEAD + OWNER)
    assert execute(["correct", "acme", "--file", str(decisions), "--json"]) == 0
    (made,) = json.loads(capsys.readouterr().out)["corrections"]
    assert (made["number"], made["action"], made["was_field"], made["field"]) == (
        1, "changed", "business_owner", "technical_owner",
    )  # fmt: skip
    assert made["author"]


def test_a_wrong_line_refuses_all_and_is_told(
    acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions.write_text(HEAD + OWNER + BAD)
    assert execute(["correct", "acme", "--file", str(decisions)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "line 3: unknown_field" in said.err
    assert "near: technical_owner" in said.err
    assert "1 of 2 decisions can't be taken, so none was" in said.err
    assert stored.newest_correction(acme.database, "acme") == 0


def test_a_wrong_line_as_json_is_one_document_too(
    acme: Workspace, decisions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions.write_text(HEAD + BAD)
    assert execute(["correct", "acme", "--file", str(decisions), "--json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert "line 2: unknown_field" in document["error"]
    assert document["exit_code"] == 2


def test_a_preview_for_a_tenant_uses_what_it_has_learned(
    acme: Workspace, decisions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decisions.write_text(HEAD + OWNER)
    execute(["correct", "acme", "--file", str(decisions), "--json"])
    capsys.readouterr()
    later = tmp_path / "cmdb_2025-07-31.csv"
    later.write_text("Name,Managed by\nsrv-1,Ann Lee\nsrv-2,Bob Ray\n")
    assert execute(["map", str(later), "--tenant", "acme", "--json"]) == 0
    column = json.loads(capsys.readouterr().out)["files"][0]["tables"][0]["columns"][1]
    assert (column["field"], column["method"]) == ("technical_owner", "pattern")
