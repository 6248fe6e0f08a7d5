"""What to do with each asset and application, why, how surely, and what else it could be."""

from __future__ import annotations

import re
from typing import Any, get_args

import polars as pl

from discovery_pipeline.domain.handoffs import Strategy
from discovery_pipeline.files.report.charts.bars import bars, in_order
from discovery_pipeline.files.report.data import SERVERS, ReportData
from discovery_pipeline.files.report.sections.applications import application_table
from discovery_pipeline.files.report.sections.questions import questions, questions_by_owner
from discovery_pipeline.files.report.sections.told import told
from discovery_pipeline.files.report.words import percent, words

_APPLICATIONS, _RULES, _QUESTIONS = 40, 12, 10
# Alternatives with less of a chance than this are in the workbook only.
_HARDLY = 0.01
# What else it could be if the rule that decided did not: marked, and explained below the table.
_WHOSE = {" without the rule that decided": "*"}
STRATEGIES: tuple[str, ...] = get_args(Strategy)
_ENVIRONMENTS = ("production", "dr", "staging", "qa", "test", "development", "sandbox", "other", "unknown")


def content(data: ReportData) -> dict[str, Any]:
    """What templates/strategy.html shows."""
    applications, rationales = application_table(data), told(data, "rationale")
    return {
        "strategies": bars(in_order(data.analysis_summary["strategies"], STRATEGIES), "Assets by strategy"),
        "mean_confidence": data.analysis_summary["mean_confidence"],
        "matrix": _matrix(data),
        "rules": _rules(data),
        "applications": [
            {
                **row,
                "told": rationales.get(row["application_id"]),
                "alternatives": [short for text in row["alternatives"] or () if (short := _short(text))],
            }
            for row in applications.head(_APPLICATIONS).to_dicts()
        ],
        "more": max(len(applications) - _APPLICATIONS, 0),
        "owners": questions_by_owner(data, _QUESTIONS),
        "questions": questions(data, _QUESTIONS) if data.questions.is_empty() else [],
    }


def _matrix(data: ReportData) -> dict[str, Any] | None:
    """environments, rows (strategy, count per environment, sum), most: of servers and databases."""
    chosen = data.assessed.filter(
        pl.col("classified_type").is_in([*SERVERS, "database"]), pl.col("strategy") != "not_applicable"
    )
    grouped = chosen.group_by(pl.col("environment").fill_null("unknown"), "strategy").len()
    counts = {(environment, code): count for environment, code, count in grouped.iter_rows()}
    if not counts:
        return None
    environments = [name for name in _ENVIRONMENTS if any(name == key[0] for key in counts)]
    rows = [(s, [counts.get((e, s), 0) for e in environments]) for s in STRATEGIES]
    return {
        "environments": environments,
        "rows": [(strategy, numbers, sum(numbers)) for strategy, numbers in rows if any(numbers)],
        "most": max(counts.values()),
    }


def _rules(data: ReportData) -> list[dict[str, Any]]:
    """rule, strategy, count, confidence, example: the rules that decided most, with a reason that one of them gave."""
    decided = data.assessed.filter(pl.col("strategy") != "not_applicable").drop_nulls("rule").sort("asset_id")
    grouped = decided.group_by(pl.col("rule").str.replace(r"^\d+/", ""), "strategy").agg(
        count=pl.len(), confidence=pl.col("confidence").mean(), example=pl.col("reasons").list.first().first()
    )
    return grouped.sort(["count", "rule", "strategy"], descending=[True, False, False]).head(_RULES).to_dicts()


def _short(alternative: str) -> str:
    """An alternative without what speaks for it: "retain (0.03): ..." is retain 3 %; "" where hardly anything does."""
    told = re.match(r"(\w+) \((below )?(\d(?:\.\d+)?)( without[^)]*| by the rules)?\)", alternative)
    if told is None:
        return alternative
    strategy, below, share, whose = told.groups()
    if below:
        return f"{words(strategy)} < {percent(float(share))}"
    return f"{words(strategy)} {percent(float(share))}{_WHOSE.get(whose, '')}" if float(share) >= _HARDLY else ""
