"""`discovery correct`: decisions of people, in bulk."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say, table
from discovery_pipeline.cli.stores import tenant_workspace
from discovery_pipeline.cli.what_if import show_decided
from discovery_pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    from discovery_pipeline.domain.learning.corrections import Correction
    from discovery_pipeline.services.mapping.corrections import BadDecisions, Corrected
    from discovery_pipeline.store.corrections import CorrectionConflict

LISTED = 20
Author = Annotated[str | None, typer.Option("--author", help="Who decided; you if absent.")]
COLUMNS = "kind and what it needs, see above; without kind: file,table,position,header,field."


def correct(
    tenant: TenantName,
    file: Annotated[Path, typer.Option("--file", metavar="CSV", help=COLUMNS)],
    author: Author = None,
    overrule: Annotated[
        bool, typer.Option("--overrule", help="Overrule what others decided, wherever the file says otherwise.")
    ] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Show what would change; record nothing.")] = False,
    json: Json = False,
) -> None:
    """Record decisions, all or none; the tenant's next run follows them, and so do later deliveries.

    Columns by kind: mapping file,table,position,header,field (empty field = unmapped; source, unit, transform if need
    be); value field,raw,value (what a spelling means; record, source if need be), file,table,row,field,value (what one
    cell says; source if need be) or asset,field,value; merge asset,other (value no = they stay two); split
    asset,file,table,row; type asset,value; edge asset,other,value (yes, no; field = kind of edge); strategy
    asset,value. Each may have reason and overrules (the number of somebody else's correction).
    """
    from discovery_pipeline.services.learning.deciding.decide import decide
    from discovery_pipeline.services.learning.deciding.decision_files import read_each
    from discovery_pipeline.services.mapping.decisions import BadDecisions
    from discovery_pipeline.store.corrections import CorrectionConflict

    try:
        with tenant_workspace(tenant) as opened:
            if preview:
                show_decided(opened, tenant, read_each(file), author or user(), json=json)
                return
            made = decide(opened, tenant, read_each(file), author or user(), overrule=overrule)
    except BadDecisions as error:
        error.where = str(file)
        if json:
            raise
        raise _told(error) from error
    except CorrectionConflict as error:
        raise _contradiction(error, json) from error
    if json:
        emit_json({"tenant": tenant, "corrections": [_document(correction) for correction in made]})
        return
    _show(made)
    say(f"next: discovery run {tenant} --corrections")


def _show(made: tuple[Correction, ...]) -> None:
    from discovery_pipeline.services.learning.deciding.words import about, in_words

    columns = [_column(c) for c in made if c.what.kind == "mapping"]
    rows: list[list[object]] = [
        [c.number, c.file, c.table, c.position, c.header, c.was_field, c.field, c.action] for c in columns
    ]
    if rows:
        table(["number", "file", "table", "", "header", "was", "is", ""], rows)
    others = [(c.number, c.what) for c in made if c.what.kind != "mapping"]
    if others:
        rows = [
            [number, what.kind, about(what), in_words(what, what.was) if what.was else "", in_words(what, what.said)]
            for number, what in others
        ]
        table(["number", "kind", "about", "was", "is"], rows)


def _column(correction: Correction) -> Corrected:
    from discovery_pipeline.services.mapping.corrections import corrected

    return corrected(correction)


def _told(error: BadDecisions) -> UsageError:
    """Each decision that can't be taken on a line of its own, then what became of all."""
    _note_some([str(problem) for problem in error.problems])
    return UsageError(error.summary, where=error.where, advice=error.advice)


def _contradiction(error: CorrectionConflict, json: bool) -> UsageError:
    """Each standing decision on a line of its own; in a document all of them in its one message."""
    advice = "talk to them; then --overrule, or the number in the column overrules"
    if json:
        return UsageError(error.message, advice=advice)
    _note_some([str(disagreement) for disagreement in error.disagreements])
    count = len(error.disagreements)
    return UsageError(f"somebody else decided otherwise about {count} of them, so none was recorded", advice=advice)


def _note_some(lines: list[str]) -> None:
    for line in lines[:LISTED]:
        note(line)
    if len(lines) > LISTED:
        note(f"and {len(lines) - LISTED} more")


def _document(correction: Correction) -> dict[str, Any]:
    what = correction.what
    if what.kind == "mapping":
        told = {name: value for name, value in asdict(_column(correction)).items() if name != "place"}
        return {"kind": what.kind, **told, "overrules": what.overrules}
    return {
        "kind": what.kind, "number": correction.number, "action": what.action, "target": what.target,
        "said": {name: value for name, value in what.said.items() if name != "anchors"}, "was": what.was,
        "author": what.author, "reason": what.reason, "made_at": correction.made_at, "overrules": what.overrules,
    }  # fmt: skip


def user() -> str:
    """The name of the user that this process runs as. Raises UsageError where it has none."""
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError) as error:
        raise UsageError("this process has no user's name", advice="say who decided with --author") from error
