"""`discovery questions`: what to ask whom next, and what the answers would change."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say
from discovery_pipeline.cli.stores import tenant_frames
from discovery_pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

_EACH = 5


def questions(
    tenant: TenantName,
    owner: Annotated[str | None, typer.Option("--owner", help="Only of owners whose name holds this.")] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="Questions of each owner at most.")] = _EACH,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV on stdout, to hand out.")] = False,
) -> None:
    """List what to ask whom next: the questions whose answers are expected to change most, by owner."""
    from discovery_pipeline.services.owner_questions import owner_questions, questions_csv

    if json and csv:
        raise UsageError("this asks for JSON and CSV", advice="leave out --json or --csv")
    with tenant_frames(tenant) as frames:
        asked = owner_questions(frames, owner, most)
    if json:
        emit_json({"tenant": tenant, "questions": asked.to_dicts()})
    elif csv:
        sys.stdout.write(questions_csv(asked))
    elif asked.is_empty():
        note("nobody has to be asked anything" if owner is None else f"there is no question to {owner!r}")
    else:
        _show(asked)
        say(f"answers are recorded by `discovery correct {tenant} --file CSV` or in the app")


def _show(asked: pl.DataFrame) -> None:
    for owner, own in groupby(asked.to_dicts(), key=lambda row: row["owner"]):
        say(f"{owner or 'nobody is known to ask'}:")
        for row in own:
            _show_one(row)
        say()


def _show_one(row: dict[str, Any]) -> None:
    say(f"  {row['rank']}. {row['question']}")
    if row["worded"]:
        say(f"     {row['worded']} (worded by {row['model']})")
    for outcome in row["outcomes"] or []:
        say(f"     {outcome}")
    say(f"     {_concerns(row)}; answer with a correction of kind {row['answer_with']}")


def _concerns(row: dict[str, Any]) -> str:
    """What rests on it, in one line."""
    told = [f"{row['assets']:,} {'asset' if row['assets'] == 1 else 'assets'}"]
    if row["applications"]:
        told.append(f"{row['applications']:,} {'application' if row['applications'] == 1 else 'applications'}")
    if row["waves"]:
        told.append(f"wave {', '.join(map(str, row['waves']))}")
    if row["monthly_cost"]:
        told.append(f"{row['monthly_cost']:,.0f} {row['currency']} a month")
    return f"{', '.join(told)}; expected to change {row['change']:.2g} of them"
