"""What the frames of dependencies and analysis must not show, counted from the frames alone.

Counted anew here, not taken from what made the frames, so that a defect there is seen. Keep out: what the counts are
held to (suites).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

_NEEDS = ("tier", "application", "hosting")
_PRICES = (
    "compute_on_demand",
    "compute_reserved",
    "storage",
    "total_on_demand",
    "total_reserved",
    "total_low",
    "total_high",
)


def graph_facts(edges: pl.DataFrame, memberships: pl.DataFrame, inventory: pl.DataFrame) -> dict[str, float]:
    """edges: DEPENDENCIES. memberships: MEMBERSHIPS; proposed applications need no asset."""
    known = inventory["asset_id"].implode()
    ends = pl.concat([edges["from_asset"], edges["to_asset"], memberships["asset_id"]]).drop_nulls()
    return {
        "edges_without_evidence": edges.filter(pl.col("evidence").list.len() == 0).height,
        "dangling_ends": int((~ends.is_in(known)).sum()),
        "edges_to_themselves": edges.filter(pl.col("from_asset") == pl.col("to_asset")).height,
        "ends_without_address": edges.filter(pl.col("to_asset").is_null() & pl.col("to_address").is_null()).height,
        "memberships_without_reason": memberships.filter(pl.col("reasons").list.len() == 0).height,
        "memberships_twice": memberships.height - memberships.select("asset_id", "application_id").n_unique(),
    }


def assessment_facts(analysis: pl.DataFrame, inventory: pl.DataFrame) -> dict[str, float]:
    """analysis: ANALYSIS."""
    return {
        "assets_without_assessment": inventory.join(analysis, on="asset_id", how="anti").height,
        "assessments_without_reason": analysis.filter(pl.col("reasons").list.len() == 0).height,
        "assessments_without_facts": analysis.filter(pl.col("facts").list.len() == 0).height,
    }


def cost_facts(sizing: pl.DataFrame) -> dict[str, float]:
    """sizing: SIZING."""
    priced = sizing.filter(pl.any_horizontal(pl.col(*_PRICES).is_not_null()))
    total = sizing.drop_nulls(["total_on_demand", "total_low", "total_high"])
    smaller = pl.any_horizontal(
        pl.col("cpus") < pl.col("cpus_needed") - 1e-6, pl.col("memory_gib") < pl.col("memory_needed_gib") - 1e-6
    )
    return {
        "prices_without_date": priced.filter(pl.col("price_date").is_null() | pl.col("currency").is_null()).height,
        "prices_below_zero": sizing.filter(pl.any_horizontal(pl.col(*_PRICES) < 0)).height,
        "totals_outside_their_range": total.filter(
            ~pl.col("total_on_demand").is_between(pl.col("total_low") - 0.01, pl.col("total_high") + 0.01)
        ).height,
        "machines_smaller_than_needed": sizing.filter(pl.col("instance_type").is_not_null(), smaller).height,
        "sizings_without_reason": sizing.filter(pl.col("reasons").list.len() == 0).height,
    }


def wave_facts(parts: Mapping[str, pl.DataFrame], edges: pl.DataFrame, believed: float, limit: int) -> dict[str, float]:
    """parts: of the analysis, by name. edges: DEPENDENCIES. believed: in (0, 1). limit: assets in a group at most."""
    groups, members, waves = parts["move_groups"], parts["group_members"], parts["waves"]
    listed = groups.select("group_id", asset_id="members").explode("asset_id", empty_as_null=False)
    counted = listed.join(groups.select("group_id", "wave"), on="group_id").group_by("wave").agg(found=pl.len())
    told = waves.join(counted, on="wave", how="full", coalesce=True)
    return {
        "assets_in_two_groups": listed.height - listed["asset_id"].n_unique(),
        "groups_over_the_limit": groups.filter(pl.col("members").list.len() > limit).height,
        "groups_without_wave": groups["wave"].null_count(),
        "members_without_reason": listed.join(
            members.filter(pl.col("reason").str.len_chars() > 0), on=["group_id", "asset_id"], how="anti"
        ).height,
        "waves_that_count_otherwise": told.filter(pl.col("assets").ne_missing(pl.col("found"))).height,
        "waves_out_of_order": _out_of_order(waves),
        "needs_across_waves_untold": _untold(parts["analysis"], parts["cut_edges"], edges, believed),
    }


def _out_of_order(waves: pl.DataFrame) -> int:
    """Waves that end before they start, or start before the one before them."""
    dated = waves.drop_nulls(["starts", "ends"]).sort("wave")
    return dated.filter((pl.col("ends") < pl.col("starts")) | (pl.col("starts") < pl.col("starts").shift(1))).height


def _untold(analysis: pl.DataFrame, cut: pl.DataFrame, edges: pl.DataFrame, believed: float) -> int:
    """Believed needs whose provider moves in a later wave than what needs it, and that are not among the cut edges."""
    when = analysis.select("asset_id", "wave").drop_nulls()
    needs = edges.filter(pl.col("confidence") >= believed, pl.col("kind").is_in(_NEEDS))
    ends = needs.join(when.rename({"asset_id": "from_asset", "wave": "from_wave"}), on="from_asset").join(
        when.rename({"asset_id": "to_asset", "wave": "to_wave"}), on="to_asset"
    )
    late = ends.filter(pl.col("to_wave") > pl.col("from_wave"))
    return late.join(cut, on=["from_asset", "to_asset", "kind"], how="anti").height
