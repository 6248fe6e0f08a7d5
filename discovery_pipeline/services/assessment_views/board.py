"""The wave plan as a board: move groups by wave, and what comes of putting some elsewhere. Keep out: its looks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.analysis.groups.applications import application_members
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.analysis.waves import moved
from discovery_pipeline.domain.analysis.waves.given import WaveInput
from discovery_pipeline.domain.analysis.waves.loads import LOADS
from discovery_pipeline.domain.analysis.waves.moved import Consequences
from discovery_pipeline.domain.analysis.waves.placing import Known, known_of
from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.services.assessment_views.estate import AssessedEstate

# label: the application that most of a group serves, else a member. cost: a month on demand, null where none has a
# price. readiness: mean of its machines, null where it has none. crossing: needs of its assets that cross waves.
GROUPS: FrameSchema = {
    "group_id": pl.String(), "label": pl.String(), "wave": pl.Int64(), "size": pl.Int64(), "tib": pl.Float64(),
    "production": pl.Int64(), "weight": pl.Float64(), "readiness": pl.Float64(), "cost": pl.Float64(),
    "crossing": pl.Int64(), "environments": pl.List(pl.String()), "reasons": pl.List(pl.String()),
}  # fmt: skip
_FACTS = (
    "asset_id", "classified_type", "hostname", "application_name", "environment", "criticality", "planned_wave",
    "department", "business_owner", "technical_owner", "vanished", "storage_used_gib", "storage_total_gib",
)  # fmt: skip
_EDGES = ("from_asset", "to_asset", "kind", "evidence", "confidence", "observations", "ports")


@dataclass(frozen=True)
class WaveBoard:
    """groups: GROUPS. waves, cuts: WAVES and CUT_EDGES as published. bounds: per load of LOADS, infinite where none."""

    known: Known
    groups: pl.DataFrame
    waves: pl.DataFrame
    cuts: pl.DataFrame
    bounds: Mapping[str, float]

    @property
    def last(self) -> int:
        """The number of the last wave; 0 where nothing moves."""
        return int(str(self.groups["wave"].max() or 0))

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
        return moved.consequences(self.known, moved.given_waves(self.known, self.groups), self._numbered(moves))

    def followers(self, moves: Mapping[str, int]) -> pl.DataFrame:
        """Other groups that the next run moves because of these moves: see moved.followers."""
        return moved.followers(self.known, self._numbered(moves))

    def members(self, groups: Collection[str]) -> pl.DataFrame:
        """Columns group_id, asset_id of these groups."""
        estate = self.known.basis.estate
        chosen = estate.groups.filter(pl.col("group_id").is_in(list(groups))).select("group", "group_id")
        found = estate.assets.select("group", "asset_id").join(chosen, on="group")
        return found.select("group_id", self.known.ids.gather(found["asset_id"]).alias("asset_id")).sort(
            "group_id", "asset_id"
        )

    def members_of(self, assets: Collection[str]) -> pl.DataFrame:
        """Columns asset_id, group_id of those of these assets that move."""
        estate = self.known.basis.estate
        near = estate.assets.select("asset_id", "group").join(_numbers(self.known.ids, assets), on="asset_id")
        return near.join(estate.groups.select("group", "group_id"), on="group").select("group_id", asset_id="id")

    def names(self, assets: Collection[str]) -> dict[str, str]:
        """asset_id -> what people call it, of these."""
        names = self.known.basis.estate.names
        near = names.join(_numbers(self.known.ids, assets), on="asset_id").select("id", "name")
        return dict(near.iter_rows())

    def _numbered(self, moves: Mapping[str, int]) -> dict[int, int]:
        numbers = moved.group_numbers(self.known)
        return {numbers[group]: wave for group, wave in moves.items() if group in numbers}


def wave_board(estate: AssessedEstate, params: AnalysisParams, provider: str | None) -> WaveBoard:
    """The board of the newest run. params: the tenant's plan. provider: whose prices count, None where there are none.

    Raises PermanentError for an analysis that made no move groups.
    """
    run = estate.run
    missing = [part for part in ("move_groups", "waves", "cut_edges") if not run.has("analysis", part)]
    if missing:
        advice = f"discovery run {run.tenant} makes it anew"
        raise PermanentError("the analysis, of an older version, has no wave plan", where=run.tenant, advice=advice)
    groups = run.scan("analysis", "move_groups").collect()
    known = known_of(_given(estate, groups, params.believed), params)
    waves, cuts = (run.scan("analysis", part).collect() for part in ("waves", "cut_edges"))
    bounds = dict(zip(LOADS, known.basis.bounds, strict=True))
    return WaveBoard(known, _groups(estate, known, groups, cuts, provider), waves, cuts, bounds)


def _given(estate: AssessedEstate, groups: pl.DataFrame, believed: float) -> WaveInput:
    run = estate.run
    facts = run.scan("inventory", "inventory").select(_FACTS).collect()
    systems = estate.assets.select("asset_id", "runs_os", pl.col("os_support", "os_platform").cast(pl.String))
    # A plan reads nothing below what is believed; most edges of a large estate are.
    leads = run.scan("dependencies", "dependencies").select(_EDGES)
    edges = leads.filter(pl.col("confidence") >= believed, pl.col("to_asset").is_not_null()).collect()
    served = run.scan("dependencies", "memberships").collect() if run.has("dependencies", "memberships") else None
    members = application_members(facts, edges, believed, served)
    decided = run.scan("analysis", "analysis").select("asset_id", "strategy", "readiness").collect()
    listed = run.scan("analysis", "applications").select("application_id", "name").collect()
    told = facts.join(systems, on="asset_id", how="left", maintain_order="left")
    return WaveInput(groups, told, decided, edges, members, decided, listed)


def _groups(
    estate: AssessedEstate, known: Known, groups: pl.DataFrame, cuts: pl.DataFrame, provider: str | None
) -> pl.DataFrame:
    assets = (
        estate.priced(provider) if provider else estate.assets.with_columns(total_on_demand=pl.lit(None, pl.Float64))
    )
    crossing = pl.concat([cuts.select(asset_id="from_asset"), cuts.select(asset_id="to_asset")]).group_by("asset_id")
    each = groups.select("group_id", asset_id="members").explode("asset_id", empty_as_null=False)
    told = each.join(assets, on="asset_id", how="left").join(crossing.len("needs"), on="asset_id", how="left")
    price = pl.col("total_on_demand")
    summed = told.group_by("group_id").agg(
        readiness=pl.col("readiness").filter(pl.col("runs_os")).mean(),
        cost=pl.when(price.count() > 0).then(price.sum()),
        crossing=pl.col("needs").sum().cast(pl.Int64),
        environments=pl.col("environment").cast(pl.String).drop_nulls().unique().sort(),
    )
    planned = groups.select("group_id", "wave", reasons="wave_reasons")
    described = known.basis.estate.groups.select("group_id", "label", *LOADS)
    joined = described.join(planned, on="group_id").join(summed, on="group_id", how="left")
    return joined.select(pl.col(name).cast(dtype) for name, dtype in GROUPS.items()).sort(
        ["wave", "size", "group_id"], descending=[False, True, False]
    )


def _numbers(ids: pl.Series, assets: Collection[str]) -> pl.DataFrame:
    """Columns id, asset_id (its number), of those that have one."""
    all_ids = ids.alias("id").to_frame().with_row_index("asset_id")
    return all_ids.filter(pl.col("id").is_in(list(assets)))
