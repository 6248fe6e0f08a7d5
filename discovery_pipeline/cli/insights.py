"""`discovery insights`: what phases and agents of a run told each other, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say, table
from discovery_pipeline.cli.stores import tenant_workspace
from discovery_pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    from discovery_pipeline.domain.insights.insight import Insight
    from discovery_pipeline.store.insights import SaidInsight

Run = Annotated[str | None, typer.Option("--run", help="Id of a run; default: the last in which anything was said.")]


def insights(tenant: TenantName, run: Run = None, json: Json = False) -> None:
    """List what phases and agents told each other in a run: who, to whom, about what, and what it changed."""
    from discovery_pipeline.store.insights import insights_of_run, runs_with_insights

    with tenant_workspace(tenant) as opened:
        found = insights_of_run(opened.database, tenant, run)
        runs = [name for name, _ in runs_with_insights(opened.database, tenant)] if not found else []
    if run and not found:
        advice = f"runs with insights: {', '.join(runs[:5])}" if runs else f"discovery run {tenant}"
        raise UsageError(f"nothing was said in run {run!r}", where=f"tenant {tenant}", advice=advice)
    if json:
        emit_json({"tenant": tenant, "run": found[0].run_id if found else None, "insights": list(map(_entry, found))})
        return
    if not found:
        note(f"nothing was said yet; in a run with a model phases and agents tell each other: discovery run {tenant}")
        return
    say(f"run {found[0].run_id}")
    table(["number", "who", "kind", "to", "said", "sure", "in reply to"], [_row(said.insight) for said in found])


def _row(insight: Insight) -> list[object]:
    sure = "" if insight.confidence is None else f"{insight.confidence:.2f}"
    to = ", ".join(insight.to) or ("" if insight.kind == "effect" else "all agents")
    return [insight.number, insight.author, insight.kind, to, insight.text, sure, insight.in_reply_to or ""]


def _entry(said: SaidInsight) -> dict[str, Any]:
    insight = said.insight
    about = insight.about
    return {
        "number": insight.number,
        "said_at": said.said_at.isoformat(),
        "author": insight.author,
        "kind": insight.kind,
        "topic": insight.content.topic,
        "about": {"record": about.record, "field": about.field, "table": about.table_no, "position": about.position},
        "to": list(insight.to),
        "text": insight.text,
        "content": insight.content.model_dump(mode="json"),
        "confidence": insight.confidence,
        "in_reply_to": insight.in_reply_to,
        "round": insight.round,
        "asset": insight.asset,
    }


Tool = Annotated[str, typer.Argument(metavar="TOOL", help="decided, match, profile or neighbours.")]
Arguments = Annotated[str, typer.Argument(metavar="[JSON]", help='Of the tool: {"kind": "value", "field": "owner"}.')]


def lookup(tenant: TenantName, tool: Tool, arguments: Arguments = "{}") -> None:
    """Print what a tool tells an agent, as JSON: no name and no cell of the tenant's is in it.

    decided: kind (mapping, value, type), header, field. match: header, values, record. profile: table_no, position.
    neighbours: asset_id.
    """
    from discovery_pipeline.agents.pseudonyms import KnownNames, Pseudonyms
    from discovery_pipeline.agents.tools import use
    from discovery_pipeline.services.agents.known_names import known_names
    from discovery_pipeline.services.agents.tools import TenantKnowledge

    given = _arguments(arguments)
    with tenant_workspace(tenant) as opened:
        frames = opened.frames.open(tenant)
        hidden = Pseudonyms(known_names(frames) if frames.has("canonical_records") else KnownNames())
        found = use(TenantKnowledge(opened.database, frames), tool, given, hidden)
    emit_json({"tenant": tenant, "tool": tool, "rows": found})


def _arguments(text: str) -> dict[str, Any]:
    from json import loads

    try:
        given = loads(text)
    except (ValueError, RecursionError):  # a number of thousands of digits is no JSON error
        given = None
    if not isinstance(given, dict):
        raise UsageError(f"{text!r} is no JSON object", where="arguments", advice='for example {"kind": "type"}')
    return given
