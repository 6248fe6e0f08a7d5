"""What the answers of a language model weigh as evidence: what its answers on control columns were worth, no more.

How often the model is right is not assumed. Every question holds columns that the evidence had settled, and the share
it got right on those of this run is a Beta posterior from a flat prior, Beta(1, 1): 'a field' and 'none of them' are
two kinds of answer, each with its own share, so that a model that always says none or always finds something earns
nothing by it. The weight of an answer is the log-odds of the posterior's lower bound; a bound of one half or less is
no evidence at all. So a lying or tiny model leaves the mapping as it was without one. Controls are agreement with our
own surest columns, and easier than doubtful ones: hence a lower bound, and a most that no score exceeds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from discovery_pipeline.domain.mapping.doubts import AskedColumn
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

# Nine times in ten the true share is above the bound.
_BELOW_BOUND = 0.1
# Half a sure phrase of the lexicon: a model never outweighs what header and values say together.
_MOST = 2.5
_HALVINGS = 50


@dataclass(frozen=True)
class ColumnAnswer:
    """field: what was chosen, NO_FIELD = none of them; None = nothing that was offered."""

    asked: AskedColumn
    field: str | None

    @property
    def counts(self) -> bool:
        """Whether it may be evidence: on a doubtful column, for what something else speaks for too."""
        return self.asked.expected is None and self.field in self.asked.supported


@dataclass(frozen=True)
class Reliability:
    """Of one kind of answer: how many controls got it, and how many of those rightly."""

    answered: int
    right: int

    @property
    def bound(self) -> float:
        """The lower bound of the share of right answers."""
        return _beta_quantile(self.right + 1, self.answered - self.right + 1, _BELOW_BOUND)

    @property
    def weight(self) -> float:
        """Log-odds that an answer of this kind adds; 0 at or below chance."""
        return round(max(0.0, min(_MOST, math.log(self.bound / (1 - self.bound)))), 4)


@dataclass(frozen=True)
class Trust:
    """What a model's answers are worth in this run, by kind of answer."""

    fields: Reliability
    none: Reliability

    @property
    def earned(self) -> bool:
        """Whether either kind of answer has any weight."""
        return self.fields.weight > 0 or self.none.weight > 0

    def of(self, field: str) -> Reliability:
        return self.none if field == NO_FIELD else self.fields


def trust(answers: Sequence[ColumnAnswer]) -> Trust:
    """Measured on the controls among the answers. What was not even offered counts against both kinds."""
    controls = [a for a in answers if a.asked.expected is not None]
    of_fields = [a for a in controls if a.field != NO_FIELD]
    of_none = [a for a in controls if a.field in (NO_FIELD, None)]
    return Trust(_share(of_fields), _share(of_none))


def _share(controls: Sequence[ColumnAnswer]) -> Reliability:
    return Reliability(len(controls), sum(a.field == a.asked.expected for a in controls))


def model_evidence(answers: Iterable[ColumnAnswer], worth: Trust, model: str) -> list[Evidence]:
    """One row per answer on a doubtful column that counts, where its kind of answer has earned a weight."""
    found = []
    for answer in answers:
        if answer.field is None or not answer.counts:
            continue
        earned = worth.of(answer.field)
        if earned.weight > 0:
            why = f"{model} chose it; so answered, {earned.right} of {earned.answered} controls were right"
            place = (answer.asked.table_no, answer.asked.position)
            found.append(Evidence(*place, answer.field, "model", earned.weight, why))
    return found


def _beta_quantile(a: int, b: int, below: float) -> float:
    """The value that a Beta(a, b) variable, a and b whole, stays under with this probability."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _beta_cdf(a, b, middle) < below else (low, middle)
    return low


def _beta_cdf(a: int, b: int, x: float) -> float:
    """A Beta variable of whole parameters is under x when at least a of a + b - 1 draws are."""
    draws = a + b - 1
    return math.fsum(math.comb(draws, k) * x**k * (1 - x) ** (draws - k) for k in range(a, draws + 1))
