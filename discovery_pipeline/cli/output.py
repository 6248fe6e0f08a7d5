"""What a command says: its result on stdout, everything else on stderr. Keep out: what is said."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]
# With this Click the help of an argument is not shown: commands say in their own words what theirs are.
TenantName = Annotated[str, typer.Argument(metavar="TENANT")]

# A line that is not for a terminal is never wrapped: scripts read it.
UNWRAPPED = 100_000


def emit_json(document: Any) -> None:
    """One JSON document on stdout: UTF-8, no NaN."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False, default=_as_json)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say(text: str = "") -> None:
    """A line of the result, visible at once."""
    sys.stdout.write(printable(text) + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """A line beside the result: progress, advice, an error."""
    sys.stderr.write(printable(text) + "\n")
    sys.stderr.flush()


def program_as_called(called: str | None = None) -> str:
    """How this shell calls the program: by its name where that finds it, else by its path.

    called: the first word of the command line; this process's where None.
    """
    called = called or sys.argv[0]
    found = shutil.which("discovery")
    is_found = found is not None and os.path.realpath(found) == os.path.realpath(called)
    return "discovery" if is_found or Path(called).name != "discovery" else os.path.relpath(called)


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Rows of the result in columns, each row on one line unless the terminal is too narrow."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False, show_edge=False)
    for header in headers:
        grid.add_column(Text(header), overflow="fold")
    for row in rows:
        grid.add_row(*(Text(printable(cell_text(cell)).replace("\n", "\\n")) for cell in row))
    console().print(grid)


def console(stderr: bool = False) -> Console:
    """A console of this process's stdout or stderr, as wide as the terminal or as the text needs."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else UNWRAPPED, highlight=False, soft_wrap=False)


def cell_text(value: object) -> str:
    """A value as people read it: nothing for null, lists joined, numbers without a needless fraction."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, (list, tuple)):
        return "; ".join(cell_text(item) for item in value)
    return str(value)


def printable(text: str) -> str:
    """Tenant data must not steer the terminal: control characters become visible escapes."""
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


def _as_json(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
