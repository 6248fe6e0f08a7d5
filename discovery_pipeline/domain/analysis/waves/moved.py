"""What breaks when move groups are put into other waves by hand, and what the next plan makes of it.

Keep out: the plan itself (plan.py); the decision (a planned wave, as a correction of the data).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.analysis.waves.cuts import cut_edges
from discovery_pipeline.domain.analysis.waves.findings import steps_broken
from discovery_pipeline.domain.analysis.waves.kept import KeptPlan
from discovery_pipeline.domain.analysis.waves.loads import LOADS
from discovery_pipeline.domain.analysis.waves.numbered import numbered
from discovery_pipeline.domain.analysis.waves.params import WaveParams
from discovery_pipeline.domain.analysis.waves.placing import planned_otherwise, scheduled
from discovery_pipeline.domain.analysis.waves.services import with_waves
from discovery_pipeline.domain.analysis.waves.slots import Slots
from discovery_pipeline.domain.handoffs import CUT_EDGES

_NEED = ["from_asset", "to_asset", "kind"]


@dataclass(frozen=True)
class Consequences:
    """What comes of moves while every other group stays in its wave.

    crossing: CUT_EDGES, the riskiest first: needs that would cross waves, or would cross the other way round; mended:
    those that cross now and would not. over: wave, load (of LOADS), before, after, bound: waves that hold more than
    they may, and more than now. steps: application, first, earlier (waves): applications of which a later environment
    would move before an earlier one has moved and been tested. services: name, users: shared services that would be
    reached from another wave, by so many assets. frozen: label, wave, blackout. late: waves after the deadline.
    """

    crossing: pl.DataFrame
    mended: pl.DataFrame
    over: pl.DataFrame
    steps: pl.DataFrame
    services: pl.DataFrame
    frozen: tuple[tuple[str, int, str], ...]
    late: tuple[int, ...]

    @property
    def breaks(self) -> bool:
        """Whether anything would be worse than now."""
        frames = (self.crossing, self.over, self.steps, self.services)
        return any(len(frame) for frame in frames) or bool(self.frozen or self.late)


def consequences(kept: KeptPlan, params: WaveParams, waves: Sequence[int], moves: Mapping[int, int]) -> Consequences:
    """waves: where each group stands, by its number. moves: group -> wave."""
    after = [moves.get(group, wave) for group, wave in enumerate(waves)]
    moved = {group: wave for group, wave in moves.items() if wave != waves[group]}
    touched, uses = (_touching(edges, list(moved)) for edges in (kept.edges, kept.uses))
    near = _near(kept, touched, uses)
    old, new = (_cuts(near, touched, at) for at in (waves, after))
    slots, told = (
        Slots(params),
        kept.groups.select("group", "label", "frozen").filter(pl.col("group").is_in(list(moved))),
    )
    return Consequences(
        crossing=new.join(old, on=[*_NEED, "crossing"], how="anti", maintain_order="left"),
        mended=old.join(new, on=_NEED, how="anti", maintain_order="left"),
        over=_over(kept.groups, kept.bounds(params), waves, after),
        steps=_steps(kept, list(moved), waves, after, params.soak_waves),
        services=_services(near, uses, waves, after),
        frozen=tuple(
            (label, moved[group], params.blackouts[blackout].said)
            for group, label, frozen in told.select("group", "label", "frozen").sort("group").iter_rows()
            for blackout in slots.closing(moved[group], frozen or ())
        ),
        late=tuple(sorted({wave for wave in moved.values() if slots.late(wave)})),
    )


def followers(kept: KeptPlan, params: WaveParams, waves: Sequence[int], moves: Mapping[int, int]) -> pl.DataFrame:
    """Columns group_id, label, size, wave, after: other groups that the next plan puts elsewhere if these groups are
    planned in these waves, the largest first. waves: where each group stands, by its number.
    """
    after = scheduled(planned_otherwise(kept.basis(params), moves), params).placed.wave
    placed = kept.groups.select("group", "group_id", "label", "size").with_columns(
        wave=pl.Series(waves, dtype=pl.Int64), after=pl.Series(after, dtype=pl.Int64)
    )
    others = placed.filter(pl.col("wave") != pl.col("after"), ~pl.col("group").is_in(list(moves)))
    return others.sort(["size", "group_id"], descending=[True, False]).drop("group")


def _touching(edges: pl.LazyFrame, moved: list[int]) -> pl.DataFrame:
    return edges.filter(pl.col("from_group").is_in(moved) | pl.col("to_group").is_in(moved)).collect()


def _near(kept: KeptPlan, *edges: pl.DataFrame) -> pl.DataFrame:
    """The kept assets at the ends of these edges, sorted by number."""
    ends = pl.concat([each[end] for each in edges for end in ("from_asset", "to_asset")]).unique()
    return kept.assets.filter(pl.col("asset_id").is_in(ends.implode())).collect()


def _placed(near: pl.DataFrame, waves: Sequence[int]) -> pl.DataFrame:
    """Columns asset_id, wave of what moves; assets by their place in near."""
    at = near.select("group").with_row_index("asset_id").drop_nulls("group")
    return at.select("asset_id", wave=pl.Series(waves, dtype=pl.Int64).gather(at["group"]))


def _cuts(near: pl.DataFrame, touched: pl.DataFrame, waves: Sequence[int]) -> pl.DataFrame:
    """CUT_EDGES among these needs, ends as ids."""
    needs = numbered(touched, near["asset_id"], "from_asset", "to_asset")
    cut = cut_edges(needs, near.drop("asset_id").with_row_index("asset_id"), _placed(near, waves))
    return cut.with_columns(near["id"].gather(cut[end]).alias(end) for end in ("from_asset", "to_asset")).select(
        *CUT_EDGES
    )


def _over(groups: pl.DataFrame, limits: Sequence[float], waves: Sequence[int], after: Sequence[int]) -> pl.DataFrame:
    loads = groups.select(pl.col(LOADS).cast(pl.Float64))
    old, new = (_loads(loads, at) for at in (waves, after))
    bounds = pl.DataFrame({"load": LOADS, "bound": [float(bound) for bound in limits]})
    both = new.join(old, on=["wave", "load"], how="left", suffix="_before").join(bounds, on="load")
    told = both.select("wave", "load", before=pl.col("held_before").fill_null(0.0), after="held", bound="bound")
    worse = told.filter(pl.col("after") > pl.col("bound") + 1e-9, pl.col("after") > pl.col("before") + 1e-9)
    return worse.sort("wave", "load")


def _loads(loads: pl.DataFrame, waves: Sequence[int]) -> pl.DataFrame:
    """Columns wave, load, held."""
    summed = loads.with_columns(wave=pl.Series(waves, dtype=pl.Int64)).group_by("wave").sum()
    return summed.unpivot(LOADS, index="wave", variable_name="load", value_name="held")


def _steps(kept: KeptPlan, moved: list[int], waves: Sequence[int], after: Sequence[int], soak: int) -> pl.DataFrame:
    concerned = kept.steps.filter(pl.col("group").is_in(moved)).select("application_id").unique()
    steps = kept.steps.join(concerned, on="application_id", how="semi").collect()
    numbers = kept.groups.select("group", planned_there=pl.lit(value=False))
    old, new = (
        steps_broken(numbers.with_columns(wave=pl.Series(at, dtype=pl.Int64)), steps, soak) for at in (waves, after)
    )
    worse = new.join(old, on=["application_id", "phase"], how="anti")
    named = worse.join(steps.select("application_id", "application").unique(), on="application_id")
    return named.select("first", "earlier", "application").sort("application", "first")


def _services(near: pl.DataFrame, uses: pl.DataFrame, waves: Sequence[int], after: Sequence[int]) -> pl.DataFrame:
    used = numbered(uses.select("from_asset", "to_asset", "name"), near["asset_id"], "from_asset", "to_asset")
    old, new = (_away(used, _placed(near, at)) for at in (waves, after))
    worse = new.join(old, on=["from_asset", "to_asset"], how="anti")
    counted = worse.group_by("name").agg(users=pl.col("from_asset").n_unique().cast(pl.Int64))
    return counted.sort(["users", "name"], descending=[True, False])


def _away(uses: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """The uses of shared services whose ends move in different waves."""
    both = with_waves(uses, placed).join(placed.rename({"asset_id": "from_asset"}), on="from_asset")
    return both.filter(pl.col("at").is_not_null(), pl.col("at") != pl.col("wave"))


def given_waves(kept: KeptPlan, groups: pl.DataFrame) -> list[int]:
    """The wave of each group by its number. groups: MOVE_GROUPS of a plan of the same groups."""
    waves = kept.groups.select("group_id").join(
        groups.select("group_id", "wave"), on="group_id", how="left", maintain_order="left"
    )
    return waves["wave"].to_list()


def group_numbers(kept: KeptPlan, groups: Collection[str]) -> dict[str, int]:
    """group_id -> its number, of those of these that there are."""
    known = kept.groups.filter(pl.col("group_id").is_in(list(groups)))
    return dict(known.select("group_id", "group").iter_rows())
