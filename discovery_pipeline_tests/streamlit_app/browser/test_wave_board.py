"""The wave board in a real browser: a card is dragged, what breaks is told, and nothing is fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.streamlit_app.browser.browsing import (
    NEEDS_CHROMIUM,
    at_rest,
    misses,
    new_page,
    sees,
    served,
)
from discovery_pipeline_tests.streamlit_app.conftest import TENANT

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def app(small_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application's address."""
    with served(small_home.home, tmp_path_factory.mktemp("app")) as address:
        yield address


@pytest.fixture
def page(app: str, chromium: Browser) -> Iterator[Page]:
    opened = new_page(chromium, 1280)
    yield opened
    opened.close()


def test_a_card_is_dragged_into_another_wave_and_dropped_again(app: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{app}/analysis?tenant={TENANT}&part=waves")
    waves = page.locator("section.wave")
    waves.first.wait_for()
    at_rest(page)
    card = waves.first.locator(".card").first
    group, empty = card.get_attribute("data-group"), waves.last
    number = empty.get_attribute("data-wave")
    expect(empty.locator(".card")).to_have_count(0)

    card.drag_to(empty)
    moved = page.locator(f"section.wave[data-wave='{number}'] .card.moved[data-group='{group}']")
    moved.wait_for()
    sees(page, "Moves: 1 tried")
    sees(page, "While every other group stays")
    expect(page.locator(f".card[data-group='{group}']")).to_have_count(1)

    page.get_by_role("button", name="Drop").click()
    misses(page, "Moves: 1 tried")
    page.locator(f"section.wave[data-wave='1'] .card[data-group='{group}']").wait_for()
    elsewhere = [url for url in asked if not url.startswith((app, app.replace("http", "ws"), "data:", "blob:"))]
    assert elsewhere == []


def test_the_board_can_be_left_to_the_keyboard(app: str, page: Page) -> None:
    """Everything that dragging does is reached without a pointer: the groups, the wave, the button."""
    page.goto(f"{app}/analysis?tenant={TENANT}&part=waves")
    page.locator("section.wave").first.wait_for()
    at_rest(page)
    page.get_by_label("Put these groups").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.locator('[data-testid="stMultiSelect"]').get_by_text("wave 1, ").first.wait_for()
    page.keyboard.press("Escape")
    at_rest(page)
    page.get_by_label("into wave").fill("9")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Try it").press("Enter")
    page.locator("section.wave[data-wave='9'] .card.moved").first.wait_for()
