"""A day of review: records decided, decisions forgotten and taken back, a run paused and resumed, checks read."""

from __future__ import annotations

import re

import pytest

from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.defs.conftest import TENANT
from discovery_pipeline_tests.services.agents.advised_estate import publish_advised, record_run
from discovery_pipeline_tests.services.hand_built import APP, DB
from discovery_pipeline_tests.streamlit_app.browser.browsing import (
    NEEDS_CHROMIUM,
    RUN_DEADLINE_S,
    WALK_DEADLINE_S,
    Watched,
    seen,
)
from discovery_pipeline_tests.streamlit_app.browser.conftest import Up
from discovery_pipeline_tests.streamlit_app.browser.mappings import published

# A tenant whose estate a model has changed.
ADVISED = "advised"
# A run may come to its end before a click pauses it.
TRIES = 3

pytestmark = [NEEDS_CHROMIUM, pytest.mark.timeout(WALK_DEADLINE_S)]


def test_records_are_decided_and_a_resumed_run_shows_no_trace_of_what_was_taken_back(
    browser: Watched, sample_home: Settings
) -> None:
    frames = FrameStore(sample_home.frames_location).open(TENANT)
    before = published(frames)
    aside = _release_a_row(browser)
    _settle_a_dispute(browser)
    browser.applies("2 corrections", then="2 corrections applied")
    browser.sees(f"Quarantine {aside - 1}")
    assert not before[1].equals(published(frames)[1])

    _forget_the_newest_decision(browser)
    _take_the_newest_decision_back(browser)
    _run_with_a_pause(browser)
    browser.open_page("Records")
    browser.sees(f"Quarantine {aside}")
    assert all(there.equals(now) for there, now in zip(before, published(frames), strict=True))


def _release_a_row(browser: Watched) -> int:
    """Say what stands at the missing end of a relation; returns how many rows were set aside."""
    browser.open_page("Records")
    browser.until(lambda: browser.fills("File, table or detail", "no parent"), "missing end: no parent")
    aside = int(seen(browser.page, re.compile(r"^Quarantine \d")).inner_text().split()[1])
    browser.fills("What the cell should say", "frap-swift-app2")
    browser.press("Correct and release")
    browser.sees("1 correction waiting")
    browser.kept("records-released")
    return aside


def _settle_a_dispute(browser: Watched) -> None:
    """Take what was not taken so far."""
    browser.chooses(re.compile(r"^Value conflicts \d"))
    browser.sees("taken now")
    browser.settled()
    browser.page.get_by_role("button", name=re.compile("^Take (?!this)")).nth(1).click()
    browser.sees("2 corrections waiting")
    browser.kept("records-settled")


def _forget_the_newest_decision(browser: Watched) -> None:
    browser.open_page("Learning")
    browser.clicks_first_row(then="Forget ...")
    browser.press("Forget ...")
    browser.sees("There is no way back")
    browser.page.get_by_placeholder("Kept with it").first.fill("decided by mistake")
    browser.press("Forget it")
    browser.sees("Forgotten: 1 decision")
    browser.kept("learning-forgotten")


def _take_the_newest_decision_back(browser: Watched) -> None:
    browser.clicks_first_row(then="Take back")
    browser.press("Take back")
    browser.sees("is taken back")
    browser.kept("learning-taken-back")


def _run_with_a_pause(browser: Watched) -> None:
    """A run over everything, paused on the way and resumed."""
    browser.open_page("Runs")
    for _ in range(TRIES):
        browser.press("Run discovery")
        browser.press("Pause")
        browser.sees(re.compile("A run waits before|^Discovery of .*, done in"), RUN_DEADLINE_S)
        if browser.page.get_by_text("A run waits before").count():
            break
    browser.kept("runs-paused")
    browser.press("Resume")
    browser.sees("Goes on with what an earlier run left.")
    browser.sees(re.compile("^Discovery of .*, done in"), RUN_DEADLINE_S)
    browser.kept("runs-resumed")


def test_a_check_that_failed_leads_to_what_mends_it(browser: Watched) -> None:
    browser.open_page("Data quality")
    browser.sees("rows read has exactly one place")
    browser.press("Show mapping")
    browser.press("No conflicting columns")
    browser.sees("warning, the run went on")
    browser.sees(re.compile(r"^1 to \d+ of \d+ rows"))
    browser.kept("quality-check")
    assert "check=" in browser.page.url
    browser.press("Look at the mappings")
    browser.page.get_by_role("heading", name="Mappings", exact=True).first.wait_for()
    browser.settled()


def test_what_a_model_changed_is_kept_or_taken_back(browser: Watched, up: Up, sample_home: Settings) -> None:
    with open_workspace(sample_home) as workspace:
        add_tenant(workspace.database, ADVISED)
        publish_advised(workspace, ADVISED)
        record_run(workspace, ADVISED)
    browser.page.goto(f"{up.app}/?tenant={ADVISED}")
    browser.open_page("Agents")
    browser.sees("1 to 7 of 7 changes")
    for button, change, told in (
        ("Keep", "environment", "kept by a person"),
        ("Take-back", f"{APP}-{DB}", "decided otherwise by a person"),
    ):
        browser.settled()
        browser.page.locator(f'[class*="st-key-{button}"][class*="{change}"] button').click()
        browser.sees(told)
    browser.kept("agents-decided")
    for tab, shows in (
        ("What was said", "tell each other"),
        ("Calls and cost", "in all runs"),
        ("Whom they ask", "Chosen from"),
    ):
        browser.page.get_by_role("tab", name=tab).click()
        browser.sees(shows)
    browser.settled()
