"""`--preview` of `discovery correct`, `undo` and `forget`: what they would change, before anything is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from discovery_pipeline.cli.output import emit_json, note, say, table

if TYPE_CHECKING:
    from discovery_pipeline.services.learning.deciding.decisions import AnyDecision
    from discovery_pipeline.services.learning.preview.at_once import AtOnce
    from discovery_pipeline.services.learning.preview.differences import Changes
    from discovery_pipeline.services.learning.preview.proposed import Proposed
    from discovery_pipeline.services.learning.preview.what_if import WhatIf
    from discovery_pipeline.services.mapping.decisions import Problem
    from discovery_pipeline.services.workspace import Workspace

LISTED = 20


def show_decided(
    workspace: Workspace, tenant: str, decisions: Sequence[AnyDecision | Problem], author: str, *, json: bool
) -> None:
    """What decisions would change. Raises as `prepare` and `scratch_run` do."""
    from discovery_pipeline.services.learning.deciding.decide import prepare
    from discovery_pipeline.services.learning.preview.proposed import Proposed

    prepared = prepare(workspace, tenant, decisions, author)
    show_preview(workspace, tenant, Proposed(prepared.corrections, prepared.tables), json=json)


def show_preview(workspace: Workspace, tenant: str, proposed: Proposed, *, json: bool) -> None:
    """What is named at once, then what a run would make of it. Raises as `at_once` and `scratch_run` do."""
    from discovery_pipeline.services.learning.preview.at_once import at_once
    from discovery_pipeline.services.learning.preview.what_if import what_if

    named = at_once(workspace, tenant, proposed)
    if json:
        after = what_if(workspace, tenant, proposed)
        emit_json({"tenant": tenant, "named": asdict(named), "after_a_run": asdict(after), "recorded": 0})
        return
    _named(named)
    note("computing what a run would change ...")
    _consequences(what_if(workspace, tenant, proposed))
    say("nothing is recorded: leave --preview out to do it")


def _named(named: AtOnce) -> None:
    columns = [
        [c.file, c.table, c.position, c.header, c.before, c.after, c.filled, c.changed, c.changed_rows, c.lost]
        for c in named.columns[:LISTED]
    ]
    if columns:
        head = ["file", "table", "", "header", "is", "would be", "filled", "values changed", "rows", "values lost"]
        table(head, columns)
    if len(named.columns) > LISTED:
        say(f"and {len(named.columns) - LISTED} more columns")
    cells = [[c.header, v.raw, v.before, v.after, v.rows] for c in named.columns[:LISTED] for v in c.sample]
    if cells:
        table(["header", "cell", "is", "would be", "rows"], cells[:LISTED])
    things = [[thing.kind, thing.about, thing.before, thing.after] for thing in named.things[:LISTED]]
    if things:
        table(["kind", "about", "is", "would be"], things)


def _consequences(after: WhatIf) -> None:
    if after.is_nothing:
        say("a run would change nothing else")
        return
    rows = [row for name, changes in after.groups.items() for row in _rows(name.replace("_", " "), changes)]
    table(["after a run", "count", "for example", "", "is", "would be"], rows)
    before, now = after.set_aside
    if before != now:
        say(f"rows set aside: {before} before, {now} after")
    if after.waiting:
        say(f"together with {after.waiting} decisions that wait for a run already")


def _rows(name: str, changes: Changes) -> list[list[Any]]:
    """The group's first line has its name and count."""
    shown: list[list[Any]] = [[c.about, c.what, c.before, c.after] for c in changes.sample]
    return [[name if not i else "", changes.count if not i else None, *row] for i, row in enumerate(shown)]
