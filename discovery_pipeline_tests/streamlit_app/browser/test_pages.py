"""The pages one after another: nothing fails on any."""

from __future__ import annotations

import re

import pytest

from discovery_pipeline_tests.defs.conftest import TENANT
from discovery_pipeline_tests.streamlit_app.browser.browsing import NEEDS_CHROMIUM, WALK_DEADLINE_S, Watched

pytestmark = [NEEDS_CHROMIUM, pytest.mark.timeout(WALK_DEADLINE_S)]


def test_every_page_stands_without_an_error(browser: Watched) -> None:
    page = browser.page
    browser.open_page("Runs")
    browser.sees(re.compile("^(Discovery|Corrections) of"))
    browser.sees("quarantined records")
    browser.kept("runs")
    browser.open_page("Inventory")
    browser.kept("inventory")
    browser.fills("Name, address", "frap-swift-app2")
    browser.sees("1 to 1 of 1 assets")
    browser.press("Export")
    assert browser.downloads("CSV").path().read_text().splitlines()[1].startswith("frap-swift-app2,")
    browser.clicks_first_row(then="virtual machine, 100 % sure")
    browser.settled()
    browser.open_page("Agents")
    browser.kept("agents")
    browser.open_page("Mappings")
    assert f"tenant={TENANT}" in page.url


def test_what_is_decided_on_an_assets_page_is_said_at_once(browser: Watched) -> None:
    browser.open_page("Inventory")
    browser.fills("Name, address", "frap-swift-app2")
    browser.sees("1 to 1 of 1 assets")
    browser.clicks_first_row(then="virtual machine, 100 % sure")
    browser.press("Open")
    browser.fills("As the schema writes it", "41000")
    browser.press("Correct", exact=True)
    browser.sees("It waits for a run")
    browser.sees("1 correction waiting")
    browser.press("Undo the last")
    browser.sees("What stood before stands again")
    browser.sees("Every decision is applied")
