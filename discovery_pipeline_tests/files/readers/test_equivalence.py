"""Property: a well-formed file reads as what was written, and the fast way and the careful way give the same frame."""

from __future__ import annotations

import csv
import dataclasses
import io
import random

import numpy as np
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.files.readers import delimited
from discovery_pipeline.files.readers.content import Buffer
from discovery_pipeline.files.readers.lines import Lines, Shape, index_lines
from discovery_pipeline_tests.files.readers.conftest import ReadOne

CELLS = [
    "", "a", "srv-1", "10.0.0.1", "x y", "müller", "日本", 'say "hi"', '"', "p,q", "p;q", "p\tq", "p|q", "l1\nl2",
    "l1\r\nl2", " lead", "trail ", "0042", '"quoted"', "it's", "x" * 300, "-", "N/A", "\u2028z", '""', ",", "\\", "#a",
]  # fmt: skip


def generated(seed: int) -> tuple[list[str], list[list[str]], bytes]:
    """Header, records, and the file that Python's csv module makes of them in a random dialect and encoding."""
    chance = random.Random(seed)
    width, delimiter, end = chance.randint(1, 7), chance.choice(",;\t|"), chance.choice(["\n", "\r\n", "\r"])
    cells = CELLS if chance.random() < 0.6 else [c for c in CELLS if "\n" not in c]
    header = [f"Header {letter}" for letter in "ABCDEFG"[:width]]
    records = [[chance.choice(cells) for _ in range(width)] for _ in range(chance.randint(0, 30))]
    records = [r for r in records if width > 1 or r[0].strip()]
    text = io.StringIO(newline="")
    # The csv module leaves a line feed unquoted where lines end with a return; one column has no delimiter to tell.
    is_ambiguous = end == "\r" or width == 1
    quoting = csv.QUOTE_ALL if is_ambiguous else chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([header, *records])
    content = text.getvalue().removesuffix(end) if chance.random() < 0.3 else text.getvalue()
    return header, records, content.encode(chance.choice(["utf-8", "utf-8-sig", "utf-16"]))


def nothing_is_plain(data: Buffer, begin: int, shape: Shape) -> Lines:
    """The index of lines that sends every line the careful way."""
    lines = index_lines(data, begin, shape)
    return dataclasses.replace(lines, plain=np.zeros_like(lines.plain))


@pytest.mark.parametrize("seed", range(150))
def test_both_ways_give_what_was_written(read_one: ReadOne, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    header, records, content = generated(seed)
    fast = read_one(content)
    fast_frame = fast.table.frame.lazy().collect()
    monkeypatch.setattr(delimited, "index_lines", nothing_is_plain)
    careful = read_one(content)
    assert fast.headers == header
    assert fast.cells == [[cell or None for cell in record] for record in records]
    assert (fast.rejected, fast.rows) == ([], list(range(len(records))))
    assert careful.headers == header
    assert_frame_equal(careful.table.frame.lazy().collect(), fast_frame)


def test_a_large_file_mixes_both_ways(read_one: ReadOne) -> None:
    """Over several blocks of lines: broken rows, quoted line breaks and short rows keep their numbers and lines."""
    lines, line, expected, rejected = ["Name,IP Address,Note"], 2, [], []
    for row in range(60_000):
        if row % 20_011 == 7:
            lines.append(f'srv{row},"10.0.0.1,x')
            rejected.append((row, line, "unclosed_quote"))
        else:
            note = '"two\nlines"' if row % 5_003 == 0 else "x"
            lines.append(f"srv{row},10.0.0.1" + ("" if row % 7_001 == 1 else f",{note}"))
            expected.append((row, line))
        line += lines[-1].count("\n") + 1
    seen = read_one("\r\n".join(lines).replace("two\r\n", "two\n"))
    assert seen.rejected == rejected
    assert list(zip(seen.rows, seen.lines, strict=True)) == expected
    assert [row[0] for row in seen.cells] == [f"srv{row}" for row, _ in expected]


def test_an_ordinary_file_is_scanned_in_place(read_one: ReadOne) -> None:
    """Nothing is copied: the frame is a lazy scan of the file itself."""
    seen = read_one('Name,Note\nsrv1,"a, b"\nsrv2,"c ""d"""\n\n')
    assert "Csv SCAN" in seen.table.frame.lazy().explain()
    assert "landed" in seen.table.frame.lazy().explain()
