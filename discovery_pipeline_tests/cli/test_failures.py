"""Whatever goes wrong becomes one clear line and the contract's exit code."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from discovery_pipeline.cli import machine, stores
from discovery_pipeline.cli.app import execute
from discovery_pipeline.domain.errors import (
    BlockingCheckFailed,
    ConfigurationError,
    DiscoveryError,
    TenantBusy,
    Unreachable,
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DISCOVERY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Every command that opens the stores meets this error."""

    def raise_it() -> None:
        raise error

    monkeypatch.setattr(stores, "workspace", raise_it)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(BlockingCheckFailed("a row is lost"), 1, id="blocking check"),
        pytest.param(TenantBusy("held by another run"), 1, id="busy tenant"),
        pytest.param(ConfigurationError("the role is a superuser"), 2, id="unsafe role"),
        pytest.param(Unreachable("connection refused"), 3, id="database down"),
        pytest.param(OSError(errno.ENOSPC, "No space left on device", "/full"), 1, id="disk full"),
        pytest.param(KeyboardInterrupt(), 130, id="Ctrl-C"),
        pytest.param(ZeroDivisionError("division by zero"), 1, id="a defect of ours"),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, error)
    assert execute(["files", "acme"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("discovery: ")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["frobnicate"], "frobnicate", id="unknown command"),
        pytest.param(["run"], "TENANT", id="missing argument"),
        pytest.param(["run", "acme", "--upto", "nirvana"], "nirvana", id="unknown phase"),
        pytest.param(["export", "acme"], "--to", id="missing option"),
        pytest.param(["export", "acme", "--to", "x", "--format", "pdf"], "pdf", id="unknown format"),
        pytest.param(["ingest", "acme", ".", "--as-of", "yesterday"], "yesterday", id="no date"),
        pytest.param(["tenant"], "Missing command", id="group alone"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(arguments) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert "--help" in said


def test_with_json_the_error_is_a_document_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, Unreachable("connection refused", where="db:5432", advice="start it"))
    assert execute(["files", "acme", "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document == {"error": "connection refused", "where": "db:5432", "advice": "start it", "exit_code": 3}


def test_settings_that_contradict_each_other_are_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISCOVERY_MODEL_DEADLINE_S", "soon")
    assert execute(["db", "migrate"]) == 2
    assert "DISCOVERY_MODEL_DEADLINE_S" in capsys.readouterr().err


def test_the_details_of_a_defect_are_kept_in_the_home(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, ZeroDivisionError("division by zero"))
    execute(["files", "acme"])
    (log,) = (home / "logs").iterdir()
    assert str(log) in capsys.readouterr().err
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_a_defect_is_said_even_when_its_log_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DISCOVERY_HOME", str(tmp_path / "file"))
    failing(monkeypatch, ZeroDivisionError("division by zero"))
    assert execute(["files", "acme"]) == 1
    assert "division by zero" in capsys.readouterr().err


def test_control_characters_of_a_message_stay_visible(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, DiscoveryError("no such file", where="\x1b[2Jevil\x07.csv"))
    execute(["files", "acme"])
    said = capsys.readouterr().err
    assert "\\x1b[2Jevil\\x07.csv" in said


def test_without_arguments_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute([]) == 0
    assert "explain" in capsys.readouterr().out


def test_a_reader_that_leaves_early_ends_us_silently(home: Path) -> None:
    """The pipe's reader is gone before we write: no traceback, no `Exception ignored`."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "discovery_pipeline", "--help"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 141


def test_health_leaves_with_the_code_of_its_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from discovery_pipeline.services import health

    down = health.HealthReport((health.PartHealth("database", "down", True, "no answer", "start it"),))
    monkeypatch.setattr(health, "check_health", lambda settings, more: down)
    assert machine.health.__name__ == "health"
    assert execute(["health", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["parts"][0]["state"] == "down"
