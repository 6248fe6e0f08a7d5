"""Files that hold no table: each is refused by what it is, with its name, and never with a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest

from discovery_pipeline.domain.errors import UnreadableFile
from discovery_pipeline.files.readers import ReadLimits, read_file
from discovery_pipeline.files.readers import read as read_module
from discovery_pipeline_tests.files.readers.conftest import ReadAll, ReadOne


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(300), "a PNG picture"),
        (b"\xff\xd8\xff\xe0" + bytes(300), "a JPEG picture"),
        (b"BM" + bytes(300), "a BMP picture"),
        (b"%PDF-1.7\n%abc", "a PDF document"),
        (b"SQLite format 3\x00" + bytes(100), "an SQLite database"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(60), "a 7z archive"),
        (b"PK\x03\x04 no zip", "damaged zip or XLSX"),
        (random.Random(1).randbytes(5000), "binary data"),
    ],
    ids=["png", "jpeg", "bmp", "pdf", "sqlite", "7z", "damaged xlsx", "noise"],
)
def test_no_table(read_all: ReadAll, content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason) as caught:
        read_all(content, "inventory.csv")
    assert caught.value.where == "inventory.csv"
    assert caught.value.advice


@pytest.mark.parametrize("content", [b"BMC Name,IP\nsrv1,10.0.0.1\n", b"MZone,IP\nsrv1,10.0.0.1\n"], ids=["BM", "MZ"])
def test_a_header_that_begins_like_a_picture_is_text(read_one: ReadOne, content: bytes) -> None:
    assert read_one(content).table.rows == 1


@pytest.mark.parametrize(
    "content", [b"", b"\n\r\n  \n", b"\xef\xbb\xbf", b"\x00" * 4096], ids=["0 bytes", "blank", "BOM", "NULs"]
)
def test_an_empty_file_is_a_finding_without_a_table(read_one: ReadOne, content: bytes) -> None:
    seen = read_one(content)
    assert (seen.table.is_table, seen.headers, seen.codes) == (False, [], ["empty_file"])


def test_prose_is_no_table(read_all: ReadAll) -> None:
    lines = ["Dear team,", "please find, as agreed, the list, attached.", "Not, here, though, but, there.", "Bye"]
    text = "\n".join([*lines, "Jane, Max, Eve", "a,b,c,d,e,f"])
    with pytest.raises(UnreadableFile, match="prose or a log"):
        read_all(text, "mail.txt")


def test_too_many_columns(read_all: ReadAll) -> None:
    with pytest.raises(UnreadableFile, match="has 60 columns, the limit is 50"):
        read_all(",".join(f"Column {i}" for i in range(60)) + "\n", limits=ReadLimits(max_columns=50))


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"export\.csv: it cannot be opened"):
        list(read_file(tmp_path / "gone", "export.csv"))


class RustPanic(BaseException):
    """What parsers written in Rust raise when they break."""

    __module__ = "pyo3_runtime"


class Interrupted(BaseException):
    """As Dagster raises it in a run that somebody terminates."""


def test_a_panic_of_a_real_parser_is_known_by_its_module() -> None:
    assert pl.exceptions.PanicException.__module__ == RustPanic.__module__


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), Interrupted()], ids=repr)
def test_an_interrupt_is_no_fault_of_the_file(
    read_all: ReadAll, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise error

    monkeypatch.setattr(read_module, "read_delimited", interrupted)
    with pytest.raises(type(error)):
        read_all("Name,IP\nsrv1,10.0.0.1\n")


@pytest.mark.parametrize(
    "error", [RecursionError("too deep"), MemoryError(), RustPanic("index out of bounds")], ids=repr
)
def test_whatever_a_parser_throws_names_the_file(
    read_all: ReadAll, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise error

    monkeypatch.setattr(read_module, "read_delimited", breaks)
    with pytest.raises(UnreadableFile, match=rf"export\.csv: its parser failed: {type(error).__name__}"):
        read_all("Name,IP\nsrv1,10.0.0.1\n")


def test_deeply_nested_json(read_all: ReadAll) -> None:
    with pytest.raises(UnreadableFile, match=r"x\.json"):
        read_all('[{"a":' * 100_000, "x.json")


@pytest.mark.parametrize("seed", range(60))
def test_damaged_text_is_read_or_refused(read_all: ReadAll, seed: int) -> None:
    """Bytes changed, cut and doubled at random: every record keeps exactly one place, or the file is refused."""
    chance = random.Random(seed)
    content = bytearray(
        b"Name,IP,CPUs,Note\n" + b"".join(b'srv%d,10.0.0.%d,%d,"note %d, x"\n' % (i, i, i, i) for i in range(40))
    )
    for _ in range(chance.choice([1, 3, 20])):
        at = chance.randrange(len(content))
        how = chance.randrange(4)
        if how == 0:
            content[at] = chance.randrange(256)
        elif how == 1:
            content[at:at] = chance.choice([b'"', b"\x00", b"\n", b"\r", b",", b";", b"\xff", b'"\n"', b'""', b"{"])
        elif how == 2:
            del content[at : at + chance.randrange(50)]
        else:
            content[at:at] = content[chance.randrange(len(content)) :][: chance.randrange(100)]
    try:
        tables = read_all(bytes(content))
    except UnreadableFile as error:
        refusal = str(error)
    else:
        refusal = ""
        assert all("" not in row for seen in tables for row in seen.cells)
    assert "parser failed" not in refusal
