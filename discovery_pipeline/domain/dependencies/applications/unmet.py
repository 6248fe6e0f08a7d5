"""Needs of applications that people tell and that well observed servers never show.

Keep out: what contradicts a statement outright (edges/corroboration), and what follows from calls (between).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.dependencies.params import DependencyParams

_SAID = ("stated", "stated_unclear", "text", "model")
_REASON = "both applications are observed, and no call of it"
_ENDS = {"from_asset": "to_asset", "to_asset": "from_asset"}
_PAIR = list(_ENDS)


def _calls(edges: pl.DataFrame, params: DependencyParams) -> pl.DataFrame:
    """Dated calls between known machines; none where the watching was too short for silence to mean anything."""
    dated = edges.filter(
        pl.col("first_seen").is_not_null(), pl.col("to_asset").is_not_null(), pl.col("kind") != "application"
    )
    watched = pl.col("last_seen").max() - pl.col("first_seen").min()
    long = (watched >= pl.duration(days=params.rare_days)).fill_null(value=False)
    return dated.filter(long)


def _watched(tiers: pl.DataFrame, serving: pl.DataFrame, side: str) -> pl.Series:
    """Applications seen on this side of calls, with no call there of which the other end may be anybody's server."""
    own = tiers.join(serving, left_on=side, right_on="asset_id")
    unknown = own.join(serving, left_on=_ENDS[side], right_on="asset_id", how="anti")
    return own.join(unknown, on="application_id", how="anti")["application_id"].unique()


def weighed_by_silence(
    evidence: pl.DataFrame, edges: pl.DataFrame, members: pl.DataFrame, params: DependencyParams
) -> pl.DataFrame:
    """EVIDENCE plus kind, with what was said of two applications weighed less where their servers never met.

    That says something where servers of the one are seen calling and of the other being called, long enough, and none
    of the calls is with a server of which nobody knows what it serves: the need could hide there. edges: DEPENDENCIES
    of machines. members: MEMBERSHIPS.
    """
    calls = _calls(edges, params)
    said = pl.col("grade").is_in(_SAID) & (pl.col("kind") == "application")
    if calls.is_empty() or evidence.filter(said).is_empty():
        return evidence
    serving = members.filter(pl.col("confidence") >= params.believed).select("asset_id", "application_id")
    tiers = calls.filter(pl.col("kind") == "tier", pl.col("confidence") >= params.lead)
    met = calls.join(serving.select(from_asset="asset_id", client="application_id"), on="from_asset").join(
        serving.select(to_asset="asset_id", server="application_id"), on="to_asset"
    )
    pairs = met.select(from_asset="client", to_asset="server").unique().with_columns(met=pl.lit(value=True))
    seen = [pl.col(end).is_in(_watched(tiers, serving, end).implode()) for end in _PAIR]
    joined = evidence.join(pairs, on=_PAIR, how="left", maintain_order="left")
    unmet = said & pl.all_horizontal(seen).fill_null(value=False) & pl.col("met").is_null()
    return joined.with_columns(
        weight=pl.when(unmet).then(pl.col("weight") * params.unmet).otherwise("weight"),
        against=pl.when(unmet).then(pl.coalesce("against", pl.lit(_REASON))).otherwise("against"),
    ).drop("met")
