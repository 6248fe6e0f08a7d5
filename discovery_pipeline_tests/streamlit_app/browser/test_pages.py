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
