"""The wave plan as a board: move groups by wave, and what comes of putting some elsewhere. Keep out: its looks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.analysis.waves import moved
from discovery_pipeline.domain.analysis.waves.kept import KEPT, KeptPlan
from discovery_pipeline.domain.analysis.waves.loads import LOADS
from discovery_pipeline.domain.analysis.waves.moved import Consequences
from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.services.assessment_views.estate import AssessedEstate, AssessedFrames
from discovery_pipeline.services.assessment_views.older_plan import made_anew
from discovery_pipeline.services.tenant_settings import PLAN

# label: the application that most of a group serves, else a member. cost: a month on demand, null where none has a
# price. readiness: mean of its machines, null where it has none. crossing: needs of its assets that cross waves.
GROUPS: FrameSchema = {
    "group_id": pl.String(), "label": pl.String(), "wave": pl.Int64(), "size": pl.Int64(), "tib": pl.Float64(),
    "production": pl.Int64(), "weight": pl.Float64(), "readiness": pl.Float64(), "cost": pl.Float64(),
    "crossing": pl.Int64(), "environments": pl.List(pl.String()), "reasons": pl.List(pl.String()),
}  # fmt: skip
# Part of the analysis that holds GROUPS.
PART = "wave_board"


@dataclass(frozen=True)
class WaveBoard:
    """groups: GROUPS. waves: WAVES as published. cuts: how many CUT_EDGES there are; riskiest: the first of them.
    kept: the plan that moves are judged by, made with params.
    """

    kept: KeptPlan
    params: AnalysisParams
    groups: pl.DataFrame
    waves: pl.DataFrame
    cuts: int
    riskiest: pl.DataFrame

    @property
    def last(self) -> int:
        """The number of the last wave; 0 where nothing moves."""
        return int(str(self.groups["wave"].max() or 0))

    @property
    def bounds(self) -> Mapping[str, float]:
        """What a wave may hold, per load of LOADS, infinite where there is no limit."""
        return dict(zip(LOADS, self.kept.bounds(self.params.waves), strict=True))

    def placed(self, moves: Mapping[str, int]) -> pl.DataFrame:
        """GROUPS plus `was`: the wave of the plan, where a move (group_id -> wave) puts the group elsewhere."""
        if not moves:
            return self.groups.with_columns(was=pl.lit(None, pl.Int64))
        said = pl.col("group_id").replace_strict(dict(moves), default=None, return_dtype=pl.Int64)
        away = said.is_not_null() & (said != pl.col("wave"))
        return self.groups.with_columns(was=pl.when(away).then("wave"), wave=pl.when(away).then(said).otherwise("wave"))

    def loads(self, moves: Mapping[str, int]) -> pl.DataFrame:
        """Columns wave, groups, crossing, readiness, cost, and the LOADS, of every wave with something in it."""
        machines = pl.col("readiness").is_not_null()
        mean = (pl.col("readiness") * pl.col("size")).sum() / pl.col("size").filter(machines).sum()
        summed = self.placed(moves).group_by("wave").agg(
            pl.col(LOADS).sum(), groups=pl.len(), crossing=pl.col("crossing").sum(),
            readiness=pl.when(machines.any()).then(mean),
            cost=pl.when(pl.col("cost").count() > 0).then(pl.col("cost").sum()),
        )  # fmt: skip
        return summed.sort("wave")

    def consequences(self, moves: Mapping[str, int]) -> Consequences:
        """What breaks by these moves (group_id -> wave) while all other groups stay. Unknown groups are left out."""
        return moved.consequences(self.kept, self.params.waves, self._waves(), self._numbered(moves))

    def followers(self, moves: Mapping[str, int]) -> pl.DataFrame:
        """Other groups that the next run moves because of these moves: see moved.followers."""
        return moved.followers(self.kept, self.params.waves, self._waves(), self._numbered(moves))

    def members(self, groups: Collection[str]) -> pl.DataFrame:
        """Columns group_id, asset_id of these groups."""
        chosen = self.kept.groups.filter(pl.col("group_id").is_in(list(groups))).select("group", "group_id")
        mine = self.kept.assets.filter(pl.col("group").is_in(chosen["group"].implode()))
        found = mine.select("group", asset_id="id").collect().join(chosen, on="group")
        return found.select("group_id", "asset_id").sort("group_id", "asset_id")

    def members_of(self, assets: Collection[str]) -> pl.DataFrame:
        """Columns group_id, asset_id of those of these assets that move."""
        mine = self.kept.assets.filter(pl.col("id").is_in(list(assets)), pl.col("group").is_not_null())
        found = mine.select("group", asset_id="id").collect()
        return found.join(self.kept.groups.select("group", "group_id"), on="group").select("group_id", "asset_id")

    def _waves(self) -> list[int]:
        return moved.given_waves(self.kept, self.groups)

    def _numbered(self, moves: Mapping[str, int]) -> dict[int, int]:
        numbers = moved.group_numbers(self.kept, moves)
        return {numbers[group]: wave for group, wave in moves.items() if group in numbers}


def wave_board(estate: AssessedEstate, params: AnalysisParams, riskiest: int = 200) -> WaveBoard:
    """The board of the newest run. params: the tenant's plan. riskiest: how many needs that cross waves are told.

    What the run kept is read; it is made anew where it kept nothing, or by another plan. Raises PermanentError for an
    analysis that made no move groups.
    """
    run = estate.run
    missing = [part for part in ("move_groups", "waves", "cut_edges") if not run.has("analysis", part)]
    if missing:
        advice = f"discovery run {run.tenant} makes it anew"
        raise PermanentError("the analysis, of an older version, has no wave plan", where=run.tenant, advice=advice)
    parts = [PART, *map(part_of, KEPT)]
    if all(run.has("analysis", part) for part in parts) and run.meta("analysis").get(PLAN) == params.text:
        kept = KeptPlan.read(lambda name: run.scan("analysis", part_of(name)))
        groups = run.scan("analysis", PART).collect()
    else:
        kept = made_anew(estate, params)
        move_groups, crossing = (run.scan("analysis", part).collect() for part in ("move_groups", "cut_edges"))
        groups = board_groups(kept, move_groups, crossing, estate)
    cuts = run.scan("analysis", "cut_edges")
    return WaveBoard(
        kept, params, groups, run.scan("analysis", "waves").collect(), int(cuts.select(pl.len()).collect().item()),
        cuts.head(riskiest).collect(),
    )  # fmt: skip


def part_of(frame: str) -> str:
    """The part of the analysis that holds a frame of KEPT."""
    return f"plan_{frame}"


def board_parts(
    kept: KeptPlan, groups: pl.DataFrame, cuts: pl.DataFrame, assessed: AssessedFrames
) -> dict[str, pl.DataFrame]:
    """Part of the analysis -> its frame: what a run publishes for the board. See board_groups."""
    return {
        PART: board_groups(kept, groups, cuts, assessed),
        **{part_of(name): frame for name, frame in kept.frames().items()},
    }


def board_groups(kept: KeptPlan, groups: pl.DataFrame, cuts: pl.DataFrame, assessed: AssessedFrames) -> pl.DataFrame:
    """GROUPS by wave, the largest first. groups: MOVE_GROUPS. cuts: CUT_EDGES. Prices are those of the first provider
    of the assessed totals.
    """
    providers = assessed.totals["provider"]
    priced = assessed.priced(providers[0]) if len(providers) else assessed.assets.with_columns(total_on_demand=None)
    price = pl.col("total_on_demand").cast(pl.Float64)
    crossing = pl.concat([cuts.select(asset_id="from_asset"), cuts.select(asset_id="to_asset")]).group_by("asset_id")
    each = groups.lazy().select("group_id", asset_id="members").explode("asset_id", empty_as_null=False)
    told = each.join(priced, on="asset_id", how="left").join(crossing.len("needs").lazy(), on="asset_id", how="left")
    summed = told.group_by("group_id").agg(
        readiness=pl.col("readiness").filter(pl.col("runs_os")).mean(),
        cost=pl.when(price.count() > 0).then(price.sum()),
        crossing=pl.col("needs").sum().cast(pl.Int64),
        environments=pl.col("environment").drop_nulls().unique().sort(),
    )
    planned = groups.select("group_id", "wave", reasons="wave_reasons")
    described = kept.groups.select("group_id", "label", *LOADS)
    joined = described.join(planned, on="group_id").join(summed.collect(), on="group_id", how="left")
    return joined.select(pl.col(name).cast(dtype) for name, dtype in GROUPS.items()).sort(
        ["wave", "size", "group_id"], descending=[False, True, False]
    )
