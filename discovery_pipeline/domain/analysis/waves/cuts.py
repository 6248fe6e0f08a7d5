"""Needs whose ends don't move together: to what moves in another wave, to what stays, to what is retired.

Keep out: the plan that makes them.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.waves.numbered import looked_up
from discovery_pipeline.domain.analysis.waves.risk import (
    asset_weight,
    crossing_weight,
    latency_role,
    need_weight,
    weights,
)
from discovery_pipeline.domain.handoffs import CUT_EDGES

_STAYING = "retain"
_GOING = "retire"
_MOVES, _STAYS, _RETIRES = range(3)


def judged_assets(facts: pl.DataFrame, decisions: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id, name of everything named, and strategy, weight of what lives and is decided, else null.

    facts, decisions, names: numbered.
    """
    living = facts.filter(~pl.col("vanished").fill_null(value=False)).select("asset_id", weight=asset_weight())
    told = living.join(decisions.select("asset_id", "strategy"), on="asset_id")
    return names.join(told, on="asset_id", how="left").select("asset_id", "name", "strategy", "weight")


def _fates(assets: pl.DataFrame, waves: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id, name, weight, fate (_MOVES, ..., null where none is decided), wave."""
    fate = (
        pl.when(pl.col("wave").is_not_null())
        .then(pl.lit(_MOVES, pl.Int8))
        .when(pl.col("strategy") == _STAYING)
        .then(pl.lit(_STAYS, pl.Int8))
        .when(pl.col("strategy") == _GOING)
        .then(pl.lit(_RETIRES, pl.Int8))
    )
    placed = assets.join(waves, on="asset_id", how="left")
    return placed.select("asset_id", "name", "weight", "wave", fate=pl.when(pl.col("weight").is_not_null()).then(fate))


def _crossing() -> pl.Expr:
    """How a need crosses, or null: its ends move together, or it ends with its dependent."""
    dependent, provider = pl.col("from_fate"), pl.col("to_fate")
    moving = dependent == _MOVES
    return (
        pl.when(dependent == _RETIRES)
        .then(None)
        .when(provider == _RETIRES)
        .then(pl.lit("provider_retired"))
        .when(moving & (provider == _STAYS))
        .then(pl.lit("provider_stays"))
        .when((dependent == _STAYS) & (provider == _MOVES))
        .then(pl.lit("dependent_stays"))
        .when(moving & (pl.col("from_wave") > pl.col("to_wave")))
        .then(pl.lit("provider_first"))
        .when(moving & (pl.col("from_wave") < pl.col("to_wave")))
        .then(pl.lit("dependent_first"))
    )


def _reason(crossing: str) -> pl.Expr:
    """The sentence for needs that cross in this way."""
    moves = pl.format("{} moves in wave {}, its provider {}", "from_name", "from_wave", "to_name")
    told = {
        "provider_first": pl.format("{} before in {}: calls cross until then", moves, "to_wave"),
        "dependent_first": pl.format("{} only in {}: calls go back until then", moves, "to_wave"),
        "provider_stays": pl.format("{} stays: calls cross for good", moves),
        "dependent_stays": pl.format(
            "{} stays, its provider {} moves in wave {}: calls cross for good", "from_name", "to_name", "to_wave"
        ),
        "provider_retired": pl.format("{} needs {}, which is to be retired", "from_name", "to_name"),
    }
    role = pl.when(pl.col("role").is_not_null()).then(pl.format("; {} traffic", "role")).otherwise(pl.lit(""))
    seen = (
        pl.when(pl.col("observations") > 0)
        .then(pl.format("; seen {} times", "observations"))
        .otherwise(pl.lit("; stated, not seen"))
    )
    return told[crossing] + role + seen


def cut_edges(needs: pl.DataFrame, assets: pl.DataFrame, waves: pl.DataFrame) -> pl.DataFrame:
    """CUT_EDGES, the riskiest first, ends as numbered. needs: believed_needs; assets: of judged_assets; waves:
    asset_id, wave of what moves.

    risk = confidence x weight of the more critical end (criticality x environment) x how badly the need takes distance
    (role of its port x chattiness) x how bad the crossing is; the factors stand in risk.yaml.
    """
    fates = _fates(assets, waves)
    both = looked_up(looked_up(needs, "from_asset", fates, "from_"), "to_asset", fates, "to_").drop_nulls(
        ["from_fate", "to_fate"]
    )
    cut = both.with_columns(crossing=_crossing()).drop_nulls("crossing").with_columns(role=latency_role())
    risk = pl.col("confidence") * pl.max_horizontal("from_weight", "to_weight") * need_weight() * crossing_weight()
    parts = [cut.filter(pl.col("crossing") == c).with_columns(reason=_reason(c)) for c in weights()["crossing"]]
    told = pl.concat(parts).with_columns(risk=risk.round(4))
    order = ["risk", "from_asset", "to_asset", "kind"]
    return told.select(*CUT_EDGES).sort(order, descending=[True, False, False, False])
