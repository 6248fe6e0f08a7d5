"""What a new customer's analyst does on the first day, from a dropped file on."""

from __future__ import annotations

import re

import pytest

from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.streamlit_app.browser.browsing import (
    NEEDS_CHROMIUM,
    RUN_DEADLINE_S,
    WALK_DEADLINE_S,
    Watched,
)
from discovery_pipeline_tests.streamlit_app.browser.conftest import Up
from discovery_pipeline_tests.streamlit_app.browser.mappings import look_for, mapping_of, published
from discovery_pipeline_tests.streamlit_app.conftest import SERVERS

# A tenant without files.
NEWCOMER = "newcomer"

pytestmark = [NEEDS_CHROMIUM, pytest.mark.timeout(WALK_DEADLINE_S)]


def test_from_a_dropped_file_to_a_correction_applied_and_undone(
    browser: Watched, up: Up, sample_home: Settings
) -> None:
    page = browser.page
    with open_workspace(sample_home) as workspace:
        add_tenant(workspace.database, NEWCOMER)
    page.goto(f"{up.app}/?tenant={NEWCOMER}")
    browser.open_page("Upload")
    page.locator('input[type="file"]').first.set_input_files(
        {"name": "servers.csv", "mimeType": "text/csv", "buffer": SERVERS.encode()}
    )
    browser.sees("What was recognised")
    page.get_by_role("button", name=re.compile("^Deliver 1 file")).first.wait_for()
    browser.kept("upload-recognised")
    browser.press(re.compile("^Deliver 1 file"))
    browser.sees("1 delivered")
    browser.press("Run discovery")
    page.get_by_role("heading", name="Runs", exact=True).first.wait_for()
    browser.sees(re.compile("^Discovery of newcomer, done in"), RUN_DEADLINE_S)
    browser.kept("runs-first")

    frames = FrameStore(sample_home.frames_location).open(NEWCOMER)
    assert mapping_of(frames, "Managed by", "servers")["field"] == "business_owner"
    before = published(frames)
    look_for(browser, "Managed by")
    browser.press(re.compile("^technical_owner"))
    browser.sees("Waits for a run: technical_owner")
    browser.applies("1 correction", then="Managed by is technical_owner")
    browser.kept("mappings-corrected")
    assert mapping_of(frames, "Managed by", "servers")["field"] == "technical_owner"

    browser.press("Undo", exact=True)
    browser.sees("Waits for a run: undone by")
    browser.applies("1 correction", then="Managed by is business_owner")
    browser.kept("mappings-undone")
    assert all(there.equals(now) for there, now in zip(before, published(frames), strict=True))
