"""`discovery run`: the phases in this process, shown while they go."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say, table
from discovery_pipeline.cli.progress import PhaseName, run_progress, steps
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.settings import load_settings

if TYPE_CHECKING:
    from discovery_pipeline.defs.launch import RunSummary
    from discovery_pipeline.quality.judge import Judge


def run(
    tenant: TenantName,
    upto: Annotated[PhaseName | None, typer.Option("--upto", help="Last phase to run; all if absent.")] = None,
    corrections: Annotated[
        bool, typer.Option("--corrections", help="Only apply what analysts decided: begin at the choice of fields.")
    ] = False,
    json: Json = False,
) -> None:
    """Run the phases over the files that count; recorded in Dagster's instance."""
    if not steps(upto, corrections):
        raise UsageError(
            f"{upto} comes before corrections are applied", where="--upto", advice="leave it out, or name a later phase"
        )
    summary = run_shown(tenant, upto, corrections)
    document = summary.to_json()
    if json:
        emit_json(document)
    else:
        show_run(document)
    if document["status"] != "done":
        raise typer.Exit(1)


def run_shown(
    tenant: str, upto: PhaseName | None = None, only_corrections: bool = False, judge: Judge | None = None
) -> RunSummary:
    """Run a tenant with a progress display on stderr. judge: one that several runs share; its own if absent."""
    from discovery_pipeline.quality.judge import Judge

    with nullcontext(judge) if judge else Judge() as ready, run_progress(tenant, upto, only_corrections) as show:
        # Imported beside the judge's own start: two seconds each.
        from discovery_pipeline.defs.launch import run_tenant

        return run_tenant(load_settings(), tenant, upto, show, ready, only_corrections=only_corrections)


def show_run(document: dict[str, Any]) -> None:
    """A run's phases, findings and where to look next."""
    rows = [
        [
            p["phase"], p["asset"], f"{p['seconds']:.2f}", f"{p['rows_in']:,}", f"{p['rows_out']:,}",
            "; ".join([f"{p['checks_passed']} passed", *(f"{name} not met" for name in p["failed_checks"])]),
        ]
        for p in document["phases"]
    ]  # fmt: skip
    table(["phase", "asset", "seconds", "rows in", "rows out", "checks"], rows)
    say()
    findings = document["findings"]
    say("findings: " + (", ".join(f"{count:,} {name}" for name, count in findings.items()) or "none"))
    for what, place in document["where"].items():
        say(f"{what}: {place}")
    if document["status"] == "done":
        say(f"{document['tenant']}: done in {sum(p['seconds'] for p in document['phases']):.1f} s")
    else:
        note(_stopped_line(document))


def _stopped_line(document: dict[str, Any]) -> str:
    reason = document["stopped_by"] or {}
    said = "; ".join(f"{name}: {text}" for name, text in reason.items() if text)
    return f"discovery: {document['tenant']} stopped - {said or 'no reason was recorded'}"
