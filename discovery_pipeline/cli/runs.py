"""`discovery run`: the phases in this process, shown while they go."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say, table
from discovery_pipeline.cli.progress import PhaseName, run_progress, steps
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.settings import ModelMode, Settings, in_mode, load_settings

if TYPE_CHECKING:
    from discovery_pipeline.defs.launch import RunSummary
    from discovery_pipeline.quality.judge import Judge


def run(
    tenant: TenantName,
    upto: Annotated[PhaseName | None, typer.Option("--upto", help="Last phase to run; all if absent.")] = None,
    corrections: Annotated[
        bool, typer.Option("--corrections", help="Only apply what analysts decided: begin at the choice of fields.")
    ] = False,
    replay: Annotated[
        bool, typer.Option("--replay", help="Use the answers that models gave in earlier runs; ask none.")
    ] = False,
    no_model: Annotated[bool, typer.Option("--no-model", help="Do without models, whatever is configured.")] = False,
    json: Json = False,
) -> None:
    """Run the phases over the files that count; recorded in Dagster's instance."""
    if replay and no_model:
        raise UsageError("they exclude each other", where="--replay --no-model", advice="leave one out")
    if not steps(upto, corrections):
        raise UsageError(
            f"{upto} comes before corrections are applied", where="--upto", advice="leave it out, or name a later phase"
        )
    mode: ModelMode | None = "replay" if replay else "off" if no_model else None
    finish(run_shown(tenant, upto, corrections, model_mode=mode), json)


def finish(summary: RunSummary, json: bool) -> None:
    """Tell what a run did, and leave with the contract's code."""
    document = summary.to_json()
    if json:
        emit_json(document)
    else:
        show_run(document)
    if document["status"] != "done":
        raise typer.Exit(1)


def run_shown(
    tenant: str,
    upto: PhaseName | None = None,
    only_corrections: bool = False,
    judge: Judge | None = None,
    model_mode: ModelMode | None = None,
    resumes: str | None = None,
) -> RunSummary:
    """Run a tenant with a progress display on stderr. judge: one that several runs share; its own if absent.

    model_mode: of this run; None = as the environment says. resumes: a paused run, whose rest is run.
    """
    from discovery_pipeline.quality.judge import Judge

    settings = load_settings()
    if model_mode:
        settings = in_mode(settings, model_mode, f"--{'no-model' if model_mode == 'off' else model_mode}")
    _foretell(settings, tenant)
    with nullcontext(judge) if judge else Judge() as ready, run_progress(tenant, upto, only_corrections) as show:
        # Imported beside the judge's own start: two seconds each.
        from discovery_pipeline.defs.launch import run_tenant

        return run_tenant(settings, tenant, upto, show, ready, only_corrections=only_corrections, resumes=resumes)


def _foretell(settings: Settings, tenant: str) -> None:
    """Say what models will be called for and what it will cost, where any are asked."""
    if not settings.providers or settings.model_mode != "ask":
        return
    from discovery_pipeline.services.agents.forecast import foresee
    from discovery_pipeline.services.workspace import open_workspace
    from discovery_pipeline.store.tenants import require_tenant

    with open_workspace(settings) as workspace:
        require_tenant(workspace.database, tenant)
        found = foresee(settings, workspace.database, workspace.frames.open(tenant))
    if found:
        note(f"models: {_expected(asdict(found.total), found.basis, is_known=found.is_known)}")


def _expected(total: dict[str, Any], basis: str, *, is_known: bool = True) -> str:
    if not is_known:
        return f"no forecast, for {basis}"
    usd = "a cost that no price is known for" if total["usd"] is None else f"${total['usd']:.6f}"
    return f"{total['calls']:.1f} calls and {usd} expected: {basis}"


def _used(models: dict[str, Any]) -> str:
    """What was called, beside what was expected."""
    unknown = models["calls_of_unknown_cost"]
    cost = f"${models['usd']:.6f}" + (f" and {unknown:,} calls of unknown cost" if unknown else "")
    expected = models["expected"]
    beside = f" ({_expected(expected, expected['basis'])})" if expected else ""
    return f"models: {models['calls']:,} calls, {models['kept']:,} kept answers, {cost}{beside}"


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
    if "models" in document:
        say(_used(document["models"]))
    for what, place in document["where"].items():
        say(f"{what}: {place}")
    if document["status"] == "done":
        say(f"{document['tenant']}: done in {sum(p['seconds'] for p in document['phases']):.1f} s")
    elif document["status"] == "paused":
        tenant = document["tenant"]
        note(f"discovery: {tenant} paused before {document['paused_before']} - discovery resume {tenant}")
    else:
        note(_stopped_line(document))


def _stopped_line(document: dict[str, Any]) -> str:
    reason = document["stopped_by"] or {}
    said = "; ".join(f"{name}: {text}" for name, text in reason.items() if text)
    return f"discovery: {document['tenant']} stopped - {said or 'no reason was recorded'}"
