"""The order in which environments and criticalities move. Keep out: when a group moves."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.waves.params import WaveParams

# Ranks by which groups are formed and shown; what is not known goes with the middle.
ENVIRONMENTS = {"sandbox": 0, "development": 0, "test": 1, "qa": 1, "staging": 2, "other": 2, "production": 3, "dr": 3}
CRITICALITIES = {"low": 0, "medium": 1, "high": 2, "critical": 3}
UNKNOWN_CRITICALITY = 1


def phases(params: WaveParams) -> dict[str, int]:
    """Environment -> number of the phase in which it moves; those that the plan doesn't list move in the last."""
    listed: dict[str, int] = {name: number for number, names in enumerate(params.environments) for name in names}
    last = max(len(params.environments) - 1, 0)
    return {name: listed.get(name, last) for name in ENVIRONMENTS}


def unknown_phase(params: WaveParams) -> int:
    """The phase of what has no environment."""
    return phases(params)["other"]


def phase(environment: pl.Expr, params: WaveParams) -> pl.Expr:
    """The phase of an environment, null where it is not known."""
    return environment.replace_strict(phases(params), default=None, return_dtype=pl.Int64)


def criticality(value: pl.Expr) -> pl.Expr:
    """The rank of a criticality, null where it is not known."""
    return value.replace_strict(CRITICALITIES, default=None, return_dtype=pl.Int64)
