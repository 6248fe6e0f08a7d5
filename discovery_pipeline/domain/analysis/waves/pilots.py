"""Which groups move first, to learn from: those that a plan or the data names, else small ones with little at stake.

Keep out: the waves of everything else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from discovery_pipeline.domain.analysis.waves.knots import Constraints
from discovery_pipeline.domain.analysis.waves.order import UNKNOWN_CRITICALITY
from discovery_pipeline.domain.analysis.waves.params import PilotParams
from discovery_pipeline.domain.analysis.waves.slots import Slots
from discovery_pipeline.domain.analysis.waves.sums import exact_sum


def _packed(chosen: Sequence[tuple[int, int]], room: int, waves: int) -> dict[int, int]:
    """group -> pilot wave: filled in turn, what is left over in the last. chosen: (group, assets)."""
    placed: dict[int, int] = {}
    wave, held = 1, 0
    for group, size in chosen:
        if held and held + size > room and wave < waves:
            wave, held = wave + 1, 0
        placed[group] = wave
        held += size
    return placed


def _untied(groups: pl.DataFrame, order: Constraints) -> pl.Series:
    """Per group: whether it waits for nothing, moves with no other and no need of it was cut."""
    waiting = np.zeros(len(order.inside), dtype=bool)
    waiting[order.later] = True
    crowded = np.array([len(inside) > 1 for inside in order.inside], dtype=bool)
    knots = order.knot[: len(groups)]
    cut = groups["group"].is_in(order.loosened["dependent"].implode())
    return pl.Series(~waiting[knots] & ~crowded[knots]) & ~cut


def _candidates(groups: pl.DataFrame, needs: pl.DataFrame, order: Constraints, strict: bool) -> pl.DataFrame:
    """Groups fit to learn from, best first: at most medium criticality, waiting for nothing, few ties, and every
    platform once before any comes twice.
    """
    free = groups.filter(pl.col("planned").is_null())
    ends = pl.concat([needs.select("strength", group=end) for end in ("dependent", "provider")])
    ties = ends.group_by("group").agg(ties=exact_sum(pl.col("strength")))
    fit = groups.with_columns(untied=_untied(groups, order)).filter(
        "untied",
        pl.col("planned").is_null(),
        pl.col("rank") <= UNKNOWN_CRITICALITY,
        pl.col("platform").is_not_null(),
        pl.lit(not strict) | (pl.col("phase") == free["phase"].min()),
    )
    ranked = fit.join(ties, on="group", how="left").with_columns(pl.col("ties").fill_null(0.0))
    ordered = ranked.sort("rank", "ties", "group")
    turn = pl.int_range(pl.len()).over("platform")
    return ordered.with_columns(turn=turn).sort("turn", "rank", "ties", "group")


def pilots(
    groups: pl.DataFrame,
    needs: pl.DataFrame,
    order: Constraints,
    named: Sequence[int],
    frozen: Mapping[int, tuple[int, ...]],
    slots: Slots,
    params: PilotParams,
    strict: bool,
) -> dict[int, int]:
    """Group -> pilot wave. groups: of traits, phases settled. named: groups that a plan or a label asks for.

    Named ones win. What is planned for a pilot wave pilots, too, and takes of its room: where it leaves none, none are
    chosen, nor in an estate so small that a pilot would be a share of it above params.share.
    """
    planned = dict(groups.select("group", "planned").drop_nulls().iter_rows())
    sizes = dict(groups.select("group", "size").iter_rows())
    asked = [(group, sizes[group]) for group in named if group not in planned]
    if asked:
        return _packed(asked, params.assets, max(params.waves, 1))
    room = min(params.assets, math.floor(params.share * sum(sizes.values())))
    if not room or len(planned) == len(groups):
        return {}
    left = dict.fromkeys(range(1, params.waves + 1), room)
    for group, wave in planned.items():
        if wave in left:
            left[wave] = max(left[wave] - sizes[group], 0)
    chosen: dict[int, int] = {}
    for group, size in _candidates(groups, needs, order, strict).select("group", "size").iter_rows():
        if not any(left.values()):
            break
        open_waves = (w for w, free in left.items() if size <= free and not slots.closing(w, frozen.get(group, ())))
        wave = next(open_waves, None)
        if wave is not None:
            chosen[group] = wave
            left[wave] -= size
    return chosen
