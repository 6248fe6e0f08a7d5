"""`discovery data` as a person and as a script see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from discovery_pipeline.cli.app import execute

CYCLES = json.dumps([{"cycle": "8.3", "eol": "2040-01-01"}])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCOVERY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DISCOVERY_FRAMES_URL", raising=False)


def test_data_sets_are_listed_with_day_source_and_origin(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["data", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["data_sets"]
    assert [(d["name"], d["origin"]) for d in listed] == [
        ("lifecycle", "packaged"), ("prices", "packaged"), ("ports", "packaged"),
    ]  # fmt: skip
    assert all(d["as_of"] >= "2026-01-01" and d["source"] and len(d["sha256"]) == 64 for d in listed)
    assert execute(["data", "list"]) == 0
    assert "lifecycle" in capsys.readouterr().out


def test_what_is_shown_can_be_changed_and_refreshed_and_reset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["data", "show", "lifecycle"]) == 0
    newer = tmp_path / "newer.yaml"
    newer.write_text(capsys.readouterr().out.replace("as_of: 2026-11-01", "as_of: 2027-02-01"))
    assert execute(["data", "refresh", "lifecycle", str(newer), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["before"]["as_of"], told["after"]["as_of"]) == ("2026-11-01", "2027-02-01")
    assert told["after"]["origin"] == "refreshed"
    assert execute(["data", "reset", "lifecycle"]) == 0
    assert "as shipped" in capsys.readouterr().out


@pytest.mark.parametrize("as_folder", [True, False])
def test_documents_of_endoflife_are_taken_in(
    as_folder: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "php.json").write_text(CYCLES)
    path = tmp_path if as_folder else tmp_path / "php.json"
    assert execute(["data", "refresh", "lifecycle", str(path), "--as-of", "2027-01-01"]) == 0
    assert "taken: php" in capsys.readouterr().out
    assert execute(["data", "show", "lifecycle"]) == 0
    assert "2040-01-01" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["weather", "x.yaml"], "one of: lifecycle, prices, ports"),
        (["lifecycle", "missing.yaml"], "missing.yaml: can't be read"),
        (["lifecycle", "php.json"], "add --as-of DATE"),
        (["lifecycle", "php.json", "--as-of", "soon"], "--as-of: 'soon' is no date"),
        (["lifecycle", "php.json", "--as-of", "2020-01-01"], "or add --force"),
        (["prices", "bad.yaml"], "bad.yaml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_refreshed_is_one_clear_line(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("php.json").write_text(CYCLES)
    Path("bad.yaml").write_bytes(b"\xff\xfe")
    assert execute(["data", "refresh", *arguments]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
