"""From which confidence on a mapping is accepted without a person's look, given what people made of its like.

Keep out: what they made of it (domain/learning/trust.py), choosing (resolve.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from discovery_pipeline.domain.learning.trust import Decision, Posterior, Tracker, tracked
from discovery_pipeline.domain.mapping.trained.combiner import Combiner, combiner

AcceptFor = Callable[[str, str, int], float]
"""(method, field, table_no) of a mapping -> the confidence from which it is accepted."""

# Below it one mapping in four is wrong by its own word, and no record is long enough to accept them unseen.
LOWEST = 0.75
# Decisions about a method before they move anything: one correction is no record.
FEWEST = 5
_TINY = 1e-9


def tracker(decisions: Iterable[Decision], precision: float) -> Tracker:
    """The confidence tracker of a tenant's standing decisions. precision: the error budget, as ResolveParams has it."""
    return tracked(decisions, reference_error(combiner(), precision))


def thresholds(decisions: Iterable[Decision], precision: float, sources: Mapping[int, str]) -> AcceptFor | None:
    """What ResolveParams takes as accept_for; None without decisions. sources: of the tables, by table_no."""
    known = tracker(decisions, precision)
    if not known.tallies:
        return None
    threshold = combiner().accept_from(precision)

    @cache
    def of(method: str, field: str, source: str | None) -> float:
        if known.of(method).tally.decisions < FEWEST:
            return threshold
        return accept_threshold(known.of(method, field, source), threshold, precision)

    return lambda method, field, table_no: of(method, field, sources.get(table_no))


def accept_threshold(known: Posterior, threshold: float, precision: float) -> float:
    """The confidence from which mappings of a key keep the error budget. threshold: the global one.

    With more errors than promised the key has to be surer: as many times fewer errors must be promised as there were
    more, at the mean. Below the global threshold it is accepted only where the key has decisions of its own and the
    posterior's lower bound keeps the budget, and only as far as that bound does: what other sources show may hold a
    mapping back, but lets none through. A key of which nothing is known has the global threshold.
    """
    if not known.learned:
        return threshold
    if known.excess > 1.0:
        return max(threshold, _surer_by(known.excess, precision))
    if not known.tally.decisions or known.interval[0] < precision:
        return threshold
    lower = known.interval[0]
    at_worst = known.excess * (1.0 - lower) / (1.0 - known.mean)
    return min(threshold, max(LOWEST, _surer_by(at_worst, precision)))


def _surer_by(excess: float, precision: float) -> float:
    return combiner().accept_from(1.0 - (1.0 - precision) / max(excess, _TINY))


def reference_error(weights: Combiner, precision: float) -> float:
    """The share of wrong ones among mappings that the budget accepts, as measured on products nothing was trained on;
    the smallest that was measured where it accepts none."""
    threshold = weights.accept_from(precision)
    kept = [share for confidence, share in weights.precision if confidence >= threshold]
    return 1.0 - (kept[0] if kept else max(share for _, share in weights.precision))
