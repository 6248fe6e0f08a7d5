"""Decisions as people's spreadsheets write them, and clear words for what can't be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.learning.deciding.decision_files import read_decisions
from discovery_pipeline.services.mapping.corrections import BadDecisions, Decision

HEAD = "file,table,position,header,field\n"
OWNER = Decision("a.csv", "a", 3, "Managed by", "technical_owner", line=2)


def read(tmp_path: Path, content: str | bytes) -> list[Decision]:
    path = tmp_path / "decisions.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_decisions(path)


@pytest.mark.parametrize(
    "content",
    [
        HEAD + "a.csv,a,3,Managed by,technical_owner\n",
        "\ufeff" + HEAD + "a.csv,a,3,Managed by,technical_owner",
        HEAD.replace(",", ";") + "a.csv;a;3;Managed by;technical_owner\n",
        HEAD.replace(",", "\t") + "a.csv\ta\t3\tManaged by\ttechnical_owner\n",
        "field, File ,TABLE,header,position\r\ntechnical_owner, a.csv ,a,Managed by, 3\r\n",
        "kind," + HEAD + "mapping,a.csv,a,3,Managed by,technical_owner\n",
        "kind," + HEAD + ",a.csv,a,3,Managed by,technical_owner,\n",
    ],
    ids=["plain", "mark", "semicolons", "tabs", "order and case", "kind", "no kind"],
)
def test_one_decision_however_it_is_written(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == [OWNER]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    rows = '\na.csv,a,0,"two\nlines",\n,,,,\na.csv,a,1,"a, ""b""",os_name\n'
    found = read(tmp_path, HEAD + rows)
    assert [(d.line, d.header, d.field) for d in found] == [(3, "two\nlines", None), (6, 'a, "b"', "os_name")]


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\v", "\f"], ids=["U+2028", "U+0085", "VT", "FF"])
@pytest.mark.parametrize("delimiter", [",", ";"], ids=["comma", "semicolon"])
def test_only_an_end_of_line_ends_a_line(tmp_path: Path, mark: str, delimiter: str) -> None:
    first, *rows = HEAD.strip() + ",reason", f"a.csv,a,0,two{mark}lines,,it{mark}is", "a.csv,a,1,OS,os_name,"
    found = read(tmp_path, "\r\n".join([first, *rows]).replace(",", delimiter))
    assert [(d.line, d.header) for d in found] == [(2, f"two{mark}lines"), (3, "OS")]
    assert found[0].reason == f"it{mark}is"


def test_what_a_line_may_say_besides(tmp_path: Path) -> None:
    head = HEAD.strip() + ",source,unit,transform,reason\n"
    (found,) = read(tmp_path, head + "a.csv,a,0,RAM,memory_mib,cmdb,GB,,they told me\n")
    assert (found.source, found.unit, found.transform, found.reason) == ("cmdb", "GB", None, "they told me")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("rename,a.csv,a,0,x,", "unknown_kind"),
        ("mapping,a.csv,a,first,x,", "bad_position"),
        ("mapping,a.csv,a,-1,x,", "bad_position"),
        ("mapping,a.csv,a,,x,", "bad_position"),
        ("mapping,a.csv,a,0,x", "cut_line"),
        ("mapping,a.csv", "cut_line"),
        ("mapping,a.csv,a,0,RAM, in GB,memory_mib", "too_many_cells"),
    ],
)
def test_a_line_that_decides_nothing_is_told(tmp_path: Path, row: str, code: str) -> None:
    with pytest.raises(BadDecisions) as refused:
        read(tmp_path, f"kind,{HEAD}mapping,a.csv,a,0,x,\n{row}\n")
    assert [(p.line, p.code) for p in refused.value.problems] == [(3, code)]
    assert "1 of 2" in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        (HEAD, "holds no decision"),
        ("file,table,position\na,a,0\n", "lacks the column header, field"),
        ("datei,tabelle\na,a\n", "it has 'datei', 'tabelle'"),
        ("file," + HEAD + "a.csv,b.csv,a,0,x,\n", "names the column file twice"),
        (HEAD + '"a.csv,a,0,x,\nb.csv,b,0,x,\n', "line 2: is no CSV"),
        (b"\xff\xfe\x00\x01" * 4, "no UTF-8"),
        (HEAD.encode() + b"Gr\xf6\xdfe.csv,a,0,x,\n", "no UTF-8"),
    ],
    ids=[
        "empty",
        "blank",
        "header only",
        "columns missing",
        "other columns",
        "column twice",
        "open quote",
        "binary",
        "latin-1",
    ],
)
def test_a_file_that_holds_no_decisions_is_told(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(tmp_path, content)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_decisions(tmp_path / "nowhere.csv")
    with pytest.raises(UsageError, match="directory"):
        read_decisions(tmp_path)
