"""What is kept of a wave plan, so that moves by hand are judged later without making it anew.

Every frame is small or read by a filter: an estate of a million assets is judged from a few thousand of its rows.
Keep out: the judging (moved.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.analysis.waves.cuts import judged_assets
from discovery_pipeline.domain.analysis.waves.loads import limits
from discovery_pipeline.domain.analysis.waves.numbered import looked_up
from discovery_pipeline.domain.analysis.waves.params import WaveParams
from discovery_pipeline.domain.analysis.waves.placing import Basis, Known
from discovery_pipeline.domain.handoffs import FrameSchema

_ENDS: FrameSchema = {
    "from_asset": pl.UInt32(), "to_asset": pl.UInt32(), "from_group": pl.Int64(), "to_group": pl.Int64(),
}  # fmt: skip
# Assets and groups by their numbers. asked: the plan names it as a pilot; frozen: the blackouts that concern it.
# group, from_group, to_group: null where an asset doesn't move. strategy, weight: null where none is decided.
KEPT: Mapping[str, FrameSchema] = {
    "groups": {
        "group": pl.Int64(), "group_id": pl.String(), "label": pl.String(), "size": pl.Int64(), "tib": pl.Float64(),
        "production": pl.Int64(), "weight": pl.Float64(), "phase": pl.Int64(), "rank": pl.Int64(),
        "planned": pl.Int64(), "pilot": pl.Boolean(), "platform": pl.String(), "asked": pl.Boolean(),
        "frozen": pl.List(pl.Int64()),
    },
    "assets": {
        "asset_id": pl.UInt32(), "id": pl.String(), "name": pl.String(), "group": pl.Int64(), "strategy": pl.String(),
        "weight": pl.Float64(),
    },
    "edges": {
        **_ENDS, "kind": pl.String(), "confidence": pl.Float64(), "observations": pl.Int64(),
        "ports": pl.List(pl.Int64()),
    },
    "needs": {"dependent": pl.Int64(), "provider": pl.Int64(), "strength": pl.Float64()},
    "steps": {"application_id": pl.UInt32(), "application": pl.String(), "phase": pl.Int64(), "group": pl.Int64()},
    "uses": {**_ENDS, "name": pl.String()},
}  # fmt: skip


@dataclass(frozen=True)
class KeptPlan:
    """The frames of KEPT. groups: every one, by number. needs: between groups. steps: of phase_steps. uses: who uses
    which shared service.
    """

    groups: pl.DataFrame
    assets: pl.LazyFrame
    edges: pl.LazyFrame
    needs: pl.LazyFrame
    steps: pl.LazyFrame
    uses: pl.LazyFrame

    def frames(self) -> dict[str, pl.DataFrame]:
        """Frame by name, as `read` takes them."""
        return {name: getattr(self, name).lazy().collect() for name in KEPT}

    @classmethod
    def read(cls, scan: Callable[[str], pl.LazyFrame]) -> KeptPlan:
        """scan: one of the frames by its name."""
        return cls(scan("groups").collect(), *(scan(name) for name in KEPT if name != "groups"))

    def basis(self, params: WaveParams) -> Basis:
        """What the next plan is made from. params: those that the plan was made with."""
        frozen = self.groups.filter(pl.col("frozen").list.len() > 0).select("group", "frozen").iter_rows()
        return Basis(
            self.groups,
            self.needs.collect(),
            self.steps.collect(),
            self.bounds(params),
            tuple(self.groups.filter("asked")["group"]),
            {group: tuple(blackouts) for group, blackouts in frozen},
        )

    def bounds(self, params: WaveParams) -> tuple[float, ...]:
        """Per LOADS, what a wave may hold."""
        return limits(int(self.groups["size"].sum()), params)


def kept_of(known: Known) -> KeptPlan:
    """What is kept of a plan that is made from this."""
    estate, basis = known.estate, known.basis
    placed = estate.assets.select("asset_id", "group")
    frozen = pl.DataFrame(
        {"group": list(basis.frozen), "frozen": [list(numbers) for numbers in basis.frozen.values()]},
        schema={"group": pl.Int64(), "frozen": pl.List(pl.Int64())},
    )
    groups = estate.groups.join(frozen, on="group", how="left", maintain_order="left").with_columns(
        asked=pl.col("group").is_in(list(basis.asked))
    )
    judged = judged_assets(known.given.facts, known.given.decisions, estate.names)
    assets = judged.join(placed, on="asset_id", how="left").sort("asset_id")
    named = estate.names.select(application_id="asset_id", application="name")
    frames = {
        "groups": groups,
        "assets": assets.with_columns(id=known.ids.gather(assets["asset_id"])),
        "edges": _with_groups(known.edges, placed),
        "needs": basis.needs,
        "steps": basis.steps.join(named, on="application_id", how="left", maintain_order="left"),
        "uses": _with_groups(known.uses.sort("from_asset", "to_asset"), placed),
    }
    told = {name: frames[name].select(pl.col(n).cast(t) for n, t in schema.items()) for name, schema in KEPT.items()}
    return KeptPlan.read(lambda name: told[name].lazy())


def _with_groups(edges: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    return looked_up(looked_up(edges, "from_asset", placed, "from_"), "to_asset", placed, "to_")
