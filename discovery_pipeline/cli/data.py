"""`discovery data`: the dated tables that results rest on - list, show, refresh, reset."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from discovery_pipeline.cli.output import Json, emit_json, note, say, table
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.settings import load_settings

app = typer.Typer(help="Support dates and prices: which are in force, and newer ones from a file.")
Name = Annotated[str, typer.Argument(metavar="NAME")]
_LARGEST = 50_000_000


@app.command("list")
def list_(json: Json = False) -> None:
    """List the data sets with their day, their source and whether they ship or were refreshed."""
    from discovery_pipeline.services.reference_data import standings

    found = standings(load_settings().frames_location)
    if json:
        emit_json({"data_sets": [standing.document() for standing in found]})
        return
    rows = [[s.name, s.as_of, s.entries, s.origin, s.file, s.sha256[:12], s.description, s.source] for s in found]
    table(["data set", "as of", "entries", "origin", "file", "version", "what", "source"], rows)


@app.command()
def show(name: Name) -> None:
    """Print the table in force, in the form that refresh reads.

    NAME: lifecycle or prices.
    """
    from discovery_pipeline.services.reference_data import text_in_force

    sys.stdout.write(text_in_force(load_settings().frames_location, name))
    sys.stdout.flush()


@app.command()
def refresh(
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    as_of: Annotated[str | None, typer.Option("--as-of", help="The day of the data, where the file says none.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Even if it is older than the one in force.")] = False,
    json: Json = False,
) -> None:
    """Let a newer table hold for this installation; tenants' analyses are made anew by their next run.

    NAME: lifecycle (support dates) or prices (machine types). FILE: a table in our form (discovery data show NAME); for
    lifecycle also endoflife.date's JSON: its full list, one product, or a folder of products named PRODUCT.json.
    """
    from discovery_pipeline.services import reference_data

    location = load_settings().frames_location
    reference_data.text_in_force(location, name)  # an unknown name is told before a file that can't be read
    text, taken = _text(location, name, file, _day(as_of))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    before, after = reference_data.refresh(location, name, text, str(file), now, force)
    if json:
        emit_json({"before": before.document(), "after": after.document(), **taken})
        return
    say(f"{name}: {after.entries} entries as of {after.as_of} (before: {before.entries} as of {before.as_of})")
    for word, products in taken.items():
        say(f"{word}: {', '.join(products)}")
    if before.sha256 == after.sha256:
        note("it is the table that was in force already")
    elif after.origin == "packaged":
        note("the table that ships with this version is newer and holds; --force lets yours hold")


@app.command()
def reset(name: Name, json: Json = False) -> None:
    """Let the table that ships with this version hold again.

    NAME: lifecycle or prices.
    """
    from discovery_pipeline.services import reference_data

    after = reference_data.reset(load_settings().frames_location, name)
    if json:
        emit_json(after.document())
    else:
        say(f"{name}: {after.entries} entries as of {after.as_of}, as shipped")


def _day(as_of: str | None) -> date | None:
    try:
        return date.fromisoformat(as_of) if as_of else None
    except ValueError as error:
        raise UsageError(f"{as_of!r} is no date", where="--as-of", advice="write it as 2027-01-31") from error


def _text(location: str, name: str, path: Path, as_of: date | None) -> tuple[str, dict[str, list[str]]]:
    """The table's text, and which products of endoflife.date were taken in and which skipped."""
    from discovery_pipeline.domain.analysis.lifecycle.endoflife import take_in
    from discovery_pipeline.services.reference_data import LIFECYCLE, text_in_force

    if name != LIFECYCLE or not (path.is_dir() or path.suffix.lower() == ".json"):
        return _read(path), {}
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise UsageError("the folder holds no .json file", where=str(path), advice="see discovery data refresh --help")
    taken = take_in(text_in_force(location, name), [(file.stem, _read(file)) for file in files], as_of)
    return taken.text, {"taken": list(taken.products), "skipped": list(taken.skipped)}


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"it is larger than {_LARGEST // 1_000_000} MB", where=str(path), advice="is it a table?")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise UsageError(f"can't be read: {reason}", where=str(path), advice="name a text file") from error
