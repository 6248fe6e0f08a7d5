"""Cells as spreadsheets, CSV readers and Parquet readers get them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook

from discovery_pipeline.services.export import writers
from discovery_pipeline.services.export.writers import ExportTable, Format, harmless, write_table

SCHEMA = {
    "text": pl.String(), "items": pl.List(pl.String()), "ports": pl.List(pl.Int64()), "at": pl.Datetime("us"),
    "share": pl.Float64(), "flag": pl.Boolean(), "count": pl.Int64(),
}  # fmt: skip
ROWS = [
    ('plain, "quoted"\nü', ["a", "b"], [443, 80], datetime(2024, 5, 1, 12, 30), 0.5, True, 3),
    ("", [], [], datetime(2024, 5, 1, 12, 30, 0, 250000), -1.0, False, -7),
    (None, None, None, None, None, None, None),
]


def written(tmp_path: Path, format: Format, *batches: pl.DataFrame) -> Path:
    table = ExportTable("table", SCHEMA, iter(batches))
    assert write_table(table, tmp_path, format) == sum(batch.height for batch in batches)
    return tmp_path / f"table.{format}"


def rows(*values: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(values), schema=SCHEMA, orient="row")


def text_row(text: str) -> pl.DataFrame:
    return rows((text, None, None, None, None, None, None))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        pytest.param("=1+1", "'=1+1", id="equals"),
        pytest.param("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0", id="plus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("-2+3", "'-2+3", id="minus"),
        pytest.param("\t=1", "'\t=1", id="tab"),
        pytest.param("\r=1", "'\r=1", id="carriage return"),
        pytest.param("＝1", "'＝1", id="full width"),
        pytest.param("-12.5", "-12.5", id="negative number"),
        pytest.param("+49", "+49", id="signed number"),
        pytest.param("-1e-9", "-1e-9", id="small number"),
        pytest.param("a=1", "a=1", id="inside"),
        pytest.param("", "", id="empty"),
        pytest.param(None, None, id="null"),
    ],
)
def test_no_text_starts_a_formula(text: str | None, safe: str | None) -> None:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    assert frame.select(harmless(pl.col("text"))).item() == safe


def test_a_list_that_starts_a_formula_is_neutralised_too(tmp_path: Path) -> None:
    path = written(tmp_path, "csv", rows(("x", ["=a", "=b"], [1], None, None, None, None)))
    assert pl.read_csv(path)["items"].item() == "'=a;=b"


def test_csv_holds_the_rows_as_text(tmp_path: Path) -> None:
    path = written(tmp_path, "csv", rows(*ROWS[:2]), rows(*ROWS[2:]))
    assert path.read_text(encoding="utf-8") == (
        "text,items,ports,at,share,flag,count\n"
        '"plain, ""quoted""\nü",a;b,443;80,2024-05-01T12:30:00,0.5,true,3\n'
        '"","","",2024-05-01T12:30:00.250,-1.0,false,-7\n'
        ",,,,,,\n"
    )


def test_parquet_holds_the_rows_as_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, "parquet", rows(*ROWS[:2]), rows(*ROWS[2:]))
    assert pl.read_parquet(path).equals(rows(*ROWS))


def test_xlsx_holds_the_rows_with_their_types(tmp_path: Path) -> None:
    sheet = load_workbook(written(tmp_path, "xlsx", rows(*ROWS)))["table"]
    found = list(sheet.iter_rows(values_only=True))
    assert found[0] == tuple(SCHEMA)
    assert found[1] == (ROWS[0][0], "a;b", "443;80", datetime(2024, 5, 1, 12, 30), 0.5, True, 3)
    assert found[2][4:] == (-1, False, -7)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_figure_that_is_none_is_an_empty_cell(tmp_path: Path, format: Format) -> None:
    path = written(tmp_path, format, rows(("x", None, None, None, float("nan"), None, None)))
    found = pl.read_csv(path)["share"].item() if format == "csv" else load_workbook(path)["table"].cell(2, 5).value
    assert found is None


def test_xlsx_never_holds_a_formula_or_a_link(tmp_path: Path) -> None:
    texts = ["=1+1", "http://bad.example/", "{=1}"]
    sheet = load_workbook(written(tmp_path, "xlsx", *map(text_row, texts)))["table"]
    cells = [sheet.cell(row, 1) for row in range(2, 2 + len(texts))]
    assert [cell.value for cell in cells] == ["'=1+1", "http://bad.example/", "{=1}"]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert all(cell.hyperlink is None for cell in cells)


def test_xlsx_goes_on_in_further_sheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "XLSX_SHEET_ROWS", 3)  # the header and two rows
    book = load_workbook(written(tmp_path, "xlsx", *(text_row(f"r{n}") for n in range(5))))
    assert {s.title: [r[0] for r in s.iter_rows(values_only=True)] for s in book} == {
        "table": ["text", "r0", "r1"],
        "table (2)": ["text", "r2", "r3"],
        "table (3)": ["text", "r4"],
    }


def test_xlsx_says_where_a_text_was_cut(tmp_path: Path) -> None:
    sheet = load_workbook(written(tmp_path, "xlsx", text_row("x" * 40_000)))["table"]
    text = sheet.cell(2, 1).value
    assert isinstance(text, str)
    assert len(text) == writers.XLSX_CELL_CHARACTERS
    assert text.endswith("whole in the Parquet and CSV exports)")


@pytest.mark.parametrize("format", writers.FORMATS)
def test_a_table_without_rows_has_its_columns(tmp_path: Path, format: Format) -> None:
    path = written(tmp_path, format)
    read = {"parquet": pl.read_parquet, "csv": pl.read_csv}.get(format)
    columns = read(path).columns if read else [c.value for c in next(load_workbook(path)["table"].iter_rows())]
    assert columns == list(SCHEMA)
