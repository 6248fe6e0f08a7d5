"""The application and a browser that looks at it: started, watched, read.

Every wait is for what is seen in the end: a page that is drawn anew shows its old words beside the new ones for a
moment, so words are looked for where they stand first, and what must be gone is waited for.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

from discovery_pipeline_tests.streamlit_app.driving import APP

ROOT = Path(__file__).parents[3]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NEEDS_CHROMIUM = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH: apt-get install chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
# Each is many times what it takes: a machine that runs other tests beside this one is that much slower.
UP_DEADLINE_S = 240.0
STEP_DEADLINE_S = 90.0
RUN_DEADLINE_S = 240.0
# Of a test with runs in it: beyond all its deadlines something hangs.
WALK_DEADLINE_S = 1200
# How long what was done may take to show before it counts as lost.
LOST_S = 15.0
# What the pages looked like on the way; build output, overwritten by the next run of these tests.
SCREENS = ROOT / "build" / "screens"

expect.set_options(timeout=STEP_DEADLINE_S * 1000)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    home: Path, folder: Path, environment: Mapping[str, str] | None = None, port: int | None = None
) -> Iterator[str]:
    """The address of an application over a home, its log and what it finds beside it in the folder."""
    port = port or free_port()
    address, log = f"http://127.0.0.1:{port}", folder / "app.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)],
            env={**os.environ, "DISCOVERY_HOME": str(home), "PYTHONPATH": str(ROOT), **(environment or {})},
            cwd=folder, stdout=output, stderr=output,
        )  # fmt: skip
        try:
            _answers(f"{address}/_stcore/health", process, log)
            yield address
        finally:
            process.terminate()
            process.wait(UP_DEADLINE_S)


def _answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server does."""
    deadline = time.monotonic() + UP_DEADLINE_S
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(address, timeout=STEP_DEADLINE_S) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"the application does not answer:\n{log.read_text(errors='replace')[-2000:]}")


def new_page(chromium: Browser, width: int = 1400, height: int = 900) -> Page:
    """A page of a browser that has met nothing yet."""
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(STEP_DEADLINE_S * 1000)
    return page


def seen(page: Page, words: str | re.Pattern[str]) -> Locator:
    """Where words are first to be seen."""
    return page.get_by_text(words).filter(visible=True).first


def sees(page: Page, words: str | re.Pattern[str], within_s: float = STEP_DEADLINE_S) -> None:
    """Wait until the words are to be seen, be it once or more often."""
    seen(page, words).wait_for(timeout=within_s * 1000)


def misses(page: Page, words: str | re.Pattern[str], within_s: float = STEP_DEADLINE_S) -> None:
    """Wait until the words are nowhere to be seen."""
    expect(page.get_by_text(words).filter(visible=True)).to_have_count(0, timeout=within_s * 1000)


def at_rest(page: Page) -> None:
    """Wait until the script has run."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


@dataclass
class Watched:
    """A page and what went wrong in the browser."""

    page: Page
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)

    def open_page(self, name: str) -> None:
        """By the navigation, as a person does; then nothing may have failed."""
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
        self.page.get_by_role("heading", name=name, exact=True).first.wait_for()
        self.settled()

    def kept(self, name: str) -> None:
        """The page as it stands, kept as a picture; nothing may have failed on it."""
        self.settled()
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png", full_page=True)

    def sees(self, words: str | re.Pattern[str], within_s: float = STEP_DEADLINE_S) -> None:
        sees(self.page, words, within_s)

    def misses(self, words: str | re.Pattern[str], within_s: float = STEP_DEADLINE_S) -> None:
        misses(self.page, words, within_s)

    def press(self, name: str | re.Pattern[str], *, exact: bool = False) -> None:
        """Click the first button of this name, once the page has come to rest: a redraw may take a click away."""
        self.settled()
        self.page.get_by_role("button", name=name, exact=exact).filter(visible=True).first.click()

    def chooses(self, words: str | re.Pattern[str]) -> None:
        """Click where the words stand."""
        self.settled()
        seen(self.page, words).click()

    def fills(self, placeholder: str, words: str) -> None:
        """Type into a field, and leave it: keys rest while somebody types."""
        self.settled()
        entry = self.page.get_by_placeholder(placeholder).first
        entry.fill(words)
        entry.press("Enter")
        entry.blur()

    def applies(self, waiting: str, then: str) -> None:
        """Apply what waits, and wait until its run tells these words."""
        self.press(f"Apply {waiting}")
        self.sees(then, RUN_DEADLINE_S)

    def until(self, act: Callable[[], None], then: str) -> None:
        """Do what may be done twice until it shows: what meets a page about to be redrawn is lost."""
        for _ in range(5):
            with suppress(TooLate):
                act()
                self.sees(then, LOST_S)
                return
        pytest.fail(f"nothing led to {then!r}")

    def clicks_first_row(self, then: str) -> None:
        """Click into the first row of the first table."""
        table = self.page.locator('[data-testid="stDataFrame"] .dvn-scroller').first
        self.until(lambda: table.click(position={"x": 90, "y": 52}, timeout=LOST_S * 1000), then)

    def downloads(self, button: str) -> Download:
        """What the button downloads."""
        with self.page.expect_download() as download:
            self.press(button)
        return download.value

    def settled(self) -> None:
        """Wait until the script has run; no error and no exception stands on the page."""
        at_rest(self.page)
        shown = self.page.locator('[data-testid="stException"], [data-testid="stAlertContentError"]').all_inner_texts()
        assert shown == []
        assert self.errors == []
