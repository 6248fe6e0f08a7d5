"""What needs what between groups, and which groups hold earlier environments of the same application.

Keep out: circles (knots.py) and waves.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.waves.numbered import looked_up
from discovery_pipeline.domain.analysis.waves.sums import exact_sum
from discovery_pipeline.domain.analysis.waves.traits import Estate

# Shared services set no order: they are reached from both sides while an estate moves, and would come before all.
NEEDING = ("tier", "application", "hosting")
# What a platform carries is left behind by moving: a need of a virtual machine's host ends with the move.
PLATFORMS = ("hypervisor", "cluster")

NEEDS = {"dependent": pl.Int64(), "provider": pl.Int64(), "strength": pl.Float64(), "edges": pl.Int64()}
STEPS = {"earlier": pl.Int64(), "later": pl.Int64(), "application_id": pl.String()}


def with_classes(dependencies: pl.DataFrame) -> pl.DataFrame:
    """DEPENDENCIES with flags in the place of the evidence: observed, stated, derived (nothing but what follows from
    other edges, whose observations it repeats).
    """
    said = (";" + dependencies["evidence"].list.join(";", ignore_nulls=True)).alias("said")
    # A sentence of evidence is read once, however many edges it stands behind.
    known = said.drop_nulls().unique().sort()
    kind = said.cast(pl.Enum(known)).to_physical()
    flags = known.to_frame().select(
        observed=pl.col("said").str.contains(";(?:observed|derived):"),
        stated=pl.col("said").str.contains(";(?:stated|text)[a-z_]*:"),
        derived=pl.col("said").str.count_matches(";derived:", literal=True),
    )
    told = flags.select(pl.all().gather(kind))
    count = dependencies["evidence"].list.len()
    derived = (told["derived"] == count) & (count > 0)
    return dependencies.drop("evidence").with_columns(
        told.with_columns(derived.alias("derived")).select(pl.all().fill_null(value=False))
    )


def believed_needs(edges: pl.DataFrame, platforms: pl.DataFrame, believed: float) -> pl.DataFrame:
    """What has to be reachable: believed needs between assets. edges: of with_classes.

    platforms: column asset_id of hypervisors and clusters.
    """
    known = edges.filter(
        pl.col("confidence") >= believed, pl.col("kind").is_in(NEEDING), pl.col("to_asset").is_not_null()
    )
    return known.join(platforms.select(to_asset="asset_id"), on="to_asset", how="anti")


def group_needs(estate: Estate, needs: pl.DataFrame) -> pl.DataFrame:
    """NEEDS between different groups, sorted; strength: the sum of the edges' confidence."""
    ends = estate.assets.select("asset_id", "group")
    placed = looked_up(
        looked_up(needs.select("from_asset", "to_asset", "confidence"), "from_asset", ends, "from_"),
        "to_asset",
        ends,
        "to_",
    )
    named = placed.select("confidence", dependent="from_group", provider="to_group").drop_nulls()
    between = named.filter(pl.col("dependent") != pl.col("provider"))
    summed = between.group_by("dependent", "provider").agg(strength=exact_sum(pl.col("confidence")), edges=pl.len())
    return summed.select(pl.col(n).cast(t) for n, t in NEEDS.items()).sort("dependent", "provider")


def phase_steps(estate: Estate) -> pl.DataFrame:
    """Columns application_id, phase, group: the groups that hold an application's assets of one phase, sorted.

    Only applications whose groups stand in more than one phase.
    """
    own = estate.assets.filter(pl.col("classified_type") == "application").select("asset_id", application_id="asset_id")
    served = pl.concat([estate.served, own])
    placed = served.join(estate.assets.select("asset_id", "group"), on="asset_id")
    ranked = placed.select("application_id", "group").unique().join(estate.groups.select("group", "phase"), on="group")
    return ranked.filter(pl.col("phase").n_unique().over("application_id") > 1).sort("application_id", "phase", "group")


def _needed_phase(groups: pl.DataFrame, needs: pl.DataFrame) -> pl.DataFrame:
    """Columns group, lowest, highest: latest phase of what a group needs, earliest of what needs it; of known ones."""
    phases = groups.select("group", "phase").drop_nulls()
    providers = (
        needs.join(phases, left_on="provider", right_on="group").group_by("dependent").agg(lowest=pl.col("phase").max())
    )
    dependents = (
        needs.join(phases, left_on="dependent", right_on="group")
        .group_by("provider")
        .agg(highest=pl.col("phase").min())
    )
    joined = groups.select("group").join(providers, left_on="group", right_on="dependent", how="left")
    return joined.join(dependents, left_on="group", right_on="provider", how="left")


def settled_phases(groups: pl.DataFrame, needs: pl.DataFrame, unknown: int) -> pl.DataFrame:
    """groups with every phase filled, and `inferred` (it was null).

    A group without an environment moves with `unknown`, but not before the phase of what it needs (through others
    without one, too), nor after that of what needs it where it has the choice.
    """
    ends = pl.col("dependent").is_in(groups.filter(pl.col("phase").is_null())["group"].implode())
    open_needs = needs.filter(ends)
    filled = groups
    while True:
        bounds = _needed_phase(filled, open_needs)
        raised = filled.join(bounds.select("group", "lowest"), on="group", how="left", maintain_order="left")
        # Only what has to wait for a later phase than `unknown` is settled by what it needs.
        later = raised.with_columns(
            phase=pl.when(pl.col("phase").is_null() & (pl.col("lowest") > unknown)).then("lowest").otherwise("phase")
        ).drop("lowest")
        if later["phase"].null_count() == filled["phase"].null_count():
            break
        filled = later
    bounds = _needed_phase(filled, needs)
    middle = pl.max_horizontal(pl.min_horizontal(pl.lit(unknown), "highest"), "lowest")
    settled = filled.join(bounds, on="group", how="left", maintain_order="left").with_columns(
        phase=pl.coalesce("phase", middle.cast(pl.Int64))
    )
    return settled.drop("lowest", "highest").with_columns(inferred=groups["phase"].is_null())
