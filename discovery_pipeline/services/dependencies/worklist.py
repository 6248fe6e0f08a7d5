"""Where a person's word on dependencies is worth most: doubtful edges that much rests on, applications with many ties.

Keep out: what people decided since the run (waiting.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.services.dependencies.model import Edge
from discovery_pipeline.services.dependencies.neighbourhood import edge_of
from discovery_pipeline.services.dependencies.network import Network
from discovery_pipeline.services.run_frames import RunFrames

# An edge this sure is not worth a person's time; one below the other is hardly even a hint.
_SURE, _UNLIKELY = 0.95, 0.05
# What hangs on an edge of a kind, beside the assets behind it: waves and move groups rest on ties of applications.
_WEIGHTS = {
    "application": 3.0, "tier": 2.0, "hosting": 1.5, "access": 0.5, "infrastructure": 0.5, "management": 0.3,
}  # fmt: skip
# Edges whose dependents are looked up, and edges listed.
_LOOKED_AT, LISTED = 5_000, 200
# An edge that is less sure is one of the doubtful ones of the applications that it touches.
_DOUBTFUL = 0.8


@dataclass(frozen=True)
class DoubtfulEdge:
    """An edge to confirm. start, end: names. behind: assets that need the dependent, and so the provider if it holds.

    value: doubt (1 at a confidence of 0.5) times what hangs on it; only its order means something.
    """

    edge: Edge
    start: str
    end: str
    behind: int
    value: float


@dataclass(frozen=True)
class ApplicationTies:
    """depends_on, used_by: applications. members: assets that serve it. doubtful: undecided
    edges of it and of these assets that are not sure."""

    key: str
    name: str
    depends_on: int
    used_by: int
    members: int
    doubtful: int


def edges_to_confirm(network: Network, run: RunFrames) -> tuple[DoubtfulEdge, ...]:
    """The doubtful edges between assets that nobody decided, most worth an answer first, at most LISTED."""
    candidates = _candidates(network)
    if candidates.is_empty():
        return ()
    valued = _valued(candidates, network, _behind(candidates, network, run)).head(LISTED)
    columns = valued.select("start_key", "end_key", "start_name", "end_name", "behind", "value").rows()
    return tuple(
        DoubtfulEdge(edge_of(row, start, end), start_name, end_name, behind, value)
        for row, (start, end, start_name, end_name, behind, value) in zip(
            valued.select(network.edges.columns).iter_rows(named=True), columns, strict=True
        )
    )


def application_ties(network: Network) -> tuple[ApplicationTies, ...]:
    """Every application with a tie or a member, those with most ties to others first."""
    between = network.edges.filter(pl.col("kind") == "application", pl.col("end") < network.assets)
    own = network.members.select(n="asset_id", application="application_id")
    doubted = _candidates(network).filter(pl.col("confidence") < _DOUBTFUL).with_row_index("edge")
    ends = pl.concat([doubted.select("edge", n=pl.col(side).cast(pl.Int64)) for side in ("start", "end")])
    doubtful = pl.concat([ends.join(own, on="n").select("edge", n="application"), ends]).unique()
    counts = {
        "depends_on": _per(between, "start"),
        "used_by": _per(between, "end"),
        "members": _per(network.members, "application_id"),
        "doubtful": _per(doubtful, "n"),
    }
    found = network.nodes.with_row_index("n").filter(type="application").cast({"n": pl.Int64})
    for name, counted in counts.items():
        found = found.join(counted.rename({"len": name}), on="n", how="left").with_columns(pl.col(name).fill_null(0))
    told = found.filter(pl.sum_horizontal(*counts) > 0)
    ordered = told.sort(pl.col("depends_on") + pl.col("used_by"), "members", "name", descending=[True, True, False])
    return tuple(ApplicationTies(*row) for row in ordered.select("key", "name", *counts).iter_rows())


def _candidates(network: Network) -> pl.DataFrame:
    """The edges in doubt, the most doubtful first."""
    doubt = 4 * pl.col("confidence") * (1 - pl.col("confidence"))
    kind = pl.col("kind").cast(pl.String)
    doubtful = network.edges.filter(pl.col("confidence").is_between(_UNLIKELY, _SURE), pl.col("end") < network.assets)
    # Texts are looked into where it matters: there are a hundred times as many sure edges.
    asked = doubtful.filter(~_decided())
    weighed = asked.with_columns(weight=kind.replace_strict(_WEIGHTS, default=0.0, return_dtype=pl.Float64))
    stake = weighed.with_columns(stake=doubt.cast(pl.Float64) * pl.col("weight"))
    return stake.filter(pl.col("stake") > 0).sort("stake", "start", "end", descending=[True, False, False])


def _decided() -> pl.Expr:
    return pl.col("evidence").cast(pl.String).fill_null("").str.contains(r"^(?:analyst|denied):")


def _behind(candidates: pl.DataFrame, network: Network, run: RunFrames) -> pl.DataFrame:
    """key, behind: the assets that need each dependent, as the analysis counted them; none without one."""
    if not run.has("analysis", "structure"):
        return pl.DataFrame(schema={"start_key": pl.String(), "behind": pl.Int64()})
    keys = network.nodes["key"].gather(candidates["start"].head(_LOOKED_AT)).unique()
    structure = run.scan("analysis", "structure").filter(pl.col("asset_id").is_in(keys.implode()))
    return structure.select(start_key="asset_id", behind="blast_radius").collect()


def _valued(candidates: pl.DataFrame, network: Network, behind: pl.DataFrame) -> pl.DataFrame:
    names = network.nodes
    looked_at = candidates.head(_LOOKED_AT)
    named = looked_at.with_columns(
        names[column].gather(looked_at[side]).alias(f"{side}_{column}")
        for side in ("start", "end")
        for column in ("key", "name")
    )
    joined = named.join(behind, on="start_key", how="left", maintain_order="left")
    counted = joined.with_columns(pl.col("behind").fill_null(0))
    # The logarithm: ten times as many assets behind an edge do not make a surer edge ten times as urgent.
    value = pl.col("stake") * (1 + (1 + pl.col("behind")).log(10))
    order = {"value": True, "start": False, "end": False, "kind": False}
    return counted.with_columns(value=value).sort(*order, descending=list(order.values()))


def _per(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.select(n=pl.col(column).cast(pl.Int64)).group_by("n").len()
