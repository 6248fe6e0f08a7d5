"""Whether choices get better or worse over time: a test, not a comparison of two means."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import numpy as np

from discovery_pipeline.domain.learning.beta import Beta
from discovery_pipeline.domain.learning.trust import Decision

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Direction = Literal["improving", "stable", "declining", "too_few"]

# False alarms: of streams that are stable, the share that is told otherwise.
ALPHA = 0.05
# Below either the normal distribution is no likeness of the sum's own.
FEWEST_DECISIONS, FEWEST_MOMENTS = 20, 4


@dataclass(frozen=True)
class Trend:
    """p_value: of no trend, two-sided; None of too few. change: in the share of right ones from the first decision to
    the last, as fitted by a line, in [-1, 1] or little beyond. decisions: how many were judged."""

    direction: Direction
    p_value: float | None
    change: float
    decisions: int


@dataclass(frozen=True)
class _Moments:
    """Decisions of one moment are one batch. at: their mean rank in time. count, right: how many, and of them right."""

    at: Floats
    count: Floats
    right: Floats


def trend(right: Sequence[bool], made_at: Sequence[datetime]) -> Trend:
    """The trend of being right. made_at: of each decision; of one length with `right`, else ValueError.

    Cochran-Armitage's test (Armitage, Biometrics 11, 1955; the score test of a logistic slope), time being the order
    of decisions, so that idle months do not count. Decisions of one batch are alike: where there are batches, the
    variance grows by the dispersion between them, and Student's distribution judges (McCullagh and Nelder, Generalized
    Linear Models, 1989, 4.5).
    """
    if len(right) != len(made_at):
        raise ValueError(f"{len(right)} outcomes of {len(made_at)} moments")
    moments = _moments(right, made_at)
    if len(right) < FEWEST_DECISIONS or len(moments.at) < FEWEST_MOMENTS:
        return Trend("too_few", None, 0.0, len(right))
    share = float(moments.right.sum() / len(right))
    if share in (0.0, 1.0):
        return Trend("stable", 1.0, 0.0, len(right))
    away = moments.at - (moments.at * moments.count).sum() / len(right)
    spread = float((moments.count * away**2).sum())
    slope = float((moments.right * away).sum()) / spread
    z = slope * math.sqrt(spread / (share * (1.0 - share)))
    p_value = _p_value(z, moments, share + slope * away)
    change = slope * float(moments.at[-1] - moments.at[0])
    return Trend(_direction(p_value, change), p_value, change, len(right))


def trends(
    decisions: Iterable[Decision], by: Sequence[Literal["method", "field", "source"]] = ("method",)
) -> dict[tuple[str | None, ...], Trend]:
    """The trend of each key that decisions have, in the order of keys; by () of all of them together.

    p-values are adjusted for how many keys were tested (Benjamini and Hochberg, J. R. Stat. Soc. B 57, 1995): of the
    trends that are told, so many are false. Columns that were left alone are no decisions.
    """
    groups: dict[tuple[str | None, ...], list[Decision]] = {}
    for decision in decisions:
        if not decision.left_alone:
            groups.setdefault(tuple(getattr(decision, name) for name in by), []).append(decision)
    ordered = sorted(groups, key=lambda key: tuple(name or "" for name in key))
    found = {key: trend([d.right for d in groups[key]], [d.made_at for d in groups[key]]) for key in ordered}
    return found | _adjusted(found)


def _moments(right: Sequence[bool], made_at: Sequence[datetime]) -> _Moments:
    moments = sorted(set(made_at))
    order = {moment: place for place, moment in enumerate(moments)}
    places = [order[moment] for moment in made_at]
    count: Floats = np.bincount(places, minlength=len(moments)).astype(np.float64)
    rights = np.bincount(places, weights=np.asarray(right, dtype=np.float64), minlength=len(moments))
    return _Moments(np.cumsum(count) - (count - 1.0) / 2.0, count, rights.astype(np.float64))


def _p_value(z: float, moments: _Moments, fitted: Floats) -> float:
    if moments.count.max() == 1.0:
        return math.erfc(abs(z) / math.sqrt(2.0))
    freedom = len(moments.at) - 2
    t2 = z**2 / max(_dispersion(moments, fitted), 1.0)
    return Beta(freedom / 2.0, 0.5).below(freedom / (freedom + t2))


def _dispersion(moments: _Moments, fitted: Floats) -> float:
    """How many times as far from the line batches lie as they would by chance (Pearson's statistic)."""
    inside = np.clip(fitted, 0.5 / moments.count.sum(), 1.0 - 0.5 / moments.count.sum())
    expected = moments.count * inside
    return float((((moments.right - expected) ** 2) / (expected * (1.0 - inside))).sum() / (len(moments.at) - 2))


def _direction(p_value: float, change: float) -> Direction:
    if p_value > ALPHA:
        return "stable"
    return "improving" if change > 0 else "declining"


def _adjusted(found: dict[tuple[str | None, ...], Trend]) -> dict[tuple[str | None, ...], Trend]:
    tested = sorted(((t.p_value, key) for key, t in found.items() if t.p_value is not None), key=lambda pair: pair[0])
    adjusted, least = {}, 1.0
    for rank in range(len(tested), 0, -1):
        p_value, key = tested[rank - 1]
        least = min(least, p_value * len(tested) / rank)
        adjusted[key] = replace(found[key], p_value=least, direction=_direction(least, found[key].change))
    return adjusted
