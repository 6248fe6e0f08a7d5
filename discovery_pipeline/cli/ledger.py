"""`discovery ledger`: what models were called for, what it cost, what came of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say, table
from discovery_pipeline.cli.stores import tenant_workspace
from discovery_pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    from discovery_pipeline.domain.opinions.forecast import Forecast
    from discovery_pipeline.domain.opinions.usage import AgentUse, RunUse, Use
    from discovery_pipeline.domain.opinions.worth import Worth
    from discovery_pipeline.services.agents.ledger import LedgerReport

_SHOWN_RUNS = 20


def ledger(
    tenant: TenantName,
    run: Annotated[str | None, typer.Option("--run", help="Only this run.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Only from this day (UTC) on: 2026-01-31.")] = None,
    drop_kept: Annotated[
        bool, typer.Option("--drop-kept", help="Forget the answers that are kept: the next run asks anew.")
    ] = False,
    json: Json = False,
) -> None:
    """Show calls of models, tokens, cost, what answers were worth and whether people kept what they changed."""
    from discovery_pipeline.services.agents.ledger import ledger_report
    from discovery_pipeline.store.kept_answers import drop_answers

    if drop_kept and (run or since):
        raise UsageError("kept answers are dropped all at once", where="--drop-kept", advice="leave the others out")
    begin = _day(since) if since else None
    with tenant_workspace(tenant) as opened:
        if drop_kept:
            _dropped(tenant, drop_answers(opened.database, tenant), json)
            return
        report = ledger_report(opened.settings, opened.database, tenant, run, begin)
    if json:
        emit_json(_document(report))
    elif not report.runs:
        note(f"no model was asked yet; limits in force: {report.limits.text}")
    else:
        _show(report)


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise UsageError(f"{text!r} is no day", where="--since", advice="for example 2026-01-31") from None


def _dropped(tenant: str, count: int, json: bool) -> None:
    if json:
        emit_json({"tenant": tenant, "dropped": count})
    else:
        say(f"{tenant}: {count:,} kept answers dropped")


def _show(report: LedgerReport) -> None:
    calls = ["agent", "model", "runs", "calls", "used", "ended", "kept", "p50 ms", "p95 ms", "tokens", "US$"]
    table(calls, map(_agent_row, report.agents))
    say()
    if report.worth:
        worth = ["agent", "model", "right on controls", "lower bound, by run", "trend", "changed", "kept by people"]
        table([*worth, "overruled", "US$ per change"], map(_worth_row, report.worth))
        say()
    runs = ["run", "begun", "calls", "expected", "kept", "US$", "expected US$", "expected from"]
    newest = report.runs[-_SHOWN_RUNS:]
    table(runs, [_run_row(run, report.forecasts.get(run.run_id)) for run in newest])
    if len(newest) < len(report.runs):
        say(f"and {len(report.runs) - len(newest):,} earlier runs: --json lists all")
    say()
    say(f"in all: {report.total.calls:,} calls, {_usd(report.total)}; {report.kept_answers:,} answers are kept")
    spent = ", ".join(f"{scope} {s.calls:,} calls, ${s.micro_usd / 1e6:.4f}" for scope, s in report.spent.items())
    say(f"counted against limits: {spent}; limits: {report.limits.text}")


def _agent_row(agent: AgentUse) -> list[object]:
    use = agent.use
    ended = ", ".join(f"{outcome} {count:,}" for outcome, count in use.outcomes.items())
    forbidden = f"; {use.over_budget:,} over budget" if use.over_budget else ""
    tokens = f"{use.prompt_tokens:,} + {use.completion_tokens:,}"
    return [
        agent.agent, f"{agent.provider}/{agent.model}", agent.runs, f"{use.calls:,}", _share(use.success),
        ended + forbidden, f"{use.kept:,}", use.p50_ms, use.p95_ms, tokens, _usd(use),
    ]  # fmt: skip


def _worth_row(worth: Worth) -> list[object]:
    controls = sum(run.controls for run in worth.runs)
    right = sum(run.right_controls for run in worth.runs)
    bounds = [f"{run.bound:.2f}" for run in worth.runs]
    shown = " ".join([bounds[0], "...", *bounds[-3:]] if len(bounds) > 4 else bounds)
    per_change = "" if worth.usd_per_accepted is None else f"{worth.usd_per_accepted:.6f}"
    return [
        worth.agent, worth.model, f"{right:,} of {controls:,}", shown, worth.trend.direction.replace("_", " "),
        worth.changes, worth.kept, worth.overruled, per_change,
    ]  # fmt: skip


def _run_row(run: RunUse, forecast: Forecast | None) -> list[object]:
    use = run.use
    row: list[object] = [run.run_id, f"{run.begun:%Y-%m-%d %H:%M}", f"{use.calls:,}"]
    if forecast is None or not forecast.is_known:
        return [*row, "", f"{use.kept:,}", _usd(use), "", forecast.basis if forecast else ""]
    expected = forecast.total
    usd = "unknown" if expected.usd is None else f"{expected.usd:.6f}"
    return [*row, f"{expected.calls:.1f}", f"{use.kept:,}", _usd(use), usd, forecast.basis]


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _usd(use: Use) -> str:
    """What is known to be spent, and how many calls have no known cost."""
    if not use.unpriced:
        return f"{use.cost_usd:.6f}"
    return f"{use.cost_usd:.6f} and {use.unpriced:,} calls of unknown cost"


def _document(report: LedgerReport) -> dict[str, Any]:
    document = asdict(report)
    document["limits"] = report.limits.text
    for shown, worth in zip(document["worth"], report.worth, strict=True):
        shown |= {"accepted": worth.accepted, "usd_per_accepted": worth.usd_per_accepted}
        for run, measured in zip(shown["runs"], worth.runs, strict=True):
            run["bound"] = measured.bound
    for run in document["runs"]:
        found = report.forecasts.get(run["run_id"])
        run["forecast"] = _expected(found, run["use"]) if found else None
    del document["forecasts"]
    return document


def _expected(forecast: Forecast, use: dict[str, Any]) -> dict[str, Any]:
    """A forecast beside what came: errors are actual minus expected."""
    total = forecast.total
    known = {"calls": total.calls, "usd": total.usd, "calls_error": use["calls"] - total.calls}
    usd_error = None if total.usd is None else round(use["cost_usd"] - total.usd, 6)
    agents = {name: asdict(expected) for name, expected in forecast.agents.items()}
    return {
        "basis": forecast.basis,
        **(known | {"usd_error": usd_error} if forecast.is_known else {}),
        "agents": agents,
    }
