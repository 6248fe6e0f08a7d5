"""A run shown while it goes: bars on a terminal, plain lines elsewhere, always on stderr. Keep out: running it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from discovery_pipeline.cli.output import console, note, printable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PhaseName = Literal["validation", "mapping", "cleansing", "inventory", "dependencies", "analysis"]
PHASE_NAMES: tuple[PhaseName, ...] = get_args(PhaseName)
# What each asset of a phase does, in the words of the person who waits for it.
STEPS: dict[str, tuple[PhaseName, str]] = {
    "raw_export": ("validation", "reading the files"),
    "export_findings": ("validation", "judging the tables"),
    "mapping_proposals": ("mapping", "gathering evidence on columns"),
    "model_answers": ("mapping", "asking a model about doubtful columns"),
    "column_mapping": ("mapping", "choosing fields"),
    "canonical_records": ("cleansing", "renaming columns"),
    "clean_records": ("cleansing", "cleansing values"),
    "quarantined_records": ("cleansing", "collecting what was set aside"),
    "inventory": ("inventory", "reconciling records into assets"),
    "inventory_changes": ("inventory", "comparing with the run before"),
    "dependencies": ("dependencies", "building the dependency graph"),
    "analysis": ("analysis", "assessing every asset"),
    "discovery_report": ("analysis", "writing the report"),
}


# The first step of a run that only applies what analysts decided.
FIRST_CORRECTED = "column_mapping"


class Event(Protocol):
    """What a run reports of one asset; state is 'started', 'done' or 'failed'."""

    @property
    def asset(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def detail(self) -> str: ...


@contextmanager
def run_progress(
    title: str, upto: PhaseName | None, only_corrections: bool = False
) -> Iterator[Callable[[Event], None]]:
    """Hand over a function that shows events; the display is gone or finished when the block is left."""
    if sys.stderr.isatty():
        with _bars(title, len(steps(upto, only_corrections))) as show:
            yield show
    else:
        yield _Lines(title).show


@contextmanager
def bytes_progress(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Hand over a function (file, bytes done, bytes in all) that moves a bar; on no terminal it shows nothing."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)

        def show(file: str, done: int, total: int) -> None:
            progress.update(task, description=printable(f"{title} {file}"), completed=done, total=total)

        yield show


def steps(upto: PhaseName | None, only_corrections: bool = False) -> list[str]:
    """The assets that a run goes through, in order: up to this phase (None: all), from the first corrected one on."""
    wanted = PHASE_NAMES if upto is None else PHASE_NAMES[: PHASE_NAMES.index(upto) + 1]
    names = list(STEPS)
    first = names.index(FIRST_CORRECTED) if only_corrections else 0
    return [asset for asset in names[first:] if STEPS[asset][0] in wanted]


def _words(asset: str) -> str:
    return STEPS[asset][1] if asset in STEPS else asset


class _Lines:
    """One line when an asset is done or failed."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._started: dict[str, float] = {}

    def show(self, event: Event) -> None:
        now = time.monotonic()
        if event.state == "started":
            self._started[event.asset] = now
            return
        seconds = now - self._started.get(event.asset, now)
        detail = f" - {event.detail}" if event.detail else ""
        note(f"{self._title}: {event.asset} {event.state} in {seconds:.1f} s{detail}")


@contextmanager
def _bars(title: str, steps_in_all: int) -> Iterator[Callable[[Event], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console(stderr=True), transient=True) as progress:
        total = progress.add_task(title, total=steps_in_all)
        yield _Bars(title, progress, total).show


class _Bars:
    """One bar over all assets; what is done stays above it as a line."""

    def __init__(self, title: str, progress: Progress, task: TaskID) -> None:
        self._title = title
        self._progress = progress
        self._task = task

    def show(self, event: Event) -> None:
        if event.state == "started":
            self._progress.update(self._task, description=f"{self._title}: {_words(event.asset)}")
            return
        mark = "[green]✓[/]" if event.state == "done" else "[red]✗[/]"
        from rich.markup import escape

        self._progress.console.print(f"{mark} {event.asset} {escape(printable(event.detail))}")
        self._progress.advance(self._task)
