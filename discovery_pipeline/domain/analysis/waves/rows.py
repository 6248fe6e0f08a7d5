"""One row per wave: its days, what is in it, its priority, risk and confidence with the reasons for each.

Keep out: how groups got their waves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.analysis.waves.judgement import judged, reasons
from discovery_pipeline.domain.analysis.waves.numbered import looked_up
from discovery_pipeline.domain.analysis.waves.robustness import Robustness
from discovery_pipeline.domain.analysis.waves.slots import Slots
from discovery_pipeline.domain.analysis.waves.sums import exact_mean, exact_sum
from discovery_pipeline.domain.handoffs import WAVES

_URGENT = ("ended", "ending")
_EXAMPLES = 5


@dataclass(frozen=True)
class Planned:
    """A plan to be described. assets: Estate.assets plus wave and readiness; groups: Estate.groups plus wave, stability
    (or null); served, needs (between groups), edges (believed needs between assets), cuts (CUT_EDGES), shared
    (from_asset, name: who uses which shared service), robust; bounds: per LOADS; pilots: waves that hold pilots.
    """

    assets: pl.DataFrame
    groups: pl.DataFrame
    served: pl.DataFrame
    needs: pl.DataFrame
    edges: pl.DataFrame
    cuts: pl.DataFrame
    shared: pl.DataFrame
    robust: Robustness
    bounds: Sequence[float]
    pilots: frozenset[int]


def _counts(plan: Planned) -> pl.DataFrame:
    own = plan.assets.filter(pl.col("classified_type") == "application").select("asset_id", application_id="asset_id")
    placed = plan.assets.select("asset_id", "wave")
    applications = (
        pl.concat([plan.served, own])
        .join(placed, on="asset_id")
        .group_by("wave")
        .agg(applications=pl.col("application_id").n_unique())
    )
    known = [pl.col(c).is_not_null() for c in ("environment", "criticality")]
    serving = pl.col("asset_id").is_in(plan.served["asset_id"].implode()) | (pl.col("classified_type") == "application")
    known_share = pl.mean_horizontal([fact.cast(pl.Float64) for fact in (*known, serving)])
    machines = pl.col("runs_os").fill_null(value=False)
    counted = (
        plan.assets.with_columns(known=known_share)
        .group_by("wave")
        .agg(
            assets=pl.len(),
            environments=pl.col("environment").drop_nulls().unique().sort(),
            storage_tib=exact_sum(pl.col("tib")).round(3),
            production=pl.col("production").sum(),
            weight=exact_sum(pl.col("weight")),
            criticality=exact_mean(pl.col("weight")),
            readiness=1 - exact_mean(pl.col("readiness")).fill_null(100.0) / 100,
            urgency=(pl.col("os_support").is_in(_URGENT) & machines).sum() / machines.sum().clip(lower_bound=1),
            known=exact_mean(pl.col("known")),
        )
    )
    groups = plan.groups.group_by("wave").agg(groups=pl.len(), stability=exact_mean(pl.col("stability")))
    return (
        counted.join(groups, on="wave")
        .join(applications, on="wave", how="left")
        .with_columns(pl.col("applications").fill_null(0))
    )


def _enabling(plan: Planned) -> pl.DataFrame:
    """Columns wave, enabling: the share of the groups in later waves that need something of the wave."""
    waves = plan.groups.select("group", "wave")
    ends = plan.needs.join(waves.rename({"group": "dependent", "wave": "at"}), on="dependent").join(
        waves.rename({"group": "provider"}), on="provider"
    )
    needing = ends.filter(pl.col("at") > pl.col("wave")).group_by("wave").agg(n=pl.col("dependent").n_unique())
    counts = waves.group_by("wave").len().sort("wave", descending=True)
    later = counts.with_columns(later=pl.col("len").cum_sum() - pl.col("len"))
    joined = later.join(needing, on="wave", how="left")
    return joined.select("wave", enabling=pl.col("n").fill_null(0) / pl.col("later").clip(lower_bound=1))


def _crossings(plan: Planned) -> pl.DataFrame:
    """Columns wave, cuts, worst; crossing: risk summed over all needs that touch the wave; firm: their confidence."""
    placed = plan.assets.select("asset_id", "wave")
    touching = _touching(plan.edges.select("from_asset", "to_asset", "confidence"), placed)
    needs = touching.group_by("wave").agg(needs=pl.len(), firm=exact_mean(pl.col("confidence")))
    # Cuts stand by risk, the highest first.
    cut = _touching(plan.cuts.select("from_asset", "to_asset", "risk").with_row_index("rank"), placed)
    crossed = cut.group_by("wave").agg(cuts=pl.len(), lost=exact_sum(pl.col("risk")), rank=pl.col("rank").min())
    worst = plan.cuts.select(worst="reason").with_row_index("rank")
    crossed = crossed.join(worst, on="rank", how="left")
    joined = needs.join(crossed, on="wave", how="full", coalesce=True)
    share = (pl.col("lost").fill_null(0.0) / pl.col("needs").clip(lower_bound=1)).clip(upper_bound=1.0)
    return joined.select("wave", "firm", "worst", cuts=pl.col("cuts").fill_null(0), crossing=share.fill_null(0.0))


def _touching(edges: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """edges plus wave, once for every wave that one of their ends moves in."""
    both = looked_up(looked_up(edges, "from_asset", placed, "from_"), "to_asset", placed, "to_").rename(
        {"from_wave": "a", "to_wave": "b"}
    )
    first = both.drop_nulls("a").rename({"a": "wave"}).drop("b")
    second = both.filter(pl.col("b").is_not_null(), pl.col("a").ne_missing(pl.col("b")))
    return pl.concat([first, second.rename({"b": "wave"}).drop("a")])


def _services(plan: Planned) -> pl.DataFrame:
    """Columns wave, services (how many shared services it reaches in other waves or places), examples."""
    used = plan.shared.join(plan.assets.select("wave", from_asset="asset_id"), on="from_asset")
    away = used.filter(pl.col("at").fill_null(0) != pl.col("wave"))
    counted = (
        away.group_by("wave", "to_asset", "name").len().sort(["wave", "len", "name"], descending=[False, True, False])
    )
    return counted.group_by("wave", maintain_order=True).agg(
        services=pl.col("to_asset").n_unique(), examples=pl.col("name").head(_EXAMPLES).str.join(", ")
    )


def wave_rows(plan: Planned, slots: Slots) -> pl.DataFrame:
    """WAVES, in order. risk and priority: weighted means by risk.yaml; confidence: the geometric mean of what is known
    of the assets, of the share of needs found, of the needs' own confidence and of the groups' stability, as far as
    there are any.
    """
    robust = plan.robust.waves.rename({"chance": "crossing_chance"})
    joined = _counts(plan)
    for part in (_enabling(plan), _crossings(plan), _services(plan), robust):
        joined = joined.join(part, on="wave", how="left")
    filled = joined.with_columns(
        pl.col("cuts", "services").fill_null(0),
        pl.col("crossing", "enabling").fill_null(0.0),
        pl.col("urgency").fill_null(0.0),
        expected_crossings=pl.col("expected").round(2),
        pilot=pl.col("wave").is_in(sorted(plan.pilots)),
    )
    rated = judged(filled, plan.bounds).sort("wave")
    days = [slots.days(wave) for wave in rated["wave"].to_list()]
    dated = rated.with_columns(
        waited=pl.Series([", ".join(slots.pushed(wave)) for wave in rated["wave"].to_list()], dtype=pl.String),
        starts=pl.Series([d[0] if d else None for d in days], dtype=pl.Date),
        ends=pl.Series([d[1] if d else None for d in days], dtype=pl.Date),
    )
    return dated.with_columns(reasons=reasons()).select(pl.col(n).cast(t) for n, t in WAVES.items())
