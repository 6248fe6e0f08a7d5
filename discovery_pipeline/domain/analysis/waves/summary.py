"""The wave plan in numbers, JSON-ready: the key `wave_plan` of the analysis' summary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.waves.coverage import Discovery
from discovery_pipeline.domain.analysis.waves.loads import LOADS
from discovery_pipeline.domain.analysis.waves.params import WaveParams
from discovery_pipeline.domain.analysis.waves.robustness import Robustness

_METHOD = (
    "Providers move before or with what needs them, {order}, least critical first, within the capacity of each wave; "
    "circles of needs move at once or are cut where they are weakest. Undiscovered needs: {draws} draws from what two "
    "kinds of evidence missed of each other."
)
_ORDERS = {
    "environment": "earlier environments of the whole estate first",
    "application": "earlier environments of each application first",
}
_CAPACITY = dict(zip(LOADS, ("assets", "storage_tib", "production_servers", "risk"), strict=True))


def _discovered(found: Discovery) -> dict[str, Any]:
    return {
        "observed": found.observed,
        "stated": found.stated,
        "both": found.both,
        "known": found.known,
        "estimated_total": None if found.total is None else round(found.total, 1),
    }


def _cut(cuts: pl.DataFrame) -> dict[str, Any]:
    counted = cuts.group_by("crossing").agg(pl.len(), pl.col("risk").sort().sum().round(2)).sort("crossing")
    return {
        name: {"needs": count, "risk": risk}
        for name, count, risk in counted.select("crossing", "len", "risk").iter_rows()
    }


def wave_summary(
    waves: pl.DataFrame,
    cuts: pl.DataFrame,
    found: Discovery,
    robust: Robustness,
    bounds: Sequence[float],
    params: WaveParams,
) -> dict[str, Any]:
    """waves: WAVES; cuts: CUT_EDGES; bounds: per LOADS (the capacity in force, which may be above the plan's)."""
    first, last = waves["starts"].min(), waves["ends"].max()
    return {
        "method": _METHOD.format(order=_ORDERS[params.order], draws=params.draws),
        "waves": len(waves),
        "starts": None if first is None else str(first),
        "ends": None if last is None else str(last),
        "pilot_waves": int(waves["pilot"].sum()),
        "capacity": {_CAPACITY[name]: bound for name, bound in zip(LOADS, bounds, strict=True) if bound < float("inf")},
        "asked_capacity": params.capacity,
        "crossing_chance": round(robust.chance, 4),
        "expected_crossings": round(robust.expected, 2),
        "expected_crossings_range": [round(robust.low, 2), round(robust.high, 2)],
        "undiscovered_needs": round(robust.missing, 1),
        "discovered": _discovered(found),
        "cut_needs": _cut(cuts),
        "draws": params.draws,
        "seed": params.seed,
    }
