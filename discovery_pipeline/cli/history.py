"""`discovery corrections`, `undo` and `forget`: what people decided, and taking it back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from discovery_pipeline.cli.corrections import Author, user
from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say, table
from discovery_pipeline.cli.stores import tenant_workspace
from discovery_pipeline.cli.what_if import show_preview
from discovery_pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    from discovery_pipeline.services.learning.history import Entry, History
    from discovery_pipeline.services.learning.tracker import TrackRecord
    from discovery_pipeline.services.workspace import Workspace

Reason = Annotated[str, typer.Option("--reason", help="Why; kept with it.")]
Preview = Annotated[bool, typer.Option("--preview", help="Show what would change; record nothing.")]
Numbers = Annotated[list[int], typer.Argument(metavar="NUMBER...")]
SomeNumbers = Annotated[list[int] | None, typer.Argument(metavar="[NUMBER...]")]


def corrections(tenant: TenantName, json: Json = False) -> None:
    """List what people decided, oldest first, whether it stands, and how much was learned from it."""
    from discovery_pipeline.services.learning.history import history

    with tenant_workspace(tenant) as opened:
        found = history(opened, tenant)
    if json:
        emit_json(_document(tenant, found))
        return
    if not found.entries and not found.forgotten:
        note(f"nothing was corrected yet: discovery correct {tenant} --file CSV")
        return
    _show(found)
    if any(entry.waits for entry in found.entries):
        say(f"next: discovery run {tenant} --corrections")


def undo(
    tenant: TenantName,
    numbers: Numbers,
    reason: Reason = "",
    author: Author = None,
    preview: Preview = False,
    json: Json = False,
) -> None:
    """Take corrections back, all or none; what stood before them stands again with the next run.

    NUMBER: of a correction, as `discovery corrections TENANT` lists them.
    """
    from discovery_pipeline.services.learning.history import undo as take_back
    from discovery_pipeline.services.learning.preview.proposed import Proposed

    with tenant_workspace(tenant) as opened:
        if preview:
            show_preview(opened, tenant, Proposed(undone=frozenset(numbers)), json=json)
            return
        undone = take_back(opened, tenant, numbers, author or user(), reason)
    if json:
        emit_json({"tenant": tenant, "undone": [{"number": u.number, "undoes": u.what.undoes} for u in undone]})
        return
    say(f"undone: {', '.join(str(correction.what.undoes) for correction in undone)}")
    say(f"next: discovery run {tenant} --corrections")


def forget(
    tenant: TenantName,
    numbers: SomeNumbers = None,
    everything: Annotated[bool, typer.Option("--all", help="All that was ever decided; needs --yes.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Really forget all of it; there is no way back.")] = False,
    reason: Reason = "",
    author: Author = None,
    preview: Preview = False,
    json: Json = False,
) -> None:
    """Delete corrections and all that was learned from them, as if they had never been made.

    NUMBER: of a correction, as `discovery corrections TENANT` lists them.
    """
    from discovery_pipeline.services.learning.history import forget as delete

    if everything == bool(numbers):
        said = "both numbers and --all" if everything else "neither numbers nor --all"
        raise UsageError(f"this names {said}", advice=f"discovery forget {tenant} NUMBER..., or --all --yes")
    with tenant_workspace(tenant) as opened:
        if preview:
            _show_forgetting(opened, tenant, numbers, json)
            return
        if everything and not yes:
            raise UsageError(
                "this deletes every correction and all that was learned", where=f"tenant {tenant}",
                advice="add --yes to do it",
            )  # fmt: skip
        gone = delete(opened, tenant, None if everything else numbers, author or user(), reason)
    if json:
        emit_json({"tenant": tenant, "forgotten": gone})
        return
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(gone.items()))
    say(f"forgotten: {counted or 'nothing, for nothing was corrected'}")
    if gone:
        say(f"next: discovery run {tenant} --corrections")


def _show_forgetting(opened: Workspace, tenant: str, numbers: list[int] | None, json: bool) -> None:
    """What would be deleted, then what a run would make of it. numbers: None = all that was decided."""
    from discovery_pipeline.services.learning.learned import forgetting, forgetting_in_words
    from discovery_pipeline.services.learning.preview.proposed import Proposed
    from discovery_pipeline.store.corrections import corrections as log

    chosen = numbers or [c.number for c in log(opened.database, tenant) if c.what.action != "undone"]
    if not chosen:
        raise UsageError("nothing was corrected, so there is nothing to forget", where=f"tenant {tenant}")
    found = forgetting(opened, tenant, chosen)
    if not json:
        say(f"this would delete {forgetting_in_words(found)}")
    show_preview(opened, tenant, Proposed(forgotten=frozenset(chosen)), json=json)


def _show(found: History) -> None:
    if found.entries:
        names = ["number", "when", "who", "kind", "about", "said", "was", "state", "reason"]
        table(names, map(_row, found.entries))
    for one in found.forgotten:
        because = f": {one.reason}" if one.reason else ""
        say(f"{one.made_at:%Y-%m-%d %H:%M} {one.author} forgot {one.count} of kind {one.kind}{because}")
    say()
    learned = sorted(found.patterns.items())
    if found.track_records:
        table(["mapped by", "decisions", "right", "90 %", "trend", "p"], map(_record, found.track_records))
        say()
    say("patterns: " + (", ".join(f"{count:,} {kind} {state}" for (kind, state), count in learned) or "none"))


def _row(entry: Entry) -> list[object]:
    state = f"undone by {entry.undone_by}" if entry.undone_by else entry.state
    waits = ", waits for a run" if entry.waits else ""
    return [
        entry.number, f"{entry.made_at:%Y-%m-%d %H:%M}", entry.author, entry.kind, entry.about, entry.said, entry.was,
        state + waits, entry.reason,
    ]  # fmt: skip


def _record(record: TrackRecord) -> list[object]:
    p = "" if record.p_value is None else f"{record.p_value:.3f}"
    interval = f"{record.low:.3f}-{record.high:.3f}"
    return [record.method, record.decisions, f"{record.right:.3f}", interval, record.trend.replace("_", " "), p]


def _document(tenant: str, found: History) -> dict[str, Any]:
    patterns: dict[str, dict[str, int]] = {}
    for (kind, state), count in sorted(found.patterns.items()):
        patterns.setdefault(kind, {})[state] = count
    return {
        "tenant": tenant,
        "corrections": [asdict(entry) for entry in found.entries],
        "forgotten": [asdict(one) for one in found.forgotten],
        "patterns": patterns,
        "track_records": [asdict(record) for record in found.track_records],
    }
