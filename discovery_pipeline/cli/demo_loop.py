"""The loop of `discovery demo`: the corrections packaged with a sample, a run that only applies them, what changed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from discovery_pipeline.cli.output import note, say, table
from discovery_pipeline.cli.runs import run_shown, show_run

if TYPE_CHECKING:
    from discovery_pipeline.quality.judge import Judge
    from discovery_pipeline.services.workspace import Workspace

AUTHOR = "demo"


def correct_and_rerun(opened: Workspace, tenant: str, judge: Judge) -> dict[str, Any] | None:
    """Apply a sample's corrections and run again from the choice of fields; None for a sample without any.

    The document: applied and already_applied (numbers of corrections), run (as of `discovery run --json`; null where
    the run before already used every correction), columns and inventory_changes (services.mapping.effects).
    """
    from discovery_pipeline.sample_tenants import sample_corrections
    from discovery_pipeline.services.mapping.corrections import waiting
    from discovery_pipeline.services.mapping.effects import corrected_columns, inventory_changes

    path = sample_corrections(tenant)
    if path is None:
        return None
    applied, already = _apply(opened, tenant, path)
    due = bool(waiting(opened, tenant))
    again = run_shown(tenant, only_corrections=True, judge=judge).to_json() if due else None
    return {
        "applied": applied,
        "already_applied": already,
        "run": again,
        "columns": [asdict(column) for column in corrected_columns(opened, tenant)],
        "inventory_changes": [asdict(change) for change in inventory_changes(opened, tenant)],
    }


def _apply(opened: Workspace, tenant: str, path: Path) -> tuple[int, int]:
    from discovery_pipeline.services.learning.deciding.decision_files import read_decisions
    from discovery_pipeline.services.mapping.corrections import Decision, correct
    from discovery_pipeline.services.mapping.effects import not_yet_made

    decisions = [decision for decision in read_decisions(path) if isinstance(decision, Decision)]
    new = not_yet_made(opened, tenant, decisions, AUTHOR)
    if new:
        correct(opened, tenant, new, AUTHOR)
    note(f"{tenant}: {len(new)} corrections applied, {len(decisions) - len(new)} already applied")
    return len(new), len(decisions) - len(new)


def show_loop(tenant: str, loop: dict[str, Any]) -> None:
    """What was corrected, the run that applied it, and the columns and cells that changed by it."""
    say()
    if loop["run"]:
        corrected = loop["applied"] + loop["already_applied"]
        say(f"{tenant}: {corrected} columns corrected as only the tenant can, then run again from there:")
        show_run(loop["run"])
    else:
        say(f"{tenant}: {loop['already_applied']} corrections already applied; the run above used them")
    say()
    table(["column", "was", "", "now", "", "by", "because"], map(_column_row, loop["columns"]))
    if loop["inventory_changes"]:
        say()
        say("the inventory, compared with the last one made from other files or another mapping")
        table(["change", "field", "count", "for example", "was", "now"], map(_change_row, loop["inventory_changes"]))


def _column_row(column: dict[str, Any]) -> list[object]:
    was = [column["was_field"] or "not mapped", _share(column["was_confidence"])]
    now = [column["field"] or "not mapped", _share(column["confidence"])]
    return [column["header"], *was, *now, column["method"], column["reason"]]


def _share(confidence: float | None) -> str:
    return "" if confidence is None else f"{confidence:.2f}"


def _change_row(change: dict[str, Any]) -> list[object]:
    field = change["field"] or "(asset)"
    return [change["change"], field, f"{change['count']:,}", change["asset"], change["old"], change["new"]]
