"""The sample tenant in a home that everything runs over: the application, Dagster's web server and daemon, all real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.defs.conftest import TENANT
from discovery_pipeline_tests.homes import RunHome, copied
from discovery_pipeline_tests.streamlit_app.browser.browsing import (
    CHROMIUM,
    FLAGS,
    ROOT,
    SCREENS,
    UP_DEADLINE_S,
    Watched,
    free_port,
    new_page,
)


@dataclass
class Up:
    """What `discovery up` announced."""

    app: str
    dagster: str


@pytest.fixture(scope="package")
def sample_home(sample_run: RunHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The sample tenant after its first run."""
    assert sample_run.summary.status == "done"
    with copied(sample_run, tmp_path_factory.mktemp("home")) as settings:
        yield settings


@pytest.fixture(scope="package")
def up(sample_home: Settings) -> Iterator[Up]:
    """The application, Dagster's web server and its daemon over that home."""
    with _running(sample_home) as process:
        yield _announced(process, sample_home.home / "logs")


@contextmanager
def _running(home: Settings) -> Iterator[subprocess.Popen[str]]:
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
        process.wait(UP_DEADLINE_S)
        assert process.stdout is not None
        process.stdout.close()


def _announced(process: subprocess.Popen[str], logs: Path) -> Up:
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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def browser(up: Up, chromium: Browser) -> Iterator[Watched]:
    """The application as an analyst of the sample tenant opens it."""
    watched = Watched(new_page(chromium))
    watched.page.goto(f"{up.app}/?tenant={TENANT}")
    yield watched
    watched.page.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the page of a failed test showed, in words and as a picture."""
    report = yield
    arguments = getattr(item, "funcargs", {})
    shown = arguments["browser"].page if "browser" in arguments else arguments.get("page")
    if report.failed and shown is not None and not shown.is_closed():
        SCREENS.mkdir(parents=True, exist_ok=True)
        shown.screenshot(path=SCREENS / f"failed-{item.name}.png")
        report.sections.append((f"Page at {shown.url}", shown.locator("body").inner_text()))
    return report
