"""The loop as an analyst goes through it: a browser, the application, Dagster's web server and daemon, all real."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.files.frames import FrameStore, TenantFrames
from discovery_pipeline.services.dagster_api.client import DagsterApi
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline_tests.defs.conftest import TENANT, new_home

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
UP_DEADLINE_S = 150.0
# The re-run itself takes seconds; a machine that runs other tests beside this one is many times slower.
APPLY_DEADLINE_S = 120.0
STEP_DEADLINE_S = 30.0

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH: apt-get install chromium")


@dataclass
class Up:
    """What `discovery up` announced."""

    app: str
    dagster: str


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = new_home(tmp_path_factory.mktemp("home"))
    yield settings
    embedded.stop(settings.home)


@pytest.fixture(scope="module")
def up(home: Settings) -> Iterator[Up]:
    """The sample tenant, run once while everything else starts."""
    with running(home) as process:
        assert run_tenant(home, TENANT, None, lambda _: None).status == "done"
        yield announced(process, home.home / "logs")


@contextmanager
def running(home: Settings) -> Iterator[subprocess.Popen[str]]:
    ports = ("--port", str(free_port()), "--app-port", str(free_port()))
    environment = {**os.environ, "DISCOVERY_HOME": str(home.home)}
    process = subprocess.Popen(
        [sys.executable, "-m", "discovery_pipeline", "up", "--json", *ports],
        env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        assert process.stdout is not None
        process.stdout.close()


def announced(process: subprocess.Popen[str], logs: Path) -> Up:
    """The addresses, once everything is up."""
    assert process.stdout is not None
    watchdog = threading.Timer(UP_DEADLINE_S, process.terminate)
    watchdog.start()
    lines = ""
    for line in process.stdout:
        lines += line
        try:
            addresses = json.loads(lines)["addresses"]
        except json.JSONDecodeError:
            continue
        watchdog.cancel()
        return Up(addresses["app"], addresses["dagster"])
    watchdog.cancel()
    said = "\n".join(f"{log}: {log.read_text(errors='replace')[-2000:]}" for log in logs.glob("*.log"))
    pytest.fail(f"discovery up ended: {lines}\n{said}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Watched:
    """A page and what went wrong in the browser."""

    page: Any
    errors: list[str] = field(default_factory=list)

    def open_page(self, name: str) -> None:
        """By the navigation, as a person does; then nothing may have failed."""
        self.page.get_by_role("link", name=name).click()
        self.page.get_by_role("heading", name=name, exact=True).wait_for()
        self.settled()

    def settled(self) -> None:
        """Wait until the script has run; no error and no exception stands on the page."""
        self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        shown = self.page.locator('[data-testid="stException"], [data-testid="stAlertContentError"]').all_inner_texts()
        assert shown == []
        assert self.errors == []


@pytest.fixture
def browser(up: Up) -> Iterator[Watched]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = chromium.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(STEP_DEADLINE_S * 1000)
        watched = Watched(page)
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        page.on("console", lambda line: watched.errors.append(line.text) if line.type == "error" else None)
        page.goto(f"{up.app}/?tenant={TENANT}")
        yield watched
        chromium.close()


def mapping_of(frames: TenantFrames, header: str, file: str) -> dict[str, Any]:
    tables = {t["table_no"] for t in frames.meta("raw_export")["tables"] if t["file"].startswith(file)}
    mapping = frames.scan("column_mapping", "mapping").collect()
    found = mapping.filter(pl.col("header") == header, pl.col("table_no").is_in(tables))
    return found.row(0, named=True)


def click_first_row(page: Any, then: str) -> None:
    """Click into the first row of the first table; a click that meets a table about to be redrawn is lost."""
    from playwright.sync_api import TimeoutError as TooLate

    for _ in range(10):
        page.locator('[data-testid="stDataFrame"] .dvn-scroller').first.click(position={"x": 90, "y": 52})
        with suppress(TooLate):
            page.get_by_text(then).wait_for(timeout=STEP_DEADLINE_S * 100)
            return
    pytest.fail(f"no click led to {then!r}")


def test_a_preview_shows_and_undoing_restores(browser: Watched, home: Settings) -> None:
    frames = FrameStore(home.frames_location).open(TENANT)
    before = published(frames)
    page = browser.page
    page.get_by_text(re.compile(r"^All \d")).click()  # what was corrected before moves columns out of review
    browser.settled()
    page.get_by_placeholder("Header, field").fill("AD_Site_Name0")
    page.get_by_placeholder("Header, field").press("Enter")
    page.get_by_text("1 to 1 of 1 columns").wait_for()
    page.get_by_text("What would change").nth(1).wait_for(state="detached")

    page.get_by_text("What would change").click()
    page.get_by_text("AD_Site_Name0: location → datacenter").wait_for()
    page.get_by_text("After a run").wait_for(timeout=APPLY_DEADLINE_S * 1000)
    page.get_by_text("values of the inventory change").wait_for()
    page.get_by_text("computing what becomes of").wait_for(state="hidden")
    browser.settled()
    assert all(there.equals(now) for there, now in zip(before, published(frames), strict=True))

    page.get_by_role("button", name="datacenter", exact=False).first.click()
    page.get_by_text("Waits for a run: datacenter").wait_for()
    page.get_by_role("button", name="Apply 1 correction").click()
    page.get_by_text("AD_Site_Name0 is datacenter").wait_for(timeout=APPLY_DEADLINE_S * 1000)
    assert mapping_of(frames, "AD_Site_Name0", "SCCM_")["field"] == "datacenter"

    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Waits for a run: undone by").wait_for()
    page.get_by_role("button", name="Apply 1 correction").click()
    page.get_by_text("AD_Site_Name0 is location").wait_for(timeout=APPLY_DEADLINE_S * 1000)
    browser.settled()
    assert all(there.equals(now) for there, now in zip(before, published(frames), strict=True))


def test_a_correction_is_applied_with_two_clicks(browser: Watched, up: Up, home: Settings) -> None:
    frames = FrameStore(home.frames_location).open(TENANT)
    before = mapping_of(frames, "Version0", "SCCM_")
    assert (before["status"], before["field"]) == ("review", "os_version")

    page = browser.page
    page.get_by_placeholder("Header, field").fill("Version0")
    page.get_by_placeholder("Header, field").press("Enter")
    page.get_by_text("1 to 1 of 1 columns").wait_for()
    page.get_by_role("button", name="software_version").first.click()
    page.get_by_text("Waits for a run").wait_for()
    page.get_by_role("button", name="Apply 1 correction").click()
    page.get_by_text("Version0 is software_version").wait_for(timeout=APPLY_DEADLINE_S * 1000)
    browser.settled()

    after = mapping_of(frames, "Version0", "SCCM_")
    assert (after["status"], after["field"], after["method"]) == ("accepted", "software_version", "pattern")
    api = DagsterApi(up.dagster)
    run = api.run(api.runs(TENANT, limit=1)[0].run_id)
    api.close()
    assert (run.job, run.status) == ("apply_corrections", "done")
    assert [step.asset for step in run.steps][:2] == ["column_mapping", "canonical_records"]
    assert {step.phase for step in run.steps} == {"mapping", "cleansing", "inventory", "dependencies", "analysis"}


def published(frames: TenantFrames) -> list[pl.DataFrame]:
    """The mapping and what follows from it."""
    parts = [(asset, asset) for asset in ("inventory", "dependencies", "analysis")]
    return [frames.scan(*part).collect() for part in (("column_mapping", "mapping"), *parts)]


def test_every_page_stands_without_an_error(browser: Watched) -> None:
    page = browser.page
    browser.open_page("Runs")
    page.get_by_text("Discovery of").or_(page.get_by_text("Corrections of")).wait_for()
    page.get_by_text("quarantined records").wait_for()
    browser.settled()
    browser.open_page("Inventory")
    page.get_by_placeholder("Name, address").fill("frap-swift-app2")
    page.get_by_placeholder("Name, address").press("Enter")
    page.get_by_text("1 to 1 of 1 assets").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("button", name="CSV").click()
    assert download.value.path().read_text().splitlines()[1].startswith("frap-swift-app2,")
    browser.settled()
    click_first_row(page, then="virtual machine, 100 % sure")
    browser.settled()
    browser.open_page("Mappings")
    assert f"tenant={TENANT}" in page.url
