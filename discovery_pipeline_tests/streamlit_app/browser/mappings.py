"""The page Mappings in the browser, and what a run published of it."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline_tests.streamlit_app.browser.browsing import Watched

SEARCH = "Header, field"


def look_for(browser: Watched, words: str, view: str = "All") -> None:
    """The one column of a view with these words."""
    browser.open_page("Mappings")
    browser.chooses(re.compile(rf"^{view} \d"))
    browser.until(lambda: browser.fills(SEARCH, words), "1 to 1 of 1 columns")
    browser.settled()


def column_shown(browser: Watched) -> str:
    """The header of the column that the card shows."""
    return browser.page.locator(".d-title").first.inner_text()


def mapping_of(frames: TenantFrames, header: str, file: str) -> dict[str, Any]:
    tables = {t["table_no"] for t in frames.meta("raw_export")["tables"] if t["file"].startswith(file)}
    mapping = frames.scan("column_mapping", "mapping").collect()
    return mapping.filter(pl.col("header") == header, pl.col("table_no").is_in(tables)).row(0, named=True)


def published(frames: TenantFrames) -> list[pl.DataFrame]:
    """The mapping and what follows from it."""
    parts = [(asset, asset) for asset in ("inventory", "dependencies", "analysis")]
    return [frames.scan(*part).collect() for part in (("column_mapping", "mapping"), *parts)]
