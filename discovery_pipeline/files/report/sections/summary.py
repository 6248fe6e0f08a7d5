"""What a manager needs on one page: what there is, what to do, when and at what cost, the risks, what isn't known."""

from __future__ import annotations

from typing import Any, get_args

import polars as pl

from discovery_pipeline.domain.handoffs import Strategy
from discovery_pipeline.files.report.charts.bars import in_order, stacked
from discovery_pipeline.files.report.data import MOVING, SERVERS, ReportData
from discovery_pipeline.files.report.sections.cost import ProviderTotal, primary, provider_totals
from discovery_pipeline.files.report.sections.questions import questions
from discovery_pipeline.files.report.sections.told import told
from discovery_pipeline.files.report.sections.unknown import risks, unknowns
from discovery_pipeline.files.report.words import counted, money, percent, share, thousands, words

_URGENT, _QUESTIONS = 8, 4
SUPPORT = ("ended", "extended", "ending", "supported", "unknown")
READINESS = ("blocked", "needs work", "ready")
# Readiness below this asks for attention before anything moves.
_LOW_READINESS = 70


def content(data: ReportData) -> dict[str, Any]:
    """What templates/summary.html shows."""
    summary = data.analysis_summary
    return {
        "tiles": tiles(data),
        "sentences": sentences(data),
        "told": next((row for row in told(data, "summary").values() if row["model"]), None),
        "strategies": stacked(in_order(summary["strategies"], get_args(Strategy)), "Assets by strategy"),
        "support": stacked(in_order(summary["os_support"], SUPPORT), "Support of the servers' operating systems"),
        "readiness": stacked(
            in_order(summary["readiness"], READINESS), "Readiness of the servers that move or are decided"
        ),
        "risks": risks(data),
        "unknowns": unknowns(data),
        "questions": questions(data, _QUESTIONS),
        "urgent": urgent(data, _URGENT).to_dicts(),
    }


def tiles(data: ReportData) -> list[tuple[str, str]]:
    """(number, what it counts)."""
    summary, edges = data.analysis_summary, data.dependency_summary
    shown = [
        (thousands(summary["servers"]), "servers"),
        (thousands(summary["applications"]), "applications"),
        (thousands(edges.get("believed", 0)), "dependencies"),
        (thousands(_moving(data)), "assets to move"),
        (thousands(len(summary["waves"])), "waves"),
    ]
    totals = provider_totals(data)
    if totals:
        shown_total = primary(totals)
        day = f", prices of {shown_total.price_date:%b %Y}" if shown_total.price_date else ""
        shown.append(
            (money(shown_total.on_demand, shown_total.currency), f"a month on {words(shown_total.provider)}{day}")
        )
    return shown


def _moving(data: ReportData) -> int:
    return sum(data.analysis_summary["strategies"].get(strategy, 0) for strategy in MOVING)


def sentences(data: ReportData) -> list[str]:
    """The few sentences that a manager reads: (what there is), (what to do), (when), (at what cost), (how sure)."""
    return [text for text in (_there_is(data), _to_do(data), _support(data), _when(data), _cost(data)) if text]


def _there_is(data: ReportData) -> str:
    summary, edges = data.analysis_summary, data.dependency_summary
    believed, found = edges.get("believed", 0), edges.get("edges", 0)
    leads = f"; {thousands(found - believed)} more are leads to confirm" if found > believed else ""
    return (
        f"The estate has {counted(summary['assets'], 'asset')}, of which {thousands(summary['servers'])} are servers, "
        f"serving {counted(summary['applications'], 'application')}. {counted(believed, 'dependency', 'dependencies')} "
        f"between them {'is' if believed == 1 else 'are'} backed by evidence{leads}."
    )


def _to_do(data: ReportData) -> str:
    strategies = data.analysis_summary["strategies"]
    parts = [f"{thousands(count)} {verb}" for verb, count in _verbs(strategies) if count]
    if not parts:
        return "Nothing is to be moved, retired or kept by decision."
    return f"Proposed: {', '.join(parts)}. The mean confidence is {percent(data.analysis_summary['mean_confidence'])}."


def _verbs(strategies: dict[str, int]) -> list[tuple[str, int]]:
    told = {
        "rehost": "rehosted as they are", "replatform": "replatformed", "refactor": "refactored",
        "rearchitect": "rebuilt", "replace": "replaced by a bought service", "retire": "retired",
        "retain": "left where they are",
    }  # fmt: skip
    return [(verb, strategies.get(code, 0)) for code, verb in told.items()]


def _support(data: ReportData) -> str:
    support, servers = data.analysis_summary["os_support"], data.analysis_summary["servers"]
    late = support["ended"] + support["extended"]
    if not servers:
        return ""
    soon = f"; {thousands(support['ending'])} more leave it within a year" if support["ending"] else ""
    return (
        f"{counted(late, 'server')} ({share(late, servers)}) {'runs' if late == 1 else 'run'} an operating system that "
        f"has left its vendor's regular support{soon}."
    )


def _when(data: ReportData) -> str:
    waves = data.analysis_summary["waves"]
    if not waves:
        return ""
    moving = f"{counted(sum(wave['assets'] for wave in waves), 'asset')} move in {counted(len(waves), 'wave')}"
    starts, ends = data.waves["starts"].drop_nulls().sort(), data.waves["ends"].drop_nulls().sort()
    if starts.is_empty() or ends.is_empty():
        return f"{moving}; dates follow once the plan names a start."
    return f"{moving}, from {starts[0]:%d %B %Y} to {ends[-1]:%d %B %Y}."


def _cost(data: ReportData) -> str:
    totals = provider_totals(data)
    if not totals:
        return ""
    return f"The machines that move cost a month, on demand at list prices: {'; '.join(map(_amount, totals))}."


def _amount(total: ProviderTotal) -> str:
    known = total.low is not None and total.high is not None
    span = f"{thousands(total.low)} to {money(total.high, total.currency)}" if known else ""
    day = f"prices of {total.price_date:%d %B %Y}" if total.price_date else ""
    told = ", ".join(text for text in (span, day) if text)
    return f"{words(total.provider)} {money(total.on_demand, total.currency)}{f' ({told})' if told else ''}"


def urgent(data: ReportData, limit: int) -> pl.DataFrame:
    """The assets that need attention first: least ready of those that move, production before the rest."""
    rank = pl.col("environment").replace_strict({"production": 0, "dr": 1}, default=2, return_dtype=pl.Int8)
    weight = pl.col("criticality").replace_strict({"critical": 0, "high": 1}, default=2, return_dtype=pl.Int8)
    moving = data.assessed.filter(
        pl.col("strategy").is_in(MOVING),
        pl.col("readiness") < _LOW_READINESS,
        pl.col("classified_type").is_in([*SERVERS, "database", "application"]),
    )
    ranked = moving.with_columns(rank=rank, weight=weight)
    return ranked.sort("rank", "weight", "readiness", "name", "asset_id").head(limit)
