"""Lines of CSV, and how they are parted into files."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest

from discovery_pipeline.domain.vendors.packing import header, lines, parted, written


def test_a_line_is_read_back_as_it_was() -> None:
    cells = ["plain", 'say "hi"', "a,b", "two\nlines", " padded ", "", "服务器"]
    rows = pl.DataFrame({f"c{n}": [cell] for n, cell in enumerate(cells)})
    file = written("x.csv", rows.columns, lines(rows, rows.columns))
    assert list(csv.reader(io.StringIO(file.content.decode(), newline=""), strict=True)) == [rows.columns, cells]
    assert file.rows == 1


def test_a_column_that_the_rows_lack_is_empty() -> None:
    assert lines(pl.DataFrame({"a": ["1", None]}), ["a", "b"]).to_list() == ["1,", ","]
    assert header(["a", 'b "x"']) == 'a,"b ""x"""'


@pytest.mark.parametrize(
    ("sizes", "rows", "size", "numbers"),
    [
        pytest.param([10] * 5, None, None, [1, 1, 1, 1, 1], id="no limit"),
        pytest.param([10] * 5, 2, None, [1, 1, 2, 2, 3], id="rows"),
        pytest.param([10] * 5, None, 35, [1, 1, 1, 2, 2], id="bytes"),
        pytest.param([10] * 4, None, 25, [1, 1, 2, 2], id="bytes just filled"),
        pytest.param([10] * 5, 2, 35, [1, 1, 2, 2, 3], id="whichever is reached first"),
        pytest.param([10, 99, 10], None, 30, [1, 2, 3], id="larger than a file stands alone"),
        pytest.param([], 2, 30, [], id="nothing"),
    ],
)
def test_files_end_where_a_limit_is_reached(
    sizes: list[int], rows: int | None, size: int | None, numbers: list[int]
) -> None:
    assert parted(pl.Series(sizes, dtype=pl.Int64), rows, size, overhead=5).to_list() == numbers
