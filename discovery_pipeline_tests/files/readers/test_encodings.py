"""Text in any encoding comes out as the same cells, and the encoding is told."""

from __future__ import annotations

import codecs

import pytest

from discovery_pipeline_tests.files.readers.conftest import ReadOne

GERMAN = "Name,Standort,Größe\nsrv1,Köln,groß\nsrv2,Zürich,übergroß\n"
RUSSIAN = "Имя,Город\nСервер один,Москва\nСервер два,Казань\n"
JAPANESE = "名前,都市\nサーバー,東京\n大阪サーバー,大阪\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (GERMAN.encode(), "utf-8"),
        (GERMAN.encode("utf-8-sig"), "utf-8-sig"),
        (GERMAN.encode("cp1252"), "cp1252"),
        (GERMAN.encode("latin-1"), "cp1252"),
        (GERMAN.encode("cp850"), "cp850"),
        (codecs.BOM_UTF16_LE + GERMAN.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + GERMAN.encode("utf-16-be"), "utf-16"),
        (GERMAN.encode("utf-16-le"), "utf-16-le"),
        (GERMAN.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF32_LE + GERMAN.encode("utf-32-le"), "utf-32"),
    ],
    ids=[
        "utf-8", "utf-8 BOM", "cp1252", "latin-1", "DOS",
        "utf-16 LE BOM", "utf-16 BE BOM", "utf-16 LE", "utf-16 BE", "utf-32",
    ],
)  # fmt: skip
def test_western_text(read_one: ReadOne, content: bytes, encoding: str) -> None:
    seen = read_one(content)
    assert seen.headers == ["Name", "Standort", "Größe"]
    assert seen.cells == [["srv1", "Köln", "groß"], ["srv2", "Zürich", "übergroß"]]
    assert (seen.table.facts["encoding"], seen.lines) == (encoding, [2, 3])


@pytest.mark.parametrize(
    ("text", "encoding"), [(RUSSIAN, "cp1251"), (JAPANESE, "shift_jis"), (RUSSIAN, "utf-8"), (JAPANESE, "utf-16")],
    ids=["Windows Cyrillic", "Shift JIS", "Cyrillic UTF-8", "Japanese UTF-16"],
)  # fmt: skip
def test_other_scripts(read_one: ReadOne, text: str, encoding: str) -> None:
    seen = read_one(text.encode(encoding))
    assert [seen.headers, *seen.cells] == [line.split(",") for line in text.splitlines()]


def test_punctuation_of_windows(read_one: ReadOne) -> None:
    assert read_one("Name,Note\nsrv1,5 € – “ok”\n".encode("cp1252")).cells == [["srv1", "5 € – “ok”"]]


def test_a_late_byte_decides_too(read_one: ReadOne) -> None:
    """The whole file is looked at: the only accent stands behind five megabytes of ASCII."""
    body = b"srv,plain ascii text in a row\n" * 170_000
    seen = read_one(b"Name,Note\n" + body + "last,Köln\n".encode("cp1252"))
    assert seen.cells[-1] == ["last", "Köln"]


def test_utf8_with_pasted_bytes_keeps_both(read_one: ReadOne) -> None:
    text = "Name,Ort\n" + "srv,Köln\n" * 20
    seen = read_one(text.encode() + "x,Zürich\n".encode("cp1252"))
    assert (seen.cells[0][1], seen.cells[-1][1], seen.codes) == ("Köln", "Zürich", ["mixed_encoding"])


def test_a_byte_order_mark_is_no_part_of_the_first_cell(read_one: ReadOne) -> None:
    seen = read_one("\ufeffsrv1,10.0.0.1\nsrv2,10.0.0.2\n".encode())
    assert seen.cells[0][0] == "srv1"
    assert read_one('\ufeff"Name","IP"\na,b\n'.encode()).headers == ["Name", "IP"]
