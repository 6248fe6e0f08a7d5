"""The display of a run: lines where nobody watches, and steps that are those of the pipeline."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from discovery_pipeline.cli.progress import FIRST_CORRECTED, PHASE_NAMES, STEPS, bytes_progress, run_progress, steps
from discovery_pipeline.domain.handoffs import PHASES
from discovery_pipeline.services import due_runs
from discovery_pipeline.services.run_frames import ASSETS


@dataclass(frozen=True)
class Event:
    asset: str
    state: str
    detail: str = ""


def test_phases_and_steps_are_those_of_the_pipeline() -> None:
    assert PHASE_NAMES == PHASES
    assert tuple(STEPS) == ASSETS


@pytest.mark.parametrize(
    ("upto", "last"),
    [
        pytest.param("validation", "export_findings", id="first phase"),
        pytest.param("cleansing", "quarantined_records", id="a phase in between"),
        pytest.param(None, "discovery_report", id="all"),
    ],
)
def test_steps_end_with_the_phase(upto: str | None, last: str) -> None:
    assert steps(upto)[-1] == last  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("upto", "expected"),
    [
        pytest.param(None, list(STEPS)[list(STEPS).index("column_mapping") :], id="to the end"),
        pytest.param("mapping", ["column_mapping"], id="no further than mapping"),
        pytest.param("validation", [], id="to before it"),
    ],
)
def test_corrections_begin_at_the_choice_of_fields(upto: str | None, expected: list[str]) -> None:
    assert FIRST_CORRECTED == due_runs.FIRST_CORRECTED
    assert steps(upto, only_corrections=True) == expected  # type: ignore[arg-type]


def test_without_a_terminal_each_asset_is_one_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with run_progress("acme", None) as show:
        show(Event("raw_export", "started"))
        show(Event("raw_export", "done", "1,200 rows"))
        show(Event("export_findings", "started"))
        show(Event("export_findings", "failed", "a [bold]bad[/bold] file"))
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert said.out == ""
    assert len(lines) == 2
    assert lines[0].startswith("acme: raw_export done in ")
    assert lines[0].endswith("1,200 rows")
    assert "failed" in lines[1]
    assert "[bold]bad[/bold]" in lines[1]


def test_copying_without_a_terminal_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    with bytes_progress("acme: copying") as show:
        show("cmdb.csv", 10, 100)
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_bars_show_the_assets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with run_progress("acme", "validation") as show:
        show(Event("raw_export", "started"))
        show(Event("raw_export", "done", "1,200 rows"))
        show(Event("export_findings", "failed", "a [bold]bad[/bold] \x1b[2J file"))
    said = capsys.readouterr()
    assert said.out == ""
    assert "raw_export" in said.err
    assert "[bold]bad[/bold] \\x1b[2J file" in said.err
