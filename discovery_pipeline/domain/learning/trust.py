"""How far the choices of each method are trusted, by field and source: what people made of them, against what was
promised. Decides nothing.

People look mostly at what is for review, so the share of right ones among their decisions is not that of all mappings.
Each decision is therefore held against its own calibrated confidence: at 0.6, four wrong in ten are as promised. What
is estimated is how many times as many errors there were as expected (indirect standardisation, as of death rates). Of
accepted mappings people decide about those that look wrong; the others of the tables that they reviewed have to be
given too, as left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from discovery_pipeline.domain.handoffs import MappingStatus
from discovery_pipeline.domain.learning.beta import Beta

# What is known of the wider key counts as much as decisions of which this many were expected to be wrong. Judged: the
# first error beyond those expected makes a key half as bad again, and two dozen confirmations of a confidence of 0.9
# outweigh the prior.
_PRIOR_ERRORS = 2.0
# Of the wrong mappings among accepted ones, the share that a person who reviews their table notices. Judged.
NOTICED = 0.5
# No promise is kept surely; the calibration ends at 0.99.
_LEAST_DOUBT = 0.005
# Of right ones, where all and more were wrong.
_LEAST_RIGHT = 1.0

Key = tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """What a person made of the mapping of one column, as it was before anybody had decided about that column.

    method, field, confidence, status: of that mapping; field None = it had chosen none. right: whether it stood.
    number: of the correction. left_alone: nothing was said of this accepted column, though of others of its table;
    right then, and number and made_at those of the newest correction of the table.
    """

    method: str
    field: str | None
    source: str
    confidence: float
    status: MappingStatus
    right: bool
    number: int
    made_at: datetime
    left_alone: bool = False

    @property
    def weight(self) -> float:
        """How much of a look it stands for."""
        return NOTICED if self.left_alone else 1.0


@dataclass(frozen=True)
class Tally:
    """Decisions in sum. errors: those found. expected: those that their confidences promised. decisions: how
    many, without mappings that were left alone."""

    errors: float = 0.0
    expected: float = 0.0
    decisions: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.errors + other.errors, self.expected + other.expected, self.decisions + other.decisions)

    def without(self, part: Tally) -> Tally:
        return Tally(self.errors - part.errors, self.expected - part.expected, self.decisions - part.decisions)


@dataclass(frozen=True)
class Posterior:
    """The share of right ones among mappings that the global threshold accepts, for one key.

    excess: how many times as many errors as promised, at a mean. tally: of the key's own decisions. learned: whether
    any decision, of it or a wider key, is in it.
    """

    share: Beta
    excess: float
    tally: Tally
    learned: bool

    @property
    def mean(self) -> float:
        return self.share.mean

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Of 90 %."""
        return self.share.interval(0.9)


@dataclass(frozen=True)
class Tracker:
    """tallies: by (method,), (method, field) and (method, field, source). reference_error: share of wrong ones among
    mappings that the global threshold accepts, by the packaged calibration."""

    tallies: Mapping[Key, Tally]
    reference_error: float

    def of(self, method: str, field: str | None = None, source: str | None = None) -> Posterior:
        """What is known of a key: its own decisions, drawn to those of the wider keys, and these to the calibration.

        A wider key speaks without the decisions of the narrower one, so that none counts twice.
        """
        names = [name for name in (method, field, source) if name is not None]
        keys = [tuple(names[: end + 1]) for end in range(len(names))]
        tallies = [self.tallies.get(key, Tally()) for key in keys]
        excess = 1.0
        for wider, narrower in pairwise(tallies):
            excess = _excess(excess, wider.without(narrower))
        return self._posterior(excess, tallies[-1], learned=tallies[0].decisions > 0)

    def _posterior(self, prior: float, own: Tally, learned: bool) -> Posterior:
        """Every expected error is worth as many mappings as the reference has for one of its own."""
        wrong = _PRIOR_ERRORS * prior + own.errors
        looked_at = (_PRIOR_ERRORS + own.expected) / self.reference_error
        share = Beta(max(looked_at - wrong, _LEAST_RIGHT), wrong)
        return Posterior(share, _excess(prior, own), own, learned)


def _excess(prior: float, tally: Tally) -> float:
    # The sums of a wider key minus those of a narrower one may end a rounding error below zero.
    errors, expected = max(tally.errors, 0.0), max(tally.expected, 0.0)
    return (_PRIOR_ERRORS * prior + errors) / (_PRIOR_ERRORS + expected)


def tracked(decisions: Iterable[Decision], reference_error: float) -> Tracker:
    """The tracker of a tenant's standing decisions. Mappings to no field accept nothing and are left out.

    reference_error: in (0, 1): see Tracker.
    """
    found: dict[Key, Tally] = {}
    for decision in decisions:
        if decision.field is None or decision.status == "unmapped":
            continue
        names = (decision.method, decision.field, decision.source)
        expected = decision.weight * max(1.0 - decision.confidence, _LEAST_DOUBT)
        told = Tally(0.0 if decision.right else 1.0, expected, 0 if decision.left_alone else 1)
        for end in range(len(names)):
            key = names[: end + 1]
            found[key] = found.get(key, Tally()) + told
    return Tracker(found, reference_error)
