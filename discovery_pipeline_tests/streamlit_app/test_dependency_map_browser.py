"""The map in a real browser: drawn, clicked, used by keyboard; a decision marks its edge."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.dependencies.estate import DB, HUB, WEB, publish_map
from discovery_pipeline_tests.streamlit_app.test_browser import (
    CHROMIUM,
    FLAGS,
    ROOT,
    STEP_DEADLINE_S,
    Watched,
    free_port,
)

UP_DEADLINE_S = 90.0
TIER = f"{WEB}>{DB}>tier"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH: apt-get install chromium")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app over a home whose tenant acme has dependencies."""
    home = tmp_path_factory.mktemp("home")
    with open_workspace(Settings(home=home)) as workspace:
        add_tenant(workspace.database, "acme")
        publish_map(workspace.frames.open("acme"))
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "streamlit_app/app.py", "--server.port", str(port)],
        env={**os.environ, "DISCOVERY_HOME": str(home), "PYTHONPATH": str(ROOT)}, cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        answering(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(60)
        embedded.stop(Path(home))


def answering(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + UP_DEADLINE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/_stcore/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail("the application did not come up")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def browser(app: str, chromium: Any) -> Iterator[Watched]:
    """The map around web."""
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(STEP_DEADLINE_S * 1000)
    watched = Watched(page)
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    page.on("console", lambda line: watched.errors.append(line.text) if line.type == "error" else None)
    page.goto(f"{app}/?tenant=acme")
    watched.open_page("Dependencies")
    page.get_by_placeholder("a part of its name").fill("web")
    page.get_by_placeholder("a part of its name").press("Enter")
    page.get_by_role("button", name="web · virtual machine").click()
    node(page, WEB).wait_for()
    watched.settled()
    yield watched
    page.close()


def node(page: Any, key: str) -> Any:
    return page.locator(f'[data-key="{key}"]')


def beside(page: Any, title: str) -> Any:
    """The title of what was clicked, in the panel beside the map."""
    return page.locator(".d-title", has_text=title)


def test_the_map_is_drawn_and_clicks_select_and_centre(browser: Watched) -> None:
    page = browser.page
    assert page.locator(".node").count() == 5
    assert page.locator(".edge").count() == 6
    assert page.locator(".edge.lead").count() == 1
    assert page.get_by_role("group", name="Map of 5 nodes").count() == 1
    node(page, DB).click()
    beside(page, "db").first.wait_for()
    page.locator(f'[data-key="{DB}"][aria-pressed="true"]').wait_for()
    browser.settled()
    node(page, HUB).dblclick()
    page.locator(f'.node.centre[data-key="{HUB}"]').wait_for()
    page.locator(".node.group").wait_for()
    browser.settled()
    assert f"asset={HUB}" in page.url


def test_keys_select_and_zoom_and_what_was_moved_stays(browser: Watched) -> None:
    page = browser.page
    before = page.locator(".world").get_attribute("transform")
    page.get_by_role("button", name="Zoom in").click()
    assert page.locator(".world").get_attribute("transform") != before
    place = node(page, DB).bounding_box()
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
    page.get_by_role("button", name="Reject").click()
    page.locator(f'.edge.waits[data-edge="{TIER}"]').wait_for()
    browser.settled()
    page.get_by_role("button", name="Undo").first.click()
    page.locator(f'.edge.waits[data-edge="{TIER}"]').wait_for(state="detached")
    browser.settled()
