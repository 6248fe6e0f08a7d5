"""`discovery questions` as a person and as a script see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from discovery_pipeline.cli import questions
from discovery_pipeline.cli.app import execute
from discovery_pipeline.files.frames import FrameStore, TenantFrames
from discovery_pipeline_tests.services.hand_built import publish_estate


@pytest.fixture(autouse=True)
def _frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The frames that the command opens, without a database."""
    opened = FrameStore(str(tmp_path / "frames")).open("acme")
    publish_estate(opened)

    @contextmanager
    def open_frames(tenant: str) -> Iterator[TenantFrames]:
        yield opened

    monkeypatch.setattr(questions, "tenant_frames", open_frames)


def test_a_person_reads_whom_to_ask_what_and_what_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["questions", "acme"]) == 0
    said = capsys.readouterr().out
    assert "=Ann:\n  1. Is app01 still in use?\n     Is this system still in use? (worded by m1)\n" in said
    assert "no -> retire; otherwise rehost" in said
    assert "1 asset, 1 application, wave 1, 100 USD a month; expected to change 0.07 of them" in said
    assert "nobody is known to ask:\n  1. Which release does =db01 run?" in said


def test_a_script_gets_json_or_csv(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["questions", "acme", "--owner", "ann", "--json"]) == 0
    [asked] = json.loads(capsys.readouterr().out)["questions"]
    assert (asked["question_id"], asked["names"], asked["answer_with"]) == ("q_1", ["app01"], "strategy")
    assert execute(["questions", "acme", "--csv"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("q_1,'=Ann,")


def test_an_owner_without_questions_and_both_forms_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["questions", "acme", "--owner", "zoe"]) == 0
    assert "there is no question to 'zoe'" in capsys.readouterr().err
    assert execute(["questions", "acme", "--json", "--csv"]) == 2
