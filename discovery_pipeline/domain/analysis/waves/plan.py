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
from discovery_pipeline.domain.analysis.waves.freezes import unmatched
from discovery_pipeline.domain.analysis.waves.given import WaveInput
from discovery_pipeline.domain.analysis.waves.kept import KeptPlan, kept_of
from discovery_pipeline.domain.analysis.waves.placing import Known, Scheduled, asset_waves, known_of, scheduled
from discovery_pipeline.domain.analysis.waves.reasons import group_reasons
from discovery_pipeline.domain.analysis.waves.robustness import Robustness, robustness
from discovery_pipeline.domain.analysis.waves.rows import Planned, wave_rows
from discovery_pipeline.domain.analysis.waves.services import with_waves
from discovery_pipeline.domain.analysis.waves.summary import wave_summary
from discovery_pipeline.domain.handoffs import CUT_EDGES, MOVE_GROUPS


@dataclass(frozen=True)
class WavePlan:
    """groups: MOVE_GROUPS with wave and wave_reasons, by wave and id. waves: WAVES. cut_edges: CUT_EDGES. findings:
    rows of `finding`. summary: JSON-ready. kept: what moves by hand are judged by later.
    """

    groups: pl.DataFrame
    waves: pl.DataFrame
    cut_edges: pl.DataFrame
    findings: list[dict[str, Any]]
    summary: dict[str, Any]
    kept: KeptPlan


def _robust(known: Known, waves: pl.DataFrame, found: Discovery) -> Robustness:
    given, params = known.given, known.params.waves
    staying = given.decisions.filter(pl.col("strategy") == "retain").select("asset_id", wave=pl.lit(0, pl.Int64))
    own = given.facts.filter(~pl.col("vanished").fill_null(value=False)).select("asset_id", "environment")
    placed = pl.concat([waves, staying.join(waves, on="asset_id", how="anti")])
    first = given.members.sort("asset_id", "application_id").unique("asset_id", keep="first", maintain_order=True)
    assets = own.join(placed, on="asset_id").join(first.select("asset_id", "application_id"), on="asset_id", how="left")
    # What was derived from other needs would count them twice.
    calls = known.edges.filter(pl.col("kind") != "hosting", ~pl.col("derived"))
    return robustness(assets.sort("asset_id"), calls, found, params.draws, params.seed)


def _described(
    done: Scheduled, known: Known, waves: pl.DataFrame, cuts: pl.DataFrame, robust: Robustness, stable: pl.DataFrame
) -> Planned:
    estate, basis = known.estate, known.basis
    assets = estate.assets.join(waves, on="asset_id").join(
        known.given.readiness.select("asset_id", "readiness"), on="asset_id", how="left"
    )
    stability = (
        stable.select("group_id", "stability")
        if "stability" in stable.columns
        else stable.select("group_id", stability=pl.lit(None, dtype=pl.Float64))
    )
    groups = estate.groups.with_columns(wave=pl.Series(done.placed.wave, dtype=pl.Int64)).join(
        stability, on="group_id", how="left", maintain_order="left"
    )
    return Planned(
        assets, groups, estate.served, basis.needs, known.edges, cuts, with_waves(known.uses, waves),
        robust, basis.bounds, frozenset(done.pilots.values()),
    )  # fmt: skip


def _with_waves(groups: pl.DataFrame, done: Scheduled, known: Known) -> pl.DataFrame:
    params, estate = known.params.waves, known.estate
    said = [blackout.said for blackout in params.blackouts]
    reasons = group_reasons(estate, done.placed, done.order, said, params, bool(done.named))
    told = estate.groups.select("group_id").with_columns(
        wave=pl.Series(done.placed.wave, dtype=pl.Int64), wave_reasons=reasons
    )
    joined = groups.drop("wave", "wave_reasons", strict=False).join(told, on="group_id")
    ordered = [name for name in MOVE_GROUPS if name in joined.columns]
    return joined.select(*ordered, pl.exclude(ordered)).sort("wave", "group_id")


def plan_waves(given: WaveInput, params: AnalysisParams) -> WavePlan:
    """The wave of every move group, with what follows from it. The same input gives the same plan, in any row order."""
    known = known_of(given, params)
    estate, basis, edges = known.estate, known.basis, known.edges
    done = scheduled(basis, params.waves)
    waves = asset_waves(estate, done.placed.wave)
    kept = kept_of(known)
    cuts = cut_edges(edges, kept.assets.collect(), waves)
    found = discovery(edges, known.given.dependencies, known.given.facts.select("asset_id"), known.given.members)
    robust = _robust(known, waves, found)
    plan = _described(done, known, waves, cuts, robust, given.groups)
    rows = wave_rows(plan, done.slots)
    findings = wave_findings(
        plan, basis.steps, done.order, done.placed, done.slots, basis.frozen, params.waves, estate.names
    )
    findings += unmatched(estate, params.waves)
    summary = wave_summary(rows, cuts, found, robust, basis.bounds, params.waves)
    listed = cuts.with_columns(known.ids.gather(cuts[end]).alias(end) for end in ("from_asset", "to_asset"))
    groups = _with_waves(given.groups, done, known)
    return WavePlan(groups, rows, listed.select(*CUT_EDGES), findings, summary, kept)
