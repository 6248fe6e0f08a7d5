"""The weights of risk.yaml, and what follows from them for an asset and for a need. Keep out: the risk of a wave."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl

from discovery_pipeline.domain.packaged import packaged_yaml


@cache
def weights() -> dict[str, Any]:
    """The document of risk.yaml."""
    data: dict[str, Any] = packaged_yaml(__package__, "risk.yaml")
    return data


def asset_weight() -> pl.Expr:
    """How much of an estate's worth stands behind an asset, in (0, 1]; from columns criticality and environment."""
    known = weights()
    critical = pl.col("criticality").replace_strict(known["criticality"], default=known["unknown_criticality"])
    environment = pl.col("environment").replace_strict(known["environment"], default=known["unknown_environment"])
    return critical.cast(pl.Float64) * environment.cast(pl.Float64)


def latency_role() -> pl.Expr:
    """The most latency-sensitive role among the ports of a need, or null; from column ports."""
    roles = sorted(weights()["latency"].items(), key=lambda role: -float(role[1]["weight"]))
    ranks = {port: rank for rank, (_, role) in reversed(list(enumerate(roles))) for port in role["ports"]}
    names = {rank: name for rank, (name, _) in enumerate(roles)}
    ranked = pl.element().replace_strict(ranks, default=None, return_dtype=pl.Int8)
    return pl.col("ports").list.eval(ranked).list.min().replace_strict(names, default=None, return_dtype=pl.String)


def need_weight() -> pl.Expr:
    """How badly a need takes distance, in (0, 1]: role x chattiness; from columns kind, role, observations."""
    known = weights()
    chat = known["chattiness"]
    roles = {name: role["weight"] for name, role in known["latency"].items()}
    by_role = pl.col("role").replace_strict(roles, default=known["unknown_latency"], return_dtype=pl.Float64)
    by_kind = pl.col("kind").replace_strict(known["kind_latency"], default=None, return_dtype=pl.Float64)
    busy = (1 + pl.col("observations").cast(pl.Float64)).log(10) / chat["busy_decades"]
    talk = pl.when(pl.col("observations") > 0).then((chat["quiet"] + (1 - chat["quiet"]) * busy).clip(upper_bound=1.0))
    return pl.coalesce(by_kind, by_role) * talk.fill_null(chat["unknown"])


def crossing_weight() -> pl.Expr:
    """How bad a crossing is, in (0, 1]; from column crossing."""
    return pl.col("crossing").replace_strict(weights()["crossing"], return_dtype=pl.Float64)
