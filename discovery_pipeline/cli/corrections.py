"""`discovery correct`: decisions of people, in bulk."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say, table
from discovery_pipeline.cli.stores import tenant_workspace
from discovery_pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    from discovery_pipeline.services.mapping.corrections import BadDecisions, Corrected

LISTED = 20


def correct(
    tenant: TenantName,
    file: Annotated[
        Path, typer.Option("--file", metavar="CSV", help="file,table,position,header,field; empty field = unmapped.")
    ],
    author: Annotated[str | None, typer.Option("--author", help="Who decided; you if absent.")] = None,
    json: Json = False,
) -> None:
    """Record decisions about mappings, all or none; the tenant's next run follows them, and so do later deliveries.

    The CSV may also have the columns source (where two have a file of that name), unit, transform, reason and kind.
    """
    from discovery_pipeline.services.mapping import corrections

    try:
        with tenant_workspace(tenant) as opened:
            made = corrections.correct(opened, tenant, corrections.read_decisions(file), author or _user())
    except corrections.BadDecisions as error:
        if json:
            raise
        raise _told(error) from error
    if json:
        emit_json({"tenant": tenant, "corrections": [_document(correction) for correction in made]})
        return
    rows = [[c.number, c.file, c.table, c.position, c.header, c.was_field, c.field, c.action] for c in made]
    table(["number", "file", "table", "", "header", "was", "is", ""], rows)
    say(f"next: discovery run {tenant} --corrections")


def _told(error: BadDecisions) -> UsageError:
    """Each decision that can't be taken on a line of its own, then what became of all."""
    for problem in error.problems[:LISTED]:
        note(str(problem))
    more = len(error.problems) - LISTED
    if more > 0:
        note(f"and {more} more")
    return UsageError(error.summary, where=error.where, advice=error.advice)


def _document(correction: Corrected) -> dict[str, Any]:
    return {name: value for name, value in asdict(correction).items() if name != "place"}


def _user() -> str:
    """The name of the user that this process runs as."""
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError) as error:
        raise UsageError("this process has no user's name", advice="say who decided with --author") from error
