"""`make bench-app`: seconds at the server per page and action, beside a page that shows nothing.

In one process without a browser, as Streamlit's own tests run a page: reading, computing and building what is sent.
Imported and warm as `python -m streamlit_app` begins to serve.
Dagster is down. Homes are opened as an application opens them, which brings their schema up to date: give copies.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import polars as pl
import streamlit as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from benchmarks.app.visits import Visit, visits
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from streamlit_app import page_registry, services, sign_in, state
from streamlit_app.__main__ import warm

TIMEOUT_S = 300
REPEATS = 3
CLOSED = "http://127.0.0.1:9"  # a port at which nothing listens
FIRST_TARGET, ACTION_TARGET = 2.0, 0.5
TITLED = 'import streamlit as st\nst.title("Nothing")'
SHOWN = "from streamlit_app.app_pages.{page} import page\npage.page()"
# With a million assets an action may take as long.
ACTION_TARGET_LARGE, LARGE = 1.0, 500_000


@dataclass(frozen=True)
class Taken:
    """Seconds on the clock, and of processors: what else the machine does lengthens the one, hardly the other."""

    wall: float
    cpu: float
    failed: str = ""


@dataclass(frozen=True)
class Timing:
    """first: nothing cached. again: another session, a median. action: see Visit; done for the first time."""

    first: Taken
    again: Taken
    action: Taken


def main() -> None:
    """Measure every home and print a table of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--home", type=Path, action="append", required=True, help="a copy of a home with a finished run"
    )
    parser.add_argument("--tenant", default="bench")
    arguments = parser.parse_args()
    os.environ["STREAMLIT_LOGGER_LEVEL"] = "error"  # it warns with every element that no server runs here
    warm()
    for home in arguments.home:
        with opened(home):
            print("\n".join(table(home, arguments.tenant)), flush=True)


@contextmanager
def opened(home: Path) -> Iterator[None]:
    """The application over this home, in this process; the embedded database ends with it."""
    os.environ["DISCOVERY_HOME"] = str(home)
    os.environ["DISCOVERY_DAGSTER_API"] = CLOSED
    sign_in.listens_at = lambda: "127.0.0.1"  # nothing listens here
    forget()
    try:
        # A server looks once for components of installed packages, Streamlit's tests for each session.
        with patch.object(BidiComponentManager, "discover_and_register_components"):
            yield
    finally:
        services.workspace().close()
        forget()
        embedded.stop(Settings(home=home).home)


def forget() -> None:
    """As a process that has just begun: nothing is cached."""
    st.cache_resource.clear()
    st.cache_data.clear()


def table(home: Path, tenant: str) -> list[str]:
    """Markdown: a row per visit, the floor first."""
    run = run_frames(services.frames(tenant))
    assets = run.scan("inventory", "inventory").select(pl.len()).collect().item()
    target = ACTION_TARGET_LARGE if assets >= LARGE else ACTION_TARGET
    nothing = floor(tenant)
    return [
        f"\n### {assets:,} assets ({home.name}): {FIRST_TARGET:g} s for the first paint, {target:g} s for an action\n",
        "| page | first: s | of CPU | again: s | of CPU | action | s | of CPU | |",
        "|---|---:|---:|---:|---:|---|---:|---:|---|",
        f"| *a title alone* | | | {nothing.wall:.2f} | {nothing.cpu:.2f} | | | | floor |",
        *(row(visit, tenant, target, nothing) for visit in visits(run)),
    ]


def row(visit: Visit, tenant: str, target: float, nothing: Taken) -> str:
    """A line of the table; late: above the target by more than the floor."""
    if visit.page not in page_registry.pages():
        return f"| {visit.page} | | | | | | | | not there |"
    timing = timed(visit, tenant)
    late = timing.first.wall - nothing.wall > FIRST_TARGET or timing.action.wall - nothing.wall > target
    verdict = timing.first.failed or timing.action.failed or ("late" if late else "")
    figures = [f"{taken.wall:.2f} | {taken.cpu:.2f}" for taken in (timing.first, timing.again, timing.action)]
    return f"| {visit.page} | {figures[0]} | {figures[1]} | {visit.action} | {figures[2]} | {verdict} |"


def floor(tenant: str) -> Taken:
    """A page that shows its title alone."""
    return median([run_once(TITLED, tenant, {}) for _ in range(REPEATS)])


def timed(visit: Visit, tenant: str) -> Timing:
    """Measure a page."""
    script = SHOWN.format(page=visit.page)
    forget()
    services.workspace()
    first = run_once(script, tenant, visit.items)
    again = [run_once(script, tenant, visit.items) for _ in range(REPEATS)]
    return Timing(first, median(again), run_once(script, tenant, {**visit.items, **visit.then}))


def median(taken: Sequence[Taken]) -> Taken:
    """Of each figure; what went wrong the first time."""
    wall, cpu = (statistics.median(values) for values in zip(*((t.wall, t.cpu) for t in taken), strict=True))
    return Taken(wall, cpu, taken[0].failed)


def run_once(script: str, tenant: str, items: Mapping[str, str]) -> Taken:
    """One run of a script in a session of its own."""
    app = AppTest.from_string(script, default_timeout=TIMEOUT_S)
    app.session_state[state.TENANT] = tenant
    for name, value in items.items():
        app.query_params[name] = value
    wall, cpu = time.perf_counter(), time.process_time()
    app.run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    problems = [each.value for each in (*app.exception, *app.error)]
    return Taken(wall, cpu, problems[0].split("  \n")[0][:80] if problems else "")


if __name__ == "__main__":
    main()
