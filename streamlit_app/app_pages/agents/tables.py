"""Rows and figures of what agents said, asked and cost, as people read them. Keep out: where they are shown."""

from __future__ import annotations

from discovery_pipeline.domain.insights.insight import Insight
from discovery_pipeline.domain.opinions.usage import AgentUse
from discovery_pipeline.domain.opinions.worth import Worth
from discovery_pipeline.services.agents.overview import Spending, model_at
from discovery_pipeline.store.plans import PlanRow
from streamlit_app import widgets

Row = dict[str, object]
KINDS = {"observation": "noticed", "question": "asked", "opinion": "answered", "effect": "changed"}
SCOPES = {"run": "This run", "day": "Today (UTC)", "tenant": "The tenant, ever"}


def insight_row(insight: Insight) -> Row:
    """Who said what to whom."""
    return {
        "No.": insight.number,
        "Who": insight.author,
        "": KINDS.get(insight.kind, insight.kind),
        "What": insight.text,
        "To": ", ".join(insight.to) or ("" if insight.kind == "effect" else "all agents"),
        "Sure": "" if insight.confidence is None else widgets.percent(insight.confidence),
        "In reply to": "" if insight.in_reply_to is None else str(insight.in_reply_to),
    }


def agent_row(agent: AgentUse) -> Row:
    """How one agent's calls of a run ended, how long they took and what they cost."""
    use = agent.use
    return {
        "Agent": agent.agent.replace("_", " "),
        "Model": model_at(agent.model, agent.provider),
        "Calls": use.calls,
        "Ended": ", ".join(f"{outcome.replace('_', ' ')} {count}" for outcome, count in use.outcomes.items()),
        "Usable": "" if use.success is None else widgets.percent(use.success),
        "Answered before": use.kept,
        "Over a limit": use.over_budget,
        "Half answered within": latency(use.p50_ms),
        "95 % within": latency(use.p95_ms),
        "Tokens": use.prompt_tokens + use.completion_tokens,
        "Cost": cost(use.cost_usd, use.unpriced),
    }


def worth_row(worth: Worth) -> Row:
    """What one agent's answers were worth in all runs, and whether people kept what they changed."""
    right, controls = (sum(getattr(run, name) for run in worth.runs) for name in ("right_controls", "controls"))
    per_change = worth.usd_per_accepted
    return {
        "Agent": worth.agent.replace("_", " "),
        "Model": worth.model,
        "Runs": len(worth.runs),
        "Known things right": f"{right:,} of {controls:,}",
        "Trusted as right in": widgets.percent(worth.runs[-1].bound) if worth.runs else "",
        "Trend": worth.trend.direction.replace("_", " "),
        "Changes": worth.changes,
        "Kept": worth.kept,
        "Overruled": worth.overruled,
        "Cost a change that stands": "" if per_change is None else dollars(per_change),
    }


def plan_row(plan: PlanRow) -> Row:
    """Whom one agent asked in a run, and why."""
    return {
        "Agent": plan.agent.replace("_", " "),
        "Asks": ", then ".join(plan.endpoints) or "as configured",
        "Things a question": "" if plan.together is None else str(plan.together),
        "Calls at once": "" if plan.concurrency is None else str(plan.concurrency),
        "Why": plan.reason,
    }


def spending_html(spending: Spending) -> str:
    """What a scope has used, in calls and dollars, with bars where there is a limit."""
    spent, limit = spending.spent, spending.limit
    used = (
        ("calls", spent.calls, limit.calls, f"{spent.calls:,}", f"{limit.calls or 0:,}"),
        ("spent", spent.micro_usd, limit.micro_usd, dollars(spent.micro_usd / 1e6), dollars(limit.usd or 0)),
    )
    lines = [f'<div class="d-title">{SCOPES[spending.scope]}</div>']
    for name, number, most, shown, shown_most in used:
        of = "no limit" if most is None else f"of {shown_most}"
        lines.append(f'<div class="d-quiet">{shown} {name}, {of}</div>')
        if most is not None:
            share = min(1.0, number / most) if most else 1.0
            lines.append(f'<div class="d-bar"><i style="width:{100 * share:.0f}%"></i></div>')
    return "".join(lines)


def cost(amount: float, unpriced: int) -> str:
    """What is known of a cost. unpriced: calls of which nothing is known."""
    return dollars(amount) + (" at least" if unpriced else "")


def dollars(amount: float) -> str:
    """Small amounts with what is left of them."""
    return f"${amount:,.2f}" if amount >= 1 or not amount else f"${amount:.4f}"


def latency(milliseconds: float | None) -> str:
    """Milliseconds below a second; "" for None."""
    if milliseconds is not None and milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    return widgets.seconds(None if milliseconds is None else milliseconds / 1000)
