"""The report: complete, offline, escaped, the same for the same data."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.assess import assess
from discovery_pipeline.domain.dependencies.graph import build
from discovery_pipeline.domain.handoffs import QUARANTINE, CleanTable
from discovery_pipeline.files import workbook
from discovery_pipeline.files.reports import ReportData, render_html, write_workbook
from discovery_pipeline.files.workbook import neutralised
from discovery_pipeline_tests.domain.estate import application, inventory, relationships, server

EVIL = '<script>alert("x")</script>'
FORMULA = "=HYPERLINK(1)"


def report_on(
    tenant: str, estate: pl.DataFrame, tables: Sequence[CleanTable], row: dict[str, Any] | None
) -> ReportData:
    """The report of an estate. row: of the quarantine."""
    links = build(estate, tables)
    analysis = assess(estate, links.dependencies, date(2026, 11, 1))
    return ReportData(
        tenant,
        analysis.summary,
        links.summary,
        estate,
        analysis.analysis,
        analysis.applications,
        analysis.move_groups,
        links.dependencies,
        pl.DataFrame([row] if row else [], schema=QUARANTINE),
        pl.concat([links.findings, analysis.findings]),
        pl.DataFrame({"source": ["cmdb"], "file": ["cmdb.csv"], "table": ["cmdb"], "rows": [4]}),
    )


@pytest.fixture(scope="module")
def report() -> ReportData:
    estate = inventory(
        server("web1", "10.0.0.1", application_name=[EVIL], os_name="CentOS 7", environment="production"),
        server("db1", "10.0.0.2", application_name=[FORMULA], os_name="Windows Server 2022"),
        application("crm", EVIL),
        application("bil", FORMULA),
    )
    row = {
        "source": "cmdb",
        "file": "cmdb.csv",
        "table": "cmdb",
        "row": 3,
        "reason": "total_row",
        "disposition": "dropped",
    }
    said = relationships((EVIL, "Uses", FORMULA), ("web1", "zaps", "db1"))
    return report_on("northwind-bank", estate, [said], row)


def sheets(report: ReportData) -> dict[str, list[tuple[Any, ...]]]:
    import openpyxl

    buffer = BytesIO()
    write_workbook(report, buffer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(buffer)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


@pytest.mark.parametrize(
    "text",
    ["northwind-bank", "2026-11-01", "CentOS 7", "total row", "relationship wording unknown", "cmdb.csv", "web1"],
)
def test_the_page_shows(report: ReportData, text: str) -> None:
    assert text in render_html(report)


@pytest.mark.parametrize(
    "section", ["summary", "estate", "support", "strategy", "waves", "dependencies", "quality", "method"]
)
def test_the_page_has_every_section(report: ReportData, section: str) -> None:
    assert f'<section id="{section}">' in render_html(report)


def test_the_page_needs_no_network_and_runs_no_script(report: ReportData) -> None:
    page = render_html(report)
    assert "<script" not in page
    assert EVIL.replace("<", "&lt;").split(">")[0] in page
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!#)|url\(|@import|https?://""", page)


def test_the_same_data_gives_the_same_bytes(report: ReportData) -> None:
    assert render_html(report) == render_html(report)
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


def test_no_cell_of_the_workbook_is_a_formula(report: ReportData) -> None:
    cells = [cell for rows in sheets(report).values() for row in rows for cell in row if isinstance(cell, str)]
    assert f"'{FORMULA}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_formula_starts_are_neutralised(text: str) -> None:
    assert neutralised(text) == f"'{text}"


def test_plain_text_stays_and_long_text_is_cut() -> None:
    assert neutralised("a=b") == "a=b"
    assert len(neutralised("x" * 40_000)) <= 32_767


def test_a_sheet_says_how_many_rows_it_leaves_out(report: ReportData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 2)
    assert sheets(report)["Assessment"][-1][0] == "2 more rows are in the export"


def test_an_empty_estate_has_a_report() -> None:
    data = report_on("empty", inventory(), [], None)
    data = replace(data, sources=data.sources.clear())
    assert "Nothing is to be moved" in render_html(data)
    assert len(sheets(data)["Assessment"]) == 1
