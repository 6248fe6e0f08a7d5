"""Strategies that people decided: they hold against every rule, which is told as the alternative.

Keep out: what the rules say (strategy).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import finding
from discovery_pipeline.domain.learning.rules import StrategyRule, Told

# rule of DECISIONS where a person decided.
DECIDED = "decided"
_EXAMPLES = 5
_ALTERNATIVES = 2


def overruled(decisions: pl.DataFrame, rules: Sequence[StrategyRule]) -> pl.DataFrame:
    """DECISIONS with what people decided; reasons begin with who did, then tell what the rules say of the asset.

    Where they say something else, that is the first alternative.

    rules: of several about one asset the latest holds.
    """
    if not rules:
        return decisions
    latest = {rule.asset_id: rule for rule in sorted(rules, key=lambda rule: rule.told.newest)}
    told = pl.DataFrame(
        [(asset, rule.strategy, rule.told.confidence, _by(rule.told)) for asset, rule in latest.items()],
        schema={"asset_id": pl.String, "said": pl.String, "belief": pl.Float64, "by": pl.String},
        orient="row",
    )
    joined = decisions.join(told, on="asset_id", how="left", maintain_order="left")
    is_said = pl.col("said").is_not_null()
    own = pl.col("why").list.first()
    agreed = pl.format("The rules say the same: {}", own)
    alternative = pl.format("The rules would say {}: {}", "strategy", own)
    by_rules = pl.when(pl.col("said") == pl.col("strategy")).then(agreed).otherwise(alternative)
    return joined.with_columns(
        strategy=pl.coalesce("said", "strategy"),
        rule=pl.when(is_said).then(pl.lit(DECIDED)).otherwise("rule"),
        confidence=pl.coalesce("belief", "confidence"),
        why=pl.when(is_said).then(pl.concat_list("by", by_rules, pl.col("why").list.slice(1))).otherwise("why"),
        alternatives=pl.when(is_said & (pl.col("said") != pl.col("strategy")))
        .then(_others(own))
        .otherwise("alternatives"),
        facts=pl.when(is_said).then(pl.concat_list(pl.format("decided={}", "said"), "facts")).otherwise("facts"),
        next_question=pl.when(~is_said).then("next_question"),
    ).select(decisions.columns)


def _others(own: pl.Expr) -> pl.Expr:
    """The alternatives of a decision against the rules: theirs first, then the best other one that was not decided."""
    rules = pl.format("{} ({} by the rules): {}", "strategy", pl.col("confidence").round(2), own)
    kept = [
        pl.when(~text.str.starts_with(pl.concat_str("said", pl.lit(" ("))).fill_null(value=True)).then(text)
        for text in (pl.col("alternatives").list.get(place, null_on_oob=True) for place in range(_ALTERNATIVES))
    ]
    return pl.concat_list(rules, *kept).list.drop_nulls().list.head(_ALTERNATIVES)


def _by(told: Told) -> str:
    numbers = ", ".join(map(str, told.corrections))
    return f"decided by {told.author} (correction{'s' if len(told.corrections) > 1 else ''} {numbers})"


def without_target(rules: Sequence[StrategyRule], inventory: pl.DataFrame) -> list[dict[str, Any]]:
    """The finding about decisions on assets that the inventory does not hold; none where there are none."""
    known = frozenset(inventory["asset_id"]) if rules else frozenset()
    missing = [f"{rule.told}: {rule.asset_id}" for rule in rules if rule.asset_id not in known]
    if not missing:
        return []
    more = f" and {len(missing) - _EXAMPLES} more" if len(missing) > _EXAMPLES else ""
    return [
        finding(
            "analysis", "warning", "correction_without_target",
            f"{len(missing)} decisions about strategies are about no asset of the inventory: "
            f"{', '.join(missing[:_EXAMPLES])}{more}",
            "undo them, or decide again about the assets that are there now",
        )
    ]  # fmt: skip
