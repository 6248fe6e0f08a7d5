"""The workbook: every row, nothing that a spreadsheet would run, the same bytes for the same data."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from discovery_pipeline.files.reports import ReportData, write_workbook
from discovery_pipeline_tests.domain.estate import inventory
from discovery_pipeline_tests.files.report.reports import FORMULA, bare_report, planned_report, report_on, small_report


@pytest.fixture(scope="module")
def report() -> ReportData:
    return small_report()


def sheets(report: ReportData, **limits: int) -> dict[str, list[tuple[Any, ...]]]:
    buffer = BytesIO()
    write_workbook(report, buffer, **limits)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(buffer)}


def test_the_same_data_gives_the_same_bytes(report: ReportData) -> None:
    first, second = BytesIO(), BytesIO()
    write_workbook(report, first)
    write_workbook(report, second)
    assert first.getvalue() == second.getvalue()


def test_the_workbook_has_a_row_per_asset_edge_and_row_set_aside(report: ReportData) -> None:
    book = sheets(report)
    assert len(book["Assessment"]) == 1 + 4
    assert len(book["Dependencies"]) == 1 + len(report.dependencies)
    assert len(book["Rows set aside"]) == 1 + 1
    assert len(book["Applications"]) == 1 + 2


@pytest.mark.parametrize(
    ("sheet", "rows"),
    [("Memberships", 2), ("Structure", 2), ("Sizing", 3), ("Waves", 2), ("Cut dependencies", 1)],
)
def test_each_part_of_the_plan_has_its_sheet(sheet: str, rows: int) -> None:
    assert len(sheets(planned_report())[sheet]) == 1 + rows
    assert sheet not in sheets(bare_report())


def test_the_first_sheet_tells_what_the_others_hold() -> None:
    book = sheets(planned_report())
    told = {row[0]: row[1] for row in book["Read me"][1:] if row[0]}
    assert list(told) == list(book)
    assert told["Sizing"] == 3


@pytest.mark.parametrize("text", [FORMULA, "@SUM(1)", "\t=1", "＝1"], ids=["equals", "at", "tab", "full-width"])
def test_no_cell_of_the_workbook_is_a_formula(text: str) -> None:
    cells = [c for rows in sheets(planned_report(text)).values() for row in rows for c in row if isinstance(c, str)]
    assert f"'{text}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))]


def test_a_sheet_says_how_many_rows_it_leaves_out(report: ReportData) -> None:
    assert sheets(report, most=2)["Assessment"][-1][0] == "2 more rows are in the export"


def test_an_empty_estate_has_a_workbook() -> None:
    assert len(sheets(report_on("empty", inventory(), [], None))["Assessment"]) == 1
