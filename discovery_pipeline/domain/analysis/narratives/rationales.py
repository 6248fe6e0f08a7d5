"""Why what is done: two sentences per application that matters, else per strategy and the rule that decided.

Facts are counts and words of the rule file. Keep out: how strategies are decided.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.narratives.narrative import Narrative
from discovery_pipeline.domain.analysis.questions.ask_next import Assessed
from discovery_pipeline.domain.packaged import packaged_yaml

_CAUSES = 3
_MOVES, _READY, _COST = "moves in", "readiness of the least ready", "cost a month"
_CROSSING = "needs that will work across sites for a while"
# What a tenant wrote where a code was expected is not told.
_ENVIRONMENTS = ("production", "dr", "staging", "qa", "test", "development", "sandbox")


def rationales(estate: Assessed, cut_edges: pl.DataFrame, most: int) -> list[Narrative]:
    """The applications on which most rests, then the largest groups of strategy and rule. cut_edges: CUT_EDGES."""
    told = _of_applications(estate, cut_edges, most)
    return told + _of_rules(estate, most - len(told))


def _of_applications(estate: Assessed, cut_edges: pl.DataFrame, most: int) -> list[Narrative]:
    decided = estate.analysis.filter(pl.col("strategy") != "not_applicable")
    weighed = decided.select("asset_id").join(estate.worth.select("asset_id", "weight"), on="asset_id")
    members = estate.members.select("application_id", "asset_id").unique()
    total = members.join(weighed, on="asset_id").group_by("application_id").agg(rests=pl.col("weight").sum().round(4))
    own = decided.select("strategy", "confidence", application_id="asset_id")
    named = estate.applications.select("application_id", "name").join(own, on="application_id")
    chosen = (
        named.join(total, on="application_id").sort(["rests", "application_id"], descending=[True, False]).head(most)
    )
    rows = _member_rows(estate, members.join(chosen, on="application_id", how="semi"), decided)
    crossing = _crossing(rows, cut_edges)
    parts = {key: part.to_dicts() for (key,), part in rows.partition_by("application_id", as_dict=True).items()}
    return [
        _of_application(row, parts[row["application_id"]], crossing.get(row["application_id"], 0))
        for row in chosen.to_dicts()
    ]


def _member_rows(estate: Assessed, members: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Of each application the members for which something is decided, with what the texts tell of them."""
    told = decided.select("asset_id", "strategy", "readiness", rule=pl.col("rule").str.replace(r"^\d+/", ""))
    environments = estate.inventory.select("asset_id", "environment")
    return members.join(told, on="asset_id").join(estate.worth, on="asset_id").join(environments, on="asset_id")


def _crossing(rows: pl.DataFrame, cut_edges: pl.DataFrame) -> dict[str, int]:
    """Per application how many needs of its members, or of others in them, will work across sites for a while."""
    served = rows.select("application_id", "asset_id")
    numbered = cut_edges.select("from_asset", "to_asset").with_row_index("edge")
    ends = pl.concat([numbered.select("edge", asset_id=end) for end in ("from_asset", "to_asset")])
    counted = ends.join(served, on="asset_id").group_by("application_id").agg(pl.col("edge").n_unique())
    return dict(counted.iter_rows())


def _of_application(row: dict[str, Any], own: Sequence[Mapping[str, Any]], crossing: int) -> Narrative:
    waves = sorted({member["wave"] for member in own} - {None})
    costs = [member["monthly_cost"] for member in own if member["monthly_cost"] is not None]
    currency = next((member["currency"] for member in own if member["currency"]), "")
    ready = min((member["readiness"] for member in own if member["readiness"] is not None), default=None)
    votes = _counted(member["strategy"] for member in own)
    reasons = _counted(_cause(member["rule"]) for member in own if member["rule"])[:_CAUSES]
    found = {member["environment"] for member in own}
    environments = [name for name in _ENVIRONMENTS if name in found]
    facts = [
        f"strategy: {row['strategy']}",
        f"confidence: {100 * (row['confidence'] or 0):.0f} %",
        f"servers and databases: {len(own)}",
        f"strategies of these: {', '.join(f'{count} {strategy}' for strategy, count in votes)}",
        *(f"why {count} of them: {cause}" for cause, count in reasons),
        *([f"environments: {', '.join(environments)}"] if environments else []),
        *([f"{_MOVES}: {_waves(waves)}"] if waves else []),
        *([f"{_READY}: {ready:.0f} of 100"] if ready is not None else []),
        *([f"{_COST}: {math.fsum(costs):,.0f} {currency}"] if costs else []),
        f"{_CROSSING}: {crossing}",
    ]
    why = "; ".join(f"{cause} ({count} of {len(own)} servers and databases)" for cause, count in reasons[:2])
    stated = f"{row['strategy'].capitalize()}: {why}. {_when(facts)}"
    return Narrative("rationale", row["application_id"], row["name"], tuple(facts), stated)


def _when(facts: Sequence[str]) -> str:
    """The second sentence: what the facts say beyond the strategy."""
    said = dict(fact.split(": ", 1) for fact in facts)
    parts = [
        f"It moves in {said[_MOVES]}" if _MOVES in said else "It has no wave",
        *([f"its least ready part at {said[_READY]}"] if _READY in said else []),
        *([f"for about {said[_COST]} a month"] if _COST in said else []),
    ]
    crossing = said[_CROSSING]
    across = f"; across sites for a while work {crossing} of its needs" if crossing != "0" else ""
    return f"{', '.join(parts)}{across}."


def _of_rules(estate: Assessed, most: int) -> list[Narrative]:
    if most <= 0:
        return []
    decided = estate.analysis.filter(pl.col("strategy") != "not_applicable").drop_nulls("rule")
    joined = decided.join(estate.inventory.select("asset_id", "environment"), on="asset_id")
    grouped = joined.group_by("strategy", pl.col("rule").str.replace(r"^\d+/", "")).agg(
        count=pl.len(), sure=pl.col("confidence").sort().mean(),
        production=(pl.col("environment") == "production").sum(),
    )  # fmt: skip
    largest = grouped.sort(["count", "strategy", "rule"], descending=[True, False, False]).head(most)
    return [_of_rule(row) for row in largest.iter_rows(named=True)]


def _of_rule(row: dict[str, Any]) -> Narrative:
    cause = _cause(row["rule"])
    facts = (
        f"strategy: {row['strategy']}", f"why: {cause}", f"assets: {row['count']}",
        f"of them in production: {row['production']}", f"mean confidence: {100 * row['sure']:.0f} %",
    )  # fmt: skip
    stated = (
        f"{row['strategy'].capitalize()}: {cause} ({row['count']:,} {'asset' if row['count'] == 1 else 'assets'}). "
        f"In production {'is' if row['production'] == 1 else 'are'} {row['production']:,} of them; the mean confidence "
        f"is {100 * row['sure']:.0f} %."
    )
    return Narrative("rationale", f"{row['strategy']}/{row['rule']}", f"{row['strategy']}: {cause}", facts, stated)


@cache
def causes() -> Mapping[str, str]:
    """Why each rule decides, by its id."""
    read: dict[str, str] = packaged_yaml(__package__, "causes.yaml")
    return read


def _cause(rule: str) -> str:
    """In words; of a rule that has none its id."""
    return causes().get(rule, rule.replace("_", " "))


def _counted(values: Iterable[str]) -> list[tuple[str, int]]:
    """The most frequent first, equally frequent ones in the order of the alphabet."""
    return sorted(Counter(values).items(), key=lambda value: (-value[1], value[0]))


def _waves(waves: Sequence[int]) -> str:
    return f"wave {waves[0]}" if len(waves) == 1 else f"waves {waves[0]} to {waves[-1]}"
