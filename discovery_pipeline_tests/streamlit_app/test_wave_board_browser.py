"""The wave board in a real browser: a card is dragged, what breaks is told, and nothing is fetched from elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.streamlit_app.conftest import TENANT
from discovery_pipeline_tests.streamlit_app.driving import APP
from discovery_pipeline_tests.streamlit_app.test_browser import CHROMIUM, FLAGS, ROOT, STEP_DEADLINE_S, free_port
from discovery_pipeline_tests.streamlit_app.test_sign_in import answers

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH: apt-get install chromium")


@pytest.fixture(scope="module")
def app(small_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application's address."""
    port, log = free_port(), tmp_path_factory.mktemp("app") / "app.log"
    environment = {**os.environ, "DISCOVERY_HOME": str(small_home.home), "PYTHONPATH": str(ROOT)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)],
            env=environment, cwd=Path(log).parent, stdout=output, stderr=output,
        )  # fmt: skip
        try:
            answers(f"http://127.0.0.1:{port}/_stcore/health", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture
def page() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        opened = chromium.new_page(viewport={"width": 1280, "height": 900})
        opened.set_default_timeout(STEP_DEADLINE_S * 1000)
        yield opened
        chromium.close()


def test_a_card_is_dragged_into_another_wave_and_dropped_again(app: str, page: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{app}/analysis?tenant={TENANT}&part=waves")
    waves = page.locator("section.wave")
    waves.first.wait_for()
    card = waves.first.locator(".card").first
    group, empty = card.get_attribute("data-group"), waves.last
    number = empty.get_attribute("data-wave")
    assert empty.locator(".card").count() == 0

    card.drag_to(empty)
    moved = page.locator(f"section.wave[data-wave='{number}'] .card.moved[data-group='{group}']")
    moved.wait_for()
    page.get_by_text("Moves: 1 tried").wait_for()
    page.get_by_text("While every other group stays").wait_for()
    assert page.locator(f".card[data-group='{group}']").count() == 1

    page.get_by_role("button", name="Drop").click()
    page.get_by_text("Moves: 1 tried").wait_for(state="detached")
    page.locator(f"section.wave[data-wave='1'] .card[data-group='{group}']").wait_for()
    elsewhere = [url for url in asked if not url.startswith((app, app.replace("http", "ws"), "data:", "blob:"))]
    assert elsewhere == []


def test_the_board_can_be_left_to_the_keyboard(app: str, page: Any) -> None:
    """Everything that dragging does is reached without a pointer: the groups, the wave, the button."""
    page.goto(f"{app}/analysis?tenant={TENANT}&part=waves")
    groups = page.get_by_label("Put these groups")
    groups.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_label("into wave").fill("9")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Try it").press("Enter")
    page.locator("section.wave[data-wave='9'] .card.moved").first.wait_for()
