"""What breaks when move groups are put into other waves by hand, and what the next plan makes of it.

Keep out: the plan itself (plan.py); the decision (a planned wave, as a correction of the data).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from discovery_pipeline.domain.analysis.waves.cuts import cut_edges
from discovery_pipeline.domain.analysis.waves.findings import steps_broken
from discovery_pipeline.domain.analysis.waves.loads import LOADS
from discovery_pipeline.domain.analysis.waves.placing import Known, asset_waves, planned_otherwise, scheduled
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


def consequences(known: Known, waves: Sequence[int], moves: Mapping[int, int]) -> Consequences:
    """waves: where each group stands, by its number. moves: group -> wave."""
    params = known.params.waves
    groups = known.basis.estate.groups
    after = [moves.get(group, wave) for group, wave in enumerate(waves)]
    moved = {group: wave for group, wave in moves.items() if wave != waves[group]}
    assets = known.basis.estate.assets.filter(pl.col("group").is_in(list(moved)))["asset_id"].implode()
    touched = known.edges.filter(pl.col("from_asset").is_in(assets) | pl.col("to_asset").is_in(assets))
    old, new = (_cuts(known, touched, at) for at in (waves, after))
    slots, labels = Slots(params), dict(groups.select("group", "label").iter_rows())
    return Consequences(
        crossing=new.join(old, on=[*_NEED, "crossing"], how="anti", maintain_order="left"),
        mended=old.join(new, on=_NEED, how="anti", maintain_order="left"),
        over=_over(known, waves, after),
        steps=_steps(known, list(moved), waves, after, params.soak_waves),
        services=_services(known, assets, waves, after),
        frozen=tuple(
            (labels[group], wave, params.blackouts[blackout].said)
            for group, wave in sorted(moved.items())
            for blackout in slots.closing(wave, known.basis.frozen.get(group, ()))
        ),
        late=tuple(sorted({wave for wave in moved.values() if slots.late(wave)})),
    )


def followers(known: Known, moves: Mapping[int, int]) -> pl.DataFrame:
    """Columns group_id, label, size, wave, after: other groups that the next plan puts elsewhere if these groups are
    planned in these waves, the largest first.
    """
    plans = [scheduled(planned_otherwise(known.basis, said), known.params.waves).placed.wave for said in ({}, moves)]
    placed = known.basis.estate.groups.select("group", "group_id", "label", "size").with_columns(
        wave=pl.Series(plans[0], dtype=pl.Int64), after=pl.Series(plans[1], dtype=pl.Int64)
    )
    others = placed.filter(pl.col("wave") != pl.col("after"), ~pl.col("group").is_in(list(moves)))
    return others.sort(["size", "group_id"], descending=[True, False]).drop("group")


def _cuts(known: Known, touched: pl.DataFrame, waves: Sequence[int]) -> pl.DataFrame:
    """CUT_EDGES among these needs, ends as ids."""
    ends = pl.concat([touched["from_asset"], touched["to_asset"]]).unique().implode()
    near = pl.col("asset_id").is_in(ends)
    estate, given = known.basis.estate, known.given
    cut = cut_edges(
        touched,
        given.facts.filter(near),
        given.decisions.filter(near),
        asset_waves(replace(estate, assets=estate.assets.filter(near)), waves),
        estate.names.filter(near),
    )
    return cut.with_columns(known.ids.gather(cut[end]).alias(end) for end in ("from_asset", "to_asset")).select(
        *CUT_EDGES
    )


def _over(known: Known, waves: Sequence[int], after: Sequence[int]) -> pl.DataFrame:
    loads = known.basis.estate.groups.select(pl.col(LOADS).cast(pl.Float64))
    old, new = (_loads(loads, at) for at in (waves, after))
    bounds = pl.DataFrame({"load": LOADS, "bound": [float(bound) for bound in known.basis.bounds]})
    both = new.join(old, on=["wave", "load"], how="left", suffix="_before").join(bounds, on="load")
    told = both.select("wave", "load", before=pl.col("held_before").fill_null(0.0), after="held", bound="bound")
    worse = told.filter(pl.col("after") > pl.col("bound") + 1e-9, pl.col("after") > pl.col("before") + 1e-9)
    return worse.sort("wave", "load")


def _loads(loads: pl.DataFrame, waves: Sequence[int]) -> pl.DataFrame:
    """Columns wave, load, held."""
    summed = loads.with_columns(wave=pl.Series(waves, dtype=pl.Int64)).group_by("wave").sum()
    return summed.unpivot(LOADS, index="wave", variable_name="load", value_name="held")


def _steps(known: Known, moved: Sequence[int], waves: Sequence[int], after: Sequence[int], soak: int) -> pl.DataFrame:
    concerned = known.basis.steps.filter(pl.col("group").is_in(moved)).select("application_id").unique()
    steps = known.basis.steps.join(concerned, on="application_id", how="semi")
    numbers = known.basis.estate.groups.select("group", planned_there=pl.lit(value=False))
    old, new = (
        steps_broken(numbers.with_columns(wave=pl.Series(at, dtype=pl.Int64)), steps, soak) for at in (waves, after)
    )
    worse = new.join(old, on=["application_id", "phase"], how="anti")
    named = worse.join(known.basis.estate.names, left_on="application_id", right_on="asset_id", how="left")
    return named.select("first", "earlier", application="name").sort("application", "first")


def _services(known: Known, moved: pl.Series, waves: Sequence[int], after: Sequence[int]) -> pl.DataFrame:
    uses = known.uses.filter(pl.col("from_asset").is_in(moved) | pl.col("to_asset").is_in(moved))
    near = pl.col("asset_id").is_in(pl.concat([uses["from_asset"], uses["to_asset"]]).unique().implode())
    estate = replace(known.basis.estate, assets=known.basis.estate.assets.filter(near))
    old, new = (_away(uses, asset_waves(estate, at)) for at in (waves, after))
    worse = new.join(old, on=["from_asset", "to_asset"], how="anti")
    counted = worse.group_by("name").agg(users=pl.col("from_asset").n_unique().cast(pl.Int64))
    return counted.sort(["users", "name"], descending=[True, False])


def _away(uses: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """The uses of shared services whose ends move in different waves."""
    both = with_waves(uses, placed).join(placed.rename({"asset_id": "from_asset"}), on="from_asset")
    return both.filter(pl.col("at").is_not_null(), pl.col("at") != pl.col("wave"))


def given_waves(known: Known, groups: pl.DataFrame) -> list[int]:
    """The wave of each group by its number. groups: MOVE_GROUPS of a plan of the same groups."""
    waves = known.basis.estate.groups.select("group_id").join(
        groups.select("group_id", "wave"), on="group_id", how="left", maintain_order="left"
    )
    return waves["wave"].to_list()


def group_numbers(known: Known) -> dict[str, int]:
    """group_id -> its number."""
    return dict(known.basis.estate.groups.select("group_id", "group").iter_rows())
