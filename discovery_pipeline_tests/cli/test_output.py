"""What a command prints: JSON that is one document, lines that scripts can read, nothing that steers a terminal."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from discovery_pipeline.cli.output import cell_text, emit_json, printable, program_as_called, say, table


def test_json_is_one_document_of_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json({"name": "Zürich", "at": datetime(2024, 5, 1), "to": Path("/out")})
    said = capsys.readouterr().out
    assert json.loads(said) == {"name": "Zürich", "at": "2024-05-01T00:00:00", "to": "/out"}
    assert "Zürich" in said


def test_json_has_no_nan() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        emit_json({"share": float("nan")})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(None, "", id="null"),
        pytest.param(True, "yes", id="boolean"),
        pytest.param(16384.0, "16384", id="whole number"),
        pytest.param(0.25, "0.25", id="fraction"),
        pytest.param(["a", "b"], "a; b", id="list"),
    ],
)
def test_a_cell_reads_as_people_write(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_a_row_stays_on_one_line_whatever_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    table(["file", "rows"], [["a" * 300, 1], ["two\nlines [red]and markup[/red]", 2]])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert len(lines) == 2 + 2
    assert "a" * 300 in lines[2]
    assert "two\\nlines [red]and markup[/red]" in lines[3]


def test_control_characters_become_visible(capsys: pytest.CaptureFixture[str]) -> None:
    say("\x1b]0;title\x07")
    assert capsys.readouterr().out == "\\x1b]0;title\\x07\n"
    assert printable("tab\tstays, Zürich too") == "tab\tstays, Zürich too"


def test_hints_name_the_program_as_it_can_be_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "discovery"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    assert program_as_called(str(program)) == "bin/discovery"
    monkeypatch.setenv("PATH", str(program.parent))
    assert program_as_called(str(program)) == "discovery"
    assert program_as_called("pytest") == "discovery"
