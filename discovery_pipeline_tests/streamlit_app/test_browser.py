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
import time
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
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.defs.conftest import TENANT, new_home
from discovery_pipeline_tests.streamlit_app.conftest import SERVERS

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
# A tenant without files, and what its analyst drops.
NEWCOMER = "newcomer"
# What the pages looked like on the way; build output, overwritten by the next run of these tests.
SCREENS = ROOT / "build" / "screens"

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

    def kept(self, name: str) -> None:
        """The page as it stands, kept as a picture; nothing may have failed on it."""
        self.settled()
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png", full_page=True)

    def look_for(self, words: str, view: str = "All") -> None:
        """Of the mappings those of a view with these words."""
        self.open_page("Mappings")
        self.page.get_by_text(re.compile(rf"^{view} \d")).click()
        self.settled()
        self.page.get_by_placeholder("Header, field").fill(words)
        self.page.get_by_placeholder("Header, field").press("Enter")
        self.page.get_by_text("1 to 1 of 1 columns").wait_for()
        self.page.get_by_placeholder("Header, field").blur()  # keys rest while somebody types
        self.settled()

    def column(self) -> str:
        """The header of the column that the card shows."""
        return str(self.page.locator(".d-title").first.inner_text())

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
            page.get_by_text(then).first.wait_for(timeout=STEP_DEADLINE_S * 100)
            return
    pytest.fail(f"no click led to {then!r}")


def test_a_preview_shows_and_undoing_restores(browser: Watched, home: Settings) -> None:
    frames = FrameStore(home.frames_location).open(TENANT)
    before = published(frames)
    page = browser.page
    browser.look_for("AD_Site_Name0")
    page.get_by_text("AD_Site_Name0: location → datacenter").wait_for()
    page.get_by_role("button", name="Compute what follows").click()
    page.get_by_text("After a run").wait_for(timeout=APPLY_DEADLINE_S * 1000)
    page.get_by_text("values of the inventory change").wait_for()
    page.get_by_text("computing what becomes of").wait_for(state="hidden")
    browser.kept("mappings-preview")
    assert all(there.equals(now) for there, now in zip(before, published(frames), strict=True))

    page.keyboard.press("2")
    page.get_by_text("Waits for a run: datacenter").wait_for()
    page.get_by_role("button", name="Apply 1 correction").click()
    page.get_by_text("AD_Site_Name0 is datacenter").wait_for(timeout=APPLY_DEADLINE_S * 1000)
    assert mapping_of(frames, "AD_Site_Name0", "SCCM_")["field"] == "datacenter"

    page.get_by_role("button", name="Undo", exact=True).click()
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
    browser.look_for("Version0", "To review")
    page.get_by_role("button", name=re.compile("^software_version")).click()
    page.get_by_text("Waits for a run").wait_for()
    page.get_by_role("button", name="Apply 1 correction").click()
    page.get_by_text("Version0 is software_version").wait_for(timeout=APPLY_DEADLINE_S * 1000)
    browser.kept("mappings-applied")

    after = mapping_of(frames, "Version0", "SCCM_")
    assert (after["status"], after["field"], after["method"]) == ("accepted", "software_version", "pattern")
    api = DagsterApi(up.dagster)
    run = api.run(api.runs(TENANT, limit=1)[0].run_id)
    api.close()
    assert (run.job, run.status) == ("apply_corrections", "done")
    assert [step.asset for step in run.steps][:2] == ["column_mapping", "canonical_records"]
    assert {step.phase for step in run.steps} == {"mapping", "cleansing", "inventory", "dependencies", "analysis"}


def test_keys_decide_and_rest_while_somebody_types(browser: Watched) -> None:
    page = browser.page
    browser.open_page("Mappings")
    page.locator(".d-stake").wait_for()
    first = browser.column()

    def press(key: str, then: str) -> None:
        """A key, and what the card then shows."""
        page.keyboard.press(key)
        page.locator(".d-title", has_text=re.compile(rf"^{re.escape(then)}$")).wait_for()
        browser.settled()

    entries = page.locator('[class*="st-key-list_mappings"] button:visible strong')
    listed = entries.all_inner_texts()
    assert listed[0] == first
    press("j", listed[1])
    press("j", listed[2])
    press("k", listed[1])

    search = page.get_by_placeholder("Header, field")
    search.press_sequentially("jan")
    assert browser.column() == listed[1]
    search.fill("")
    search.press("Enter")
    search.blur()
    browser.settled()
    assert browser.column() == listed[1]
    press("k", first)
    assert page.get_by_text("Every decision is applied").is_visible()

    press("a", listed[1])  # accepted, and the next one comes
    page.get_by_text("1 correction waiting").wait_for()
    assert first not in entries.all_inner_texts()
    browser.kept("mappings-review")
    press("u", first)
    page.get_by_text("Every decision is applied").wait_for()
    assert entries.all_inner_texts()[0] == first
    browser.settled()


def published(frames: TenantFrames) -> list[pl.DataFrame]:
    """The mapping and what follows from it."""
    parts = [(asset, asset) for asset in ("inventory", "dependencies", "analysis")]
    return [frames.scan(*part).collect() for part in (("column_mapping", "mapping"), *parts)]


def test_every_page_stands_without_an_error(browser: Watched) -> None:
    page = browser.page
    browser.open_page("Runs")
    page.get_by_text("Discovery of").or_(page.get_by_text("Corrections of")).wait_for()
    page.get_by_text("quarantined records").first.wait_for()
    browser.kept("runs")
    browser.open_page("Inventory")
    browser.kept("inventory")
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
    browser.open_page("Agents")
    browser.kept("agents")
    browser.open_page("Mappings")
    assert f"tenant={TENANT}" in page.url


@pytest.mark.timeout(600)  # three runs, on a machine that other tests share
def test_from_a_dropped_file_to_a_correction_applied_and_undone(browser: Watched, up: Up, home: Settings) -> None:
    """What a new customer's analyst does on the first day."""
    page = browser.page
    with open_workspace(home) as workspace:
        add_tenant(workspace.database, NEWCOMER)
    page.goto(f"{up.app}/?tenant={NEWCOMER}")
    browser.open_page("Upload")
    page.locator('input[type="file"]').set_input_files(
        {"name": "servers.csv", "mimeType": "text/csv", "buffer": SERVERS.encode()}
    )
    page.get_by_text("What was recognised").wait_for()
    page.get_by_role("button", name=re.compile("^Deliver 1 file")).wait_for()
    browser.kept("upload-recognised")
    page.get_by_role("button", name=re.compile("^Deliver 1 file")).click()
    page.get_by_text("1 delivered").wait_for()
    page.get_by_role("button", name="Run discovery").click()
    page.get_by_role("heading", name="Runs", exact=True).wait_for()
    frames = FrameStore(home.frames_location).open(NEWCOMER)
    deadline = time.monotonic() + APPLY_DEADLINE_S
    while frames.version("analysis") is None:
        assert time.monotonic() < deadline
        page.wait_for_timeout(500)
    browser.kept("runs-first")

    assert mapping_of(frames, "Managed by", "servers")["field"] == "business_owner"
    before = published(frames)
    browser.look_for("Managed by")
    page.get_by_role("button", name=re.compile("^technical_owner")).click()
    page.get_by_text("Waits for a run: technical_owner").wait_for()
    page.get_by_role("button", name="Apply 1 correction").click()
    page.get_by_text("Managed by is technical_owner").wait_for(timeout=APPLY_DEADLINE_S * 1000)
    browser.kept("mappings-corrected")
    assert mapping_of(frames, "Managed by", "servers")["field"] == "technical_owner"

    page.get_by_role("button", name="Undo", exact=True).click()
    page.get_by_text("Waits for a run: undone by").wait_for()
    page.get_by_role("button", name="Apply 1 correction").click()
    page.get_by_text("Managed by is business_owner").wait_for(timeout=APPLY_DEADLINE_S * 1000)
    browser.kept("mappings-undone")
    assert all(there.equals(now) for there, now in zip(before, published(frames), strict=True))
