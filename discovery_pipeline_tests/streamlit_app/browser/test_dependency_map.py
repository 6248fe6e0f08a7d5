"""The map in a real browser: drawn, clicked, used by keyboard; a decision marks its edge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.dependencies.estate import DB, HUB, WEB, publish_map
from discovery_pipeline_tests.streamlit_app.browser.browsing import NEEDS_CHROMIUM, Watched, new_page, served

TIER = f"{WEB}>{DB}>tier"

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app over a home whose tenant acme has dependencies."""
    home = tmp_path_factory.mktemp("home")
    with open_workspace(Settings(home=home)) as workspace:
        add_tenant(workspace.database, "acme")
        publish_map(workspace.frames.open("acme"))
    try:
        with served(home, tmp_path_factory.mktemp("app")) as address:
            yield address
    finally:
        embedded.stop(home)


@pytest.fixture
def browser(app: str, chromium: Browser) -> Iterator[Watched]:
    """The map around web."""
    watched = Watched(new_page(chromium, height=1000))
    watched.page.goto(f"{app}/?tenant=acme")
    watched.open_page("Dependencies")
    watched.fills("a part of its name", "web")
    watched.press("web · virtual machine")
    node(watched.page, WEB).wait_for()
    watched.settled()
    yield watched
    watched.page.close()


def node(page: Page, key: str) -> Locator:
    return page.locator(f'[data-key="{key}"]')


def beside(page: Page, title: str) -> Locator:
    """The title of what was clicked, in the panel beside the map."""
    return page.locator(".d-title", has_text=title)


def test_the_map_is_drawn_and_clicks_select_and_centre(browser: Watched) -> None:
    page = browser.page
    expect(page.locator(".node")).to_have_count(5)
    expect(page.locator(".edge")).to_have_count(6)
    expect(page.locator(".edge.lead")).to_have_count(1)
    expect(page.get_by_role("group", name="Map of 5 nodes")).to_have_count(1)
    node(page, DB).click()
    beside(page, "db").first.wait_for()
    page.locator(f'[data-key="{DB}"][aria-pressed="true"]').wait_for()
    browser.settled()
    node(page, HUB).dblclick()
    page.locator(f'.node.centre[data-key="{HUB}"]').wait_for()
    page.locator(".node.group").first.wait_for()
    browser.settled()
    page.wait_for_url(f"**asset={HUB}**")


def test_keys_select_and_zoom_and_what_was_moved_stays(browser: Watched) -> None:
    page = browser.page
    before = page.locator(".world").get_attribute("transform")
    page.get_by_role("button", name="Zoom in").click()
    assert page.locator(".world").get_attribute("transform") != before
    place = node(page, DB).bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 20, place["y"] + 10)
    page.mouse.down()
    page.mouse.move(place["x"] + 20, place["y"] + 90, steps=5)
    page.mouse.up()
    moved = node(page, DB).get_attribute("transform")
    node(page, WEB).focus()
    page.keyboard.press("Enter")
    page.locator(f'[data-key="{WEB}"][aria-pressed="true"]').wait_for()
    browser.settled()
    assert node(page, DB).get_attribute("transform") == moved


def test_a_decision_marks_its_edge_until_it_is_taken_back(browser: Watched) -> None:
    page = browser.page
    page.locator(f'[data-edge="{TIER}"]').dispatch_event("click")
    beside(page, "web needs db").first.wait_for()
    browser.settled()
    browser.press("Reject")
    page.locator(f'.edge.waits[data-edge="{TIER}"]').wait_for()
    browser.press("Undo")
    page.locator(f'.edge.waits[data-edge="{TIER}"]').wait_for(state="detached")
    browser.settled()
