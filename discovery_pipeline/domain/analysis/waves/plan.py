"""The wave plan as one function: order, pilots, waves, what crosses them, how robust they are, and why.

Keep out: every rule and every figure, each of which has its own module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.analysis.waves.coverage import Discovery, discovery
from discovery_pipeline.domain.analysis.waves.cuts import cut_edges
from discovery_pipeline.domain.analysis.waves.findings import wave_findings
from discovery_pipeline.domain.analysis.waves.freezes import frozen_by, groups_of_applications, unmatched
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
from discovery_pipeline.domain.analysis.waves.pilots import pilots
from discovery_pipeline.domain.analysis.waves.reasons import group_reasons
from discovery_pipeline.domain.analysis.waves.robustness import Robustness, robustness
from discovery_pipeline.domain.analysis.waves.rows import Planned, wave_rows
from discovery_pipeline.domain.analysis.waves.schedule import Given, Placed, schedule
from discovery_pipeline.domain.analysis.waves.slots import Slots
from discovery_pipeline.domain.analysis.waves.summary import wave_summary
from discovery_pipeline.domain.analysis.waves.traits import Estate, estate_of
from discovery_pipeline.domain.handoffs import CUT_EDGES, MOVE_GROUPS

_SHARED = ("infrastructure", "management")
# What fewer manage is one machine's own affair: a backup or a scan of it makes no shared service of it.
_MANAGED = 20


@dataclass(frozen=True)
class WavePlan:
    """groups: MOVE_GROUPS with wave and wave_reasons, by wave and id. waves: WAVES. cut_edges: CUT_EDGES. findings:
    rows of `finding`. summary: JSON-ready.
    """

    groups: pl.DataFrame
    waves: pl.DataFrame
    cut_edges: pl.DataFrame
    findings: list[dict[str, Any]]
    summary: dict[str, Any]


@dataclass(frozen=True)
class _Scheduled:
    """What was decided, before it is described."""

    estate: Estate
    needs: pl.DataFrame
    steps: pl.DataFrame
    order: Constraints
    placed: Placed
    pilots: dict[int, int]
    named: list[int]
    bounds: tuple[float, ...]
    slots: Slots
    frozen: dict[int, tuple[int, ...]]


def _scheduled(given: WaveInput, edges: pl.DataFrame, params: AnalysisParams) -> _Scheduled:
    waves, strict = params.waves, params.waves.order == "environment"
    found = estate_of(given.groups, given.facts, given.members, given.applications, waves)
    needs = group_needs(found, edges)
    groups = settled_phases(found.groups, needs, unknown_phase(waves))
    estate = Estate(found.assets, groups, found.served, found.names)
    steps, bounds, slots = phase_steps(estate), limits(len(estate.assets), waves), Slots(waves)
    order = constraints(groups, needs, steps, bounds, waves.soak_waves, strict)
    frozen = frozen_by(estate, waves.blackouts)
    asked = groups_of_applications(estate, waves.pilots.applications) if waves.pilots.applications else []
    named = sorted({*asked, *groups.filter("pilot")["group"].to_list()})
    piloting = pilots(groups, needs, order, named, frozen, slots, waves.pilots, strict)
    first = 1 + max(piloting.values(), default=0)
    placed = schedule(groups, order, Loads(bounds, slots), Given(piloting, first, frozen), strict)
    return _Scheduled(estate, needs, steps, order, placed, piloting, named, bounds, slots, frozen)


def _robust(
    done: _Scheduled, given: WaveInput, edges: pl.DataFrame, found: Discovery, params: AnalysisParams
) -> Robustness:
    waves = _asset_waves(done)
    staying = given.decisions.filter(pl.col("strategy") == "retain").select("asset_id", wave=pl.lit(0, pl.Int64))
    own = given.facts.filter(~pl.col("vanished").fill_null(value=False)).select("asset_id", "environment")
    placed = pl.concat([waves, staying.join(waves, on="asset_id", how="anti")])
    first = given.members.sort("asset_id", "application_id").unique("asset_id", keep="first", maintain_order=True)
    assets = own.join(placed, on="asset_id").join(first.select("asset_id", "application_id"), on="asset_id", how="left")
    # What was derived from other needs would count them twice.
    calls = edges.filter(pl.col("kind") != "hosting", ~pl.col("derived"))
    return robustness(assets.sort("asset_id"), calls, found, params.waves.draws, params.waves.seed)


def _asset_waves(done: _Scheduled) -> pl.DataFrame:
    waves = done.estate.groups.select("group", wave=pl.Series(done.placed.wave, dtype=pl.Int64))
    return done.estate.assets.select("asset_id", "group").join(waves, on="group").select("asset_id", "wave")


def _shared(given: WaveInput, waves: pl.DataFrame, names: pl.DataFrame, believed: float) -> pl.DataFrame:
    """Columns from_asset, to_asset, name, at: who uses which shared service, and the wave that it moves in."""
    used = given.dependencies.filter(
        pl.col("confidence") >= believed, pl.col("kind").is_in(_SHARED), pl.col("to_asset").is_not_null()
    ).select("from_asset", "to_asset", "kind")
    many = pl.col("from_asset").n_unique().over("to_asset", "kind") >= _MANAGED
    ends = used.filter((pl.col("kind") == "infrastructure") | many).select("from_asset", "to_asset").unique()
    named = ends.join(names.select("name", to_asset="asset_id"), on="to_asset")
    return named.join(waves.select(to_asset="asset_id", at="wave"), on="to_asset", how="left")


def _described(
    done: _Scheduled,
    given: WaveInput,
    edges: pl.DataFrame,
    cuts: pl.DataFrame,
    robust: Robustness,
    believed: float,
    stable: pl.DataFrame,
) -> Planned:
    waves, names = _asset_waves(done), done.estate.names
    assets = done.estate.assets.join(waves, on="asset_id").join(
        given.readiness.select("asset_id", "readiness"), on="asset_id", how="left"
    )
    stability = (
        stable.select("group_id", "stability")
        if "stability" in stable.columns
        else stable.select("group_id", stability=pl.lit(None, dtype=pl.Float64))
    )
    groups = done.estate.groups.with_columns(wave=pl.Series(done.placed.wave, dtype=pl.Int64)).join(
        stability, on="group_id", how="left", maintain_order="left"
    )
    return Planned(
        assets, groups, done.estate.served, done.needs, edges, cuts, _shared(given, waves, names, believed), robust,
        done.bounds, frozenset(done.pilots.values()),
    )  # fmt: skip


def _with_waves(groups: pl.DataFrame, done: _Scheduled, params: AnalysisParams) -> pl.DataFrame:
    said = [blackout.said for blackout in params.waves.blackouts]
    reasons = group_reasons(done.estate, done.placed, done.order, said, params.waves, bool(done.named))
    told = done.estate.groups.select("group_id").with_columns(
        wave=pl.Series(done.placed.wave, dtype=pl.Int64), wave_reasons=reasons
    )
    joined = groups.drop("wave", "wave_reasons", strict=False).join(told, on="group_id")
    ordered = [name for name in MOVE_GROUPS if name in joined.columns]
    return joined.select(*ordered, pl.exclude(ordered)).sort("wave", "group_id")


def plan_waves(given: WaveInput, params: AnalysisParams) -> WavePlan:
    """The wave of every move group, with what follows from it. The same input gives the same plan, in any row order."""
    ids = pl.concat([given.facts["asset_id"], given.members["application_id"]]).unique().sort()
    known = coded(given, ids)
    platforms = known.facts.filter(pl.col("classified_type").is_in(PLATFORMS))
    edges = believed_needs(known.dependencies, platforms, params.believed)
    done = _scheduled(known, edges, params)
    waves = _asset_waves(done)
    cuts = cut_edges(edges, known.facts, known.decisions, waves, done.estate.names)
    found = discovery(edges, known.dependencies, known.facts.select("asset_id"), known.members)
    robust = _robust(done, known, edges, found, params)
    plan = _described(done, known, edges, cuts, robust, params.believed, given.groups)
    rows = wave_rows(plan, done.slots)
    findings = wave_findings(
        plan, done.steps, done.order, done.placed, done.slots, done.frozen, params.waves, done.estate.names
    )
    findings += unmatched(done.estate, params.waves)
    summary = wave_summary(rows, cuts, found, robust, done.bounds, params.waves)
    listed = cuts.with_columns(ids.gather(cuts[end]).alias(end) for end in ("from_asset", "to_asset"))
    return WavePlan(_with_waves(given.groups, done, params), rows, listed.select(*CUT_EDGES), findings, summary)
