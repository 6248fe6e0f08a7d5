"""Mappings as an analyst reviews them: a preview, a correction applied and undone, keys."""

from __future__ import annotations

import re

import polars as pl
import pytest
from playwright.sync_api import expect

from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.dagster_api.client import DagsterApi
from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.defs.conftest import TENANT
from discovery_pipeline_tests.streamlit_app.browser.browsing import (
    NEEDS_CHROMIUM,
    RUN_DEADLINE_S,
    WALK_DEADLINE_S,
    Watched,
)
from discovery_pipeline_tests.streamlit_app.browser.conftest import Up
from discovery_pipeline_tests.streamlit_app.browser.mappings import column_shown, look_for, mapping_of, published

pytestmark = [NEEDS_CHROMIUM, pytest.mark.timeout(WALK_DEADLINE_S)]


def test_a_preview_shows_and_undoing_restores(browser: Watched, sample_home: Settings) -> None:
    frames = FrameStore(sample_home.frames_location).open(TENANT)
    before = published(frames)
    page = browser.page
    look_for(browser, "AD_Site_Name0")
    browser.sees("AD_Site_Name0: location → datacenter")
    browser.press("Compute what follows")
    browser.sees("After a run", RUN_DEADLINE_S)
    browser.sees("values of the inventory change")
    browser.misses("computing what becomes of")
    browser.kept("mappings-preview")
    assert _alike(before, published(frames))

    page.keyboard.press("2")
    browser.sees("Waits for a run: datacenter")
    browser.applies("1 correction", then="AD_Site_Name0 is datacenter")
    assert mapping_of(frames, "AD_Site_Name0", "SCCM_")["field"] == "datacenter"

    browser.press("Undo", exact=True)
    browser.sees("Waits for a run: undone by")
    browser.applies("1 correction", then="AD_Site_Name0 is location")
    browser.settled()
    assert _alike(before, published(frames))


def test_a_correction_is_applied_with_two_clicks(browser: Watched, up: Up, sample_home: Settings) -> None:
    frames = FrameStore(sample_home.frames_location).open(TENANT)
    before = mapping_of(frames, "Version0", "SCCM_")
    assert (before["status"], before["field"]) == ("review", "os_version")

    look_for(browser, "Version0", "To review")
    browser.press(re.compile("^software_version"))
    browser.sees("Waits for a run")
    browser.applies("1 correction", then="Version0 is software_version")
    browser.kept("mappings-applied")

    after = mapping_of(frames, "Version0", "SCCM_")
    assert (after["status"], after["field"], after["method"]) == ("accepted", "software_version", "pattern")
    api = DagsterApi(up.dagster)
    run = api.run(api.runs(TENANT, limit=1)[0].run_id)
    api.close()
    assert (run.job, run.status) == ("apply_corrections", "done")
    assert [step.asset for step in run.steps][:2] == ["column_mapping", "canonical_records"]
    assert {step.phase for step in run.steps} == {"mapping", "cleansing", "inventory", "dependencies", "analysis"}


def test_keys_decide_and_rest_while_somebody_types(browser: Watched) -> None:
    page = browser.page
    browser.open_page("Mappings")
    page.locator(".d-stake").first.wait_for()
    first = column_shown(browser)

    def press(key: str, then: str) -> None:
        """A key, and what the card then shows."""
        page.keyboard.press(key)
        expect(page.locator(".d-title").first).to_have_text(then)
        browser.settled()

    entries = page.locator('[class*="st-key-list_mappings"] button:visible strong')
    expect(entries.first).to_have_text(first)
    listed = entries.all_inner_texts()
    press("j", listed[1])
    press("j", listed[2])
    press("k", listed[1])

    search = page.get_by_placeholder("Header, field")
    search.press_sequentially("jan")
    assert column_shown(browser) == listed[1]
    search.fill("")
    search.press("Enter")
    search.blur()
    browser.settled()
    assert column_shown(browser) == listed[1]
    press("k", first)
    browser.sees("Every decision is applied")

    press("a", listed[1])  # accepted, and the next one comes
    browser.sees("1 correction waiting")
    expect(entries.first).to_have_text(listed[1])
    assert first not in entries.all_inner_texts()
    browser.kept("mappings-review")
    press("u", first)
    browser.sees("Every decision is applied")
    expect(entries.first).to_have_text(first)
    browser.settled()


def _alike(before: list[pl.DataFrame], now: list[pl.DataFrame]) -> bool:
    return all(there.equals(here) for there, here in zip(before, now, strict=True))
