"""The strategy of each asset by the ordered rules of strategy.yaml, with the sentences that say why.

Keep out: the rules themselves and the facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.rules import condition, facts_named, first_match, sentence
from discovery_pipeline.domain.analysis.strategy.decided import overruled
from discovery_pipeline.domain.analysis.strategy.rulebook import strategy_rules
from discovery_pipeline.domain.learning.rules import StrategyRule

DECISIONS = {
    "asset_id": pl.String(), "strategy": pl.String(), "rule": pl.String(), "confidence": pl.Float64(),
    "why": pl.List(pl.String()),
}  # fmt: skip
# Weight of completeness in the confidence of a rule that does not repeat what the data says.
_COMPLETENESS_SHARE = 0.4


def completeness() -> pl.Expr:
    """The share of what a decision about a server wants to know that is known; 1 for other things."""
    wanted = [
        pl.col("os_label").is_not_null(),
        pl.col("power_state").is_not_null() | pl.col("last_seen").is_not_null(),
        pl.col("environment").is_not_null(),
        pl.col("serves_known"),
        pl.col("cpu_count").is_not_null() & pl.col("memory_mib").is_not_null(),
        pl.col("edge_count") > 0,
    ]
    return pl.when("runs_os").then(pl.mean_horizontal([w.cast(pl.Float64) for w in wanted])).otherwise(1.0)


def _confidence(rule: dict[str, Any]) -> pl.Expr:
    """certainty, weakened by what is not known and by doubt about the type."""
    if rule.get("said"):
        return pl.lit(float(rule["certainty"]))
    known = (1 - _COMPLETENESS_SHARE) + _COMPLETENESS_SHARE * completeness()
    doubt = pl.col("type_confidence").fill_null(0.5)
    return known * (doubt if rule.get("by_type") else (1 + doubt) / 2) * float(rule["certainty"])


def _strategy(rule: dict[str, Any]) -> pl.Expr:
    named = facts_named(rule["strategy"])
    return pl.col(named[0]) if named else pl.lit(rule["strategy"])


def _notes(facts: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id, notes: the additional sentences that hold."""
    parts: list[pl.DataFrame] = [
        facts.filter(condition(note["when"]), ~pl.col("rule").is_in(note.get("unless", []))).select(
            "asset_id", note=sentence(note["reason"]), order=pl.lit(order)
        )
        for order, note in enumerate(strategy_rules()["notes"])
    ]
    return pl.concat(parts).sort("asset_id", "order").group_by("asset_id", maintain_order=True).agg(notes="note")


def _decided_by(rule: dict[str, Any], facts: pl.DataFrame) -> pl.DataFrame:
    return facts.with_columns(
        strategy=_strategy(rule),
        rule=pl.lit(rule["id"]),
        confidence=_confidence(rule).round(3),
        reason=sentence(rule["reason"]),
    )


def decide(facts: pl.DataFrame) -> pl.DataFrame:
    """DECISIONS, one row per asset, sorted by asset_id. facts: of gather, with PLANS and members_*."""
    rules = strategy_rules()["rules"]
    numbered = facts.with_columns(number=first_match([condition(rule["when"]) for rule in rules]))
    parts = numbered.partition_by("number", as_dict=True) if len(numbered) else {(0,): numbered}
    decided = pl.concat(_decided_by(rules[number], part) for (number,), part in parts.items())
    noted = decided.join(_notes(decided), on="asset_id", how="left")
    none = pl.lit([], dtype=pl.List(pl.String))
    why = pl.concat_list(pl.concat_list("reason"), pl.col("notes").fill_null(none))
    return (
        noted.select("asset_id", "strategy", "rule", "confidence", why=why)
        .select(pl.col(n).cast(t) for n, t in DECISIONS.items())
        .sort("asset_id")
    )


def follow_members(decisions: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id (an application), members_strategy, members_summary: what most of its members do.

    members: MEMBERSHIP. Members that are not_applicable have no say; of a tie the strategy that changes more.
    """
    weight = ["retire", "retain", "rehost", "replace", "replatform", "refactor", "rearchitect"]
    said = members.join(decisions.select("asset_id", "strategy"), on="asset_id").filter(
        pl.col("strategy").is_in(weight)
    )
    counted = (
        said.group_by("application_id", "strategy")
        .len("votes")
        .with_columns(
            heavier=pl.col("strategy").replace_strict(weight, list(range(len(weight))), return_dtype=pl.Int32)
        )
    )
    ordered = counted.sort(["application_id", "votes", "heavier"], descending=[False, True, True])
    part = pl.format("{} of {} {}", "votes", pl.col("votes").sum().over("application_id"), "strategy")
    return (
        ordered.with_columns(part=part)
        .group_by("application_id", maintain_order=True)
        .agg(members_strategy=pl.col("strategy").first(), members_summary=pl.col("part").str.join(", "))
        .rename({"application_id": "asset_id"})
    )


def strategies(facts: pl.DataFrame, members: pl.DataFrame, said: Sequence[StrategyRule]) -> pl.DataFrame:
    """DECISIONS for the whole estate: first all but applications, then applications by what their members do.

    said: what people decided, about either.
    """
    is_application = pl.col("type") == "application"
    blank = {name: pl.lit(None, dtype=pl.String) for name in ("members_strategy", "members_summary")}
    others = overruled(decide(facts.filter(~is_application).with_columns(**blank)), said)
    follow = follow_members(others, members)
    applications = overruled(decide(facts.filter(is_application).join(follow, on="asset_id", how="left")), said)
    return pl.concat([others, applications]).sort("asset_id")
