"""Parquet: typed columns as the text a person would write."""

from __future__ import annotations

import datetime as dt
import gzip
from io import BytesIO
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.errors import UnreadableFile
from discovery_pipeline.files.readers import ReadLimits
from discovery_pipeline_tests.files.readers.conftest import ReadAll, ReadOne

MOMENT = dt.datetime(2024, 1, 5, 13, 4, 5)


def parquet(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("values", "dtype", "texts"),
    [
        (["007", "", None], pl.String, ["007", None, None]),
        ([8, -1, None], pl.Int32, ["8", "-1", None]),
        ([8.0, 2.5, float("nan")], pl.Float64, ["8", "2.5", None]),
        ([True, False, None], pl.Boolean, ["True", "False", None]),
        ([dt.date(2024, 1, 5), None, None], pl.Date, ["2024-01-05", None, None]),
        ([MOMENT, dt.datetime(2024, 1, 5), None], pl.Datetime("us"), ["2024-01-05 13:04:05", "2024-01-05", None]),
        ([MOMENT, None, None], pl.Datetime("us", "UTC"), ["2024-01-05T13:04:05Z", None, None]),
        ([["a", "b"], [], None], pl.List(pl.String), ["a;b", None, None]),
        ([[1.0, 2.5], [None], None], pl.List(pl.Float64), ["1;2.5", None, None]),
        (["x", "y", None], pl.Categorical, ["x", "y", None]),
        ([b"\x01\xff", None, None], pl.Binary, ["01ff", None, None]),
        ([None, None, None], pl.Null, [None, None, None]),
    ],
    ids=["text", "integers", "floats", "booleans", "dates", "moments", "zoned moments", "lists", "lists of floats",
         "categories", "bytes", "nothing"],
)  # fmt: skip
def test_a_column_as_text(read_one: ReadOne, values: list[Any], dtype: Any, texts: list[str | None]) -> None:
    frame = pl.DataFrame({"name": ["a", "b", "c"], "value": pl.Series(values, dtype=dtype)})
    assert [row[1] for row in read_one(parquet(frame), "x.parquet").cells] == texts


def test_structs_become_columns(read_one: ReadOne) -> None:
    seen = read_one(parquet(pl.DataFrame({"s": [{"x": 1, "y": {"z": "q"}}]})), "x.parquet")
    assert (seen.headers, seen.cells) == (["s.x", "s.y.z"], [["1", "q"]])


def test_rows_have_numbers_and_no_lines(read_one: ReadOne) -> None:
    seen = read_one(parquet(pl.DataFrame({"a": ["x", "y"]})), "dir/x.parquet")
    assert (seen.table.table, seen.rows, seen.lines) == ("x", [0, 1], [None, None])


def test_columns_without_rows_are_told(read_one: ReadOne) -> None:
    seen = read_one(parquet(pl.DataFrame(schema={"a": pl.String})), "x.parquet")
    assert (seen.headers, seen.table.rows, seen.codes) == (["a"], 0, ["no_rows"])


@pytest.mark.parametrize("place", ["end", "pages"])
def test_damage_is_found_before_anything_is_used(read_all: ReadAll, place: str) -> None:
    content = parquet(pl.DataFrame({"a": [f"name {i}" for i in range(5000)]}))
    broken = content[:-20] if place == "end" else content[:200] + b"\x00" * 400 + content[600:]
    with pytest.raises(UnreadableFile, match=r"x\.parquet"):
        read_all(broken, "x.parquet")


def nested(columns: int) -> bytes:
    """One struct of so many fields, each of 100 elements of one value: of every part a few bytes."""
    return parquet(pl.DataFrame({"s": [{f"f{i}": [1] * 100 for i in range(columns)}] * 10}))


def test_structs_are_no_way_round_the_number_of_columns(read_one: ReadOne) -> None:
    limits = ReadLimits(max_columns=3)
    assert len(read_one(nested(3), "x.parquet", limits).headers) == 3
    with pytest.raises(UnreadableFile, match="it has 4 columns, the limit is 3"):
        read_one(nested(4), "x.parquet", limits)


@pytest.mark.parametrize("packed", [False, True], ids=["on disk", "in an archive"])
def test_the_elements_of_lists_are_counted_before_they_are_read(read_all: ReadAll, packed: bool) -> None:
    content = gzip.compress(nested(2)) if packed else nested(2)
    assert read_all(content, "x.parquet", ReadLimits(max_parquet_values=2_000))[0].table.rows == 10
    with pytest.raises(UnreadableFile, match="it unpacks to more than the limit"):
        read_all(content, "x.parquet", ReadLimits(max_parquet_values=1_999))


def test_a_damaged_footer_is_told_as_damage(read_one: ReadOne) -> None:
    with pytest.raises(UnreadableFile, match="damaged Parquet file"):
        read_one(nested(1)[:-8] + b"PAR1PAR1", "x.parquet", ReadLimits(max_parquet_values=1))
