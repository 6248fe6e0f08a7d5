"""From what a plan rests on to the wave of every group, in two steps: what stays the same when a group is moved by hand
is made once. Keep out: what is said of a plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.analysis.waves.freezes import frozen_by, groups_of_applications
from discovery_pipeline.domain.analysis.waves.given import WaveInput, coded
from discovery_pipeline.domain.analysis.waves.knots import Constraints, constraints
from discovery_pipeline.domain.analysis.waves.loads import Loads, limits
from discovery_pipeline.domain.analysis.waves.needs import (
    PLATFORMS,
    believed_needs,
    group_needs,
    phase_steps,
    settled_phases,
)
from discovery_pipeline.domain.analysis.waves.order import unknown_phase
from discovery_pipeline.domain.analysis.waves.params import WaveParams
from discovery_pipeline.domain.analysis.waves.pilots import pilots
from discovery_pipeline.domain.analysis.waves.schedule import Given, Placed, schedule
from discovery_pipeline.domain.analysis.waves.services import shared_uses
from discovery_pipeline.domain.analysis.waves.slots import Slots
from discovery_pipeline.domain.analysis.waves.traits import Estate, estate_of


@dataclass(frozen=True)
class Basis:
    """What a plan is made from. groups: of Estate, with settled phases; needs: NEEDS between them; steps: of
    phase_steps; bounds: per LOADS; asked: the groups of the applications that the plan names as pilots; frozen: group
    -> blackouts.
    """

    groups: pl.DataFrame
    needs: pl.DataFrame
    steps: pl.DataFrame
    bounds: tuple[float, ...]
    asked: tuple[int, ...]
    frozen: dict[int, tuple[int, ...]]


@dataclass(frozen=True)
class Known:
    """Everything that a plan is made from. ids: asset ids by their number. given: coded. edges: its believed needs.
    estate: with settled phases.
    """

    ids: pl.Series
    given: WaveInput
    edges: pl.DataFrame
    estate: Estate
    basis: Basis
    params: AnalysisParams

    @cached_property
    def uses(self) -> pl.DataFrame:
        """Columns from_asset, to_asset, name: who uses which shared service."""
        return shared_uses(self.given, self.estate.names, self.params.believed)


@dataclass(frozen=True)
class Scheduled:
    """What was decided, before it is described. pilots: group -> wave; named: groups that are to be pilots."""

    order: Constraints
    placed: Placed
    pilots: dict[int, int]
    named: list[int]
    slots: Slots


def known_of(given: WaveInput, params: AnalysisParams) -> Known:
    """given: as the phases hand it over."""
    ids = _ids(given.facts["asset_id"], given.members["application_id"])
    known = coded(given, ids)
    platforms = known.facts.filter(pl.col("classified_type").is_in(PLATFORMS))
    edges = believed_needs(known.dependencies, platforms, params.believed)
    found = estate_of(known.groups, known.facts, known.members, known.applications, params.waves)
    needs = group_needs(found, edges)
    groups = settled_phases(found.groups, needs, unknown_phase(params.waves))
    estate = Estate(found.assets, groups, found.served, found.names)
    return Known(ids, known, edges, estate, _basis(estate, needs, params.waves), params)


def _ids(assets: pl.Series, applications: pl.Series) -> pl.Series:
    """Both, distinct and sorted. assets: distinct already, and mostly sorted, which is quicker seen than done anew."""
    proposed = applications.unique()
    missing = proposed.filter(~proposed.is_in(assets.implode()))
    if missing.is_empty():
        return assets if assets.is_sorted() else assets.sort()
    return pl.concat([assets, missing]).sort()


def _basis(estate: Estate, needs: pl.DataFrame, waves: WaveParams) -> Basis:
    asked = groups_of_applications(estate, waves.pilots.applications) if waves.pilots.applications else []
    return Basis(
        estate.groups, needs, phase_steps(estate), limits(len(estate.assets), waves), tuple(asked),
        frozen_by(estate, waves.blackouts),
    )  # fmt: skip


def planned_otherwise(basis: Basis, moves: Mapping[int, int]) -> Basis:
    """The basis if these groups (by number) were planned in these waves by the data."""
    if not moves:
        return basis
    moved = pl.col("group").replace_strict(dict(moves), default=None, return_dtype=pl.Int64)
    planned, pilot = pl.coalesce(moved, "planned"), pl.col("pilot") & moved.is_null()
    return replace(basis, groups=basis.groups.with_columns(planned=planned, pilot=pilot))


def scheduled(basis: Basis, waves: WaveParams) -> Scheduled:
    """The wave of every group."""
    groups, strict, slots = basis.groups, waves.order == "environment", Slots(waves)
    order = constraints(groups, basis.needs, basis.steps, basis.bounds, waves.soak_waves, strict)
    named = sorted({*basis.asked, *groups.filter("pilot")["group"].to_list()})
    piloting = pilots(groups, basis.needs, order, named, basis.frozen, slots, waves.pilots, strict)
    first = 1 + max(piloting.values(), default=0)
    placed = schedule(groups, order, Loads(basis.bounds, slots), Given(piloting, first, basis.frozen), strict)
    return Scheduled(order, placed, piloting, named, slots)


def asset_waves(estate: Estate, waves: Sequence[int]) -> pl.DataFrame:
    """Columns asset_id, wave of what moves. waves: of the groups, by number."""
    numbered = estate.groups.select("group", wave=pl.Series(waves, dtype=pl.Int64))
    return estate.assets.select("asset_id", "group").join(numbered, on="group").select("asset_id", "wave")
