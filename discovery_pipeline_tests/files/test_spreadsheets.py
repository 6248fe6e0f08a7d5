"""Workbooks as spreadsheets read them: values, types, formats, limits."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import polars as pl
import pytest

from discovery_pipeline.files.spreadsheets import MAX_CELL, Sheet, write_book

DAY = date(2026, 11, 1)


def book(*sheets: Sheet, **limits: int) -> Any:
    buffer = BytesIO()
    write_book(sheets, buffer, "a <title> & more", DAY, **limits)
    return openpyxl.load_workbook(buffer)


def written(values: list[Any], dtype: pl.DataType | None = None) -> list[Any]:
    """What a column of these values is read as."""
    sheet = book(Sheet("A", pl.DataFrame({"first": values, "last": ["end"] * len(values)}, schema_overrides={
        "first": dtype} if dtype else None)))["A"]  # fmt: skip
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["end"] * len(values)
    return [row[0].value for row in sheet.iter_rows(min_row=2)]


@pytest.mark.parametrize(
    ("values", "read"),
    [
        pytest.param(["a", None, ""], ["a", None, None], id="text"),
        pytest.param(["<&>\"'", "ä€😀", " x "], ["<&>\"'", "ä€😀", " x "], id="special-text"),
        pytest.param(["a\x00b\x1f", "a\nb", "\ufffe"], ["ab", "a\nb", None], id="what-xml-can-not-hold"),
        pytest.param([1, None, -3], [1, None, -3], id="whole"),
        pytest.param([1.5, float("nan"), float("inf"), 1e20, 1e-7], [1.5, None, None, 1e20, 1e-7], id="number"),
        pytest.param([True, None, False], [True, None, False], id="boolean"),
        pytest.param([["a", None, "b"], [], None], ["a; b", None, None], id="list-of-text"),
        pytest.param([[443, 80], [1], None], ["443; 80", "1", None], id="list-of-numbers"),
        pytest.param([date(2026, 1, 12), None], [datetime(2026, 1, 12), None], id="date"),
        pytest.param([datetime(2026, 1, 12, 6, 30)], [datetime(2026, 1, 12, 6, 30)], id="moment"),
        pytest.param([date(1900, 3, 1), date(1899, 1, 1)], [datetime(1900, 3, 1), "1899-01-01"], id="early-date"),
        pytest.param(["=1+1", "+1", "-1", "@x", "\tx", "＝x", "a=b"],
                     ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'＝x", "a=b"], id="formulas"),
    ],
)  # fmt: skip
def test_values_are_read_back(values: list[Any], read: list[Any]) -> None:
    assert written(values) == read


def test_text_like_an_escape_is_escaped() -> None:
    """As ST_Xstring asks; Excel takes _x0041_ for A where it isn't, openpyxl leaves inline strings as they are."""
    assert written(["_x0041_", "_x41_"]) == ["_x005F_x0041_", "_x41_"]


def test_long_text_is_cut_and_says_so() -> None:
    (cell,) = written(["x" * 40_000])
    assert len(cell) <= 32_767
    assert cell.startswith("x" * MAX_CELL)
    assert "cut here" in cell


def test_a_sheet_has_a_fixed_bold_header_filters_and_widths() -> None:
    frame = pl.DataFrame({"asset_id": ["a1", "a2"], "share": [0.25, 0.5]})
    sheet = book(Sheet("It's one", frame, {"share": "share"}, {"asset_id": 26}))["It's one"]
    assert [cell.value for cell in sheet[1]] == ["Asset id", "Share"]
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet["B2"].number_format == "0%"
    assert int(sheet.column_dimensions["A"].width) == 26


def test_rows_beyond_the_limit_are_told() -> None:
    sheet = book(Sheet("A", pl.DataFrame({"n": range(5)})), most=3)["A"]
    assert [row[0].value for row in sheet.iter_rows()] == ["N", 0, 1, 2, "2 more rows are in the export"]
    assert sheet.auto_filter.ref == "A1:A4"


def test_a_table_without_rows_has_its_header() -> None:
    sheet = book(Sheet("A", pl.DataFrame(schema={"a": pl.String(), "b": pl.List(pl.Int64())})))["A"]
    assert [row[0].value for row in sheet.iter_rows()] == ["A"]


def test_more_columns_than_letters() -> None:
    frame = pl.DataFrame({f"c{n}": [n] for n in range(60)})
    sheet = book(Sheet("A", frame))["A"]
    assert [cell.value for cell in sheet[2]] == list(range(60))
    assert sheet.auto_filter.ref == "A1:BH2"


def test_the_file_tells_nothing_of_when_it_was_written() -> None:
    buffer = BytesIO()
    write_book([Sheet("A", pl.DataFrame({"a": [1]}))], buffer, "t", DAY)
    with zipfile.ZipFile(buffer) as file:
        assert {entry.date_time[0] for entry in file.infolist()} == {1980}
        assert "2026-11-01T00:00:00Z" in file.read("docProps/core.xml").decode()
