"""Files of a browser get safe names in a folder that does not stay; of big ones a part is looked into."""

from __future__ import annotations

import gzip
import io
import os
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.delivery import uploads
from discovery_pipeline.services.delivery.uploads import FOLDER, NAME_BYTES, laid_aside, recognised, safe_name

SERVERS = "Name,IP Address,Operating System,RAM (GB)\nweb1,10.0.0.1,RHEL 8,8\ndb1,10.0.0.2,AIX 7.2,64\n"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        pytest.param("cmdb.csv", "cmdb.csv", id="as it is"),
        pytest.param("../../etc/passwd", "passwd", id="path up"),
        pytest.param("/etc/passwd", "passwd", id="absolute"),
        pytest.param("C:\\exports\\cmdb.csv", "cmdb.csv", id="path of Windows"),
        pytest.param("..", "upload", id="folder above"),
        pytest.param(".hidden.csv", "hidden.csv", id="hidden"),
        pytest.param("a\x00b\n\x1b[2J.csv", "ab[2J.csv", id="control characters"),
        pytest.param("", "upload", id="nothing"),
        pytest.param("Server übersicht.xlsx", "Server übersicht.xlsx", id="letters and spaces"),
    ],
)
def test_names_are_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_name_that_is_too_long_keeps_its_ending() -> None:
    name = safe_name("ü" * 300 + ".csv")
    assert name.endswith("ü.csv")
    assert len(name.encode()) <= NAME_BYTES


def test_uploads_lie_in_a_folder_of_the_home_that_is_gone_afterwards(tmp_path: Path) -> None:
    files = [("../a.csv", io.BytesIO(b"x")), ("a.csv", io.BytesIO(b"y")), ("b/a.csv", io.BytesIO(b"z"))]
    with laid_aside(tmp_path, files) as paths:
        assert [path.name for path in paths] == ["a.csv", "a (2).csv", "a (3).csv"]
        assert [path.read_bytes() for path in paths] == [b"x", b"y", b"z"]
        assert all(path.resolve().is_relative_to(tmp_path / FOLDER) for path in paths)
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_what_a_killed_process_left_goes_and_what_is_in_use_stays(tmp_path: Path) -> None:
    old, new = (tmp_path / FOLDER / name for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (time.time() - 2 * uploads.LEFTOVER_S,) * 2)
    with laid_aside(tmp_path, []):
        assert not old.exists()
        assert new.exists()


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file in its place")
    with pytest.raises(UsageError, match="can't be kept"), laid_aside(tmp_path, []):
        pytest.fail("it was written")


def given(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_table_is_recognised_and_what_is_none_is_said(tmp_path: Path) -> None:
    paths = [given(tmp_path, "servers.csv", SERVERS.encode()), given(tmp_path, "photo.xlsx", b"\x89PNG\r\n\x1a\n123")]
    files = {file["file"]: file for file in recognised(paths).document["files"]}
    (table,) = files["servers.csv"]["tables"]
    assert (table["record"], table["rows"]) == ("asset", 2)
    assert [column["field"] for column in table["columns"]][:2] == ["hostname", "ip_address"]
    assert files["photo.xlsx"]["error"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_of_a_big_text_file_whole_lines_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    rows = "".join(f"server{i},10.0.{i // 250}.{i % 250}\n" for i in range(5000))
    path = given(tmp_path, "servers.csv", f"Name,IP Address\n{rows}".encode(encoding))
    monkeypatch.setattr(uploads, "SAMPLE_BYTES", 20_000)
    found = recognised([path])
    (table,) = found.document["files"][0]["tables"]
    assert 100 < table["rows"] < 5000
    assert [column["field"] for column in table["columns"]] == ["hostname", "ip_address"]
    assert 19_000 < found.sampled["servers.csv"] <= 20_000
    assert path.stat().st_size > 20_000
    assert [left.name for left in tmp_path.iterdir()] == ["servers.csv"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("servers.txt", b'[{"Name": "web1", "IP Address": "10.0.0.1"}]', id="JSON list"),
        pytest.param("servers.json", b'{\n  "servers": [{"Name": "web1"}, {"Name": "db1"}]}', id="JSON object"),
        pytest.param("servers.csv", b"\xef\xbb\xbf<?xml version='1.0'?><a><b>web1</b></a>", id="XML"),
    ],
)
def test_a_big_file_that_cannot_be_cut_is_not_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    monkeypatch.setattr(uploads, "SAMPLE_BYTES", 30)
    monkeypatch.setattr(uploads, "WHOLE_BYTES", 35)
    found = recognised([given(tmp_path, name, content)])
    assert "too large" in found.skipped[name]
    assert found.document["files"] == []


def test_of_one_object_a_line_the_first_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(f'{{"Name": "server{i}", "IP Address": "10.0.0.{i}"}}\n' for i in range(100))
    monkeypatch.setattr(uploads, "SAMPLE_BYTES", 1000)
    found = recognised([given(tmp_path, "servers.jsonl", lines.encode())])
    (table,) = found.document["files"][0]["tables"]
    assert 10 < table["rows"] < 30


def test_archives_are_looked_into(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("in/servers.csv", SERVERS)
        archive.writestr("notes.bin", b"\x00\x01\x02")
    files = {file["file"]: file for file in recognised([tmp_path / "all.zip"]).document["files"]}
    assert [table["rows"] for table in files["all.zip!/in/servers.csv"]["tables"]] == [2]


def zipped(*members: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


BIG = SERVERS.encode() + b"web2,10.0.0.3,RHEL 8,8\n" * 1000


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        pytest.param("servers.csv.gz", gzip.compress(BIG), "servers.csv.gz", id="gzip"),
        pytest.param("all.zip", zipped(("servers.csv", BIG)), "all.zip", id="zip"),
        pytest.param("all.zip", zipped(("a.zip", zipped(("b.csv", BIG)))), "all.zip", id="zip in a zip"),
        pytest.param(
            "all.zip", zipped(("a.csv", SERVERS.encode()), ("b.csv", BIG)), "all.zip!/b.csv", id="one of two members"
        ),
    ],
)
def test_what_unpacks_to_much_is_not_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, told: str
) -> None:
    """Small on disk, whatever it unpacks to: the application serves everybody from one memory."""
    monkeypatch.setattr(uploads, "UNPACKED_BYTES", 1000)
    found = recognised([given(tmp_path, name, content)])
    assert found.skipped == {told: "too large to look into here; a run reads it whole"}
    assert not [file for file in found.document["files"] if "error" in file]


def test_a_parquet_file_of_many_values_is_left_to_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of one value over and over is a few bytes, and by the billion the memory of the application."""
    path = tmp_path / "x.parquet"
    pl.DataFrame({"Name": ["web1"] * 10, "Tags": [["a"] * 100] * 10}).write_parquet(path)
    assert not recognised([path]).skipped
    monkeypatch.setattr(uploads, "PARQUET_VALUES", 1_000)
    assert recognised([path]).skipped == {"x.parquet": "too large to look into here; a run reads it whole"}


def test_a_sheet_with_a_stray_cell_far_away_is_left_to_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies between costs memory too, whether or not it is filled; the workbook's other sheets are looked into."""
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, far in (("near", 2), ("far", 999)):
            sheet = book.add_worksheet(name)
            for row, cells in enumerate((("Name", "IP Address"), ("web1", "10.0.0.1"))):
                sheet.write_row(row, 0, cells)
            sheet.write(far, 1, "10.0.0.2")
    monkeypatch.setattr(uploads, "SHEET_CELLS", 1_000)
    found = recognised([path])
    assert found.skipped == {"x.xlsx": "too large to look into here; a run reads it whole"}
    assert [table["table"] for file in found.document["files"] for table in file["tables"]] == ["near"]


def test_a_big_file_that_is_no_table_does_not_hide_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SAMPLE_BYTES", 200)
    paths = [given(tmp_path, "manual.pdf", b"%PDF-1.7\n" + b"x" * 300), given(tmp_path, "a.csv", SERVERS.encode())]
    files = {file["file"]: file for file in recognised(paths).document["files"]}
    assert "not a table" in files["manual.pdf"]["error"]
    assert [table["rows"] for table in files["a.csv"]["tables"]] == [2]
