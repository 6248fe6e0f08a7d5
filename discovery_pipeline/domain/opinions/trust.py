"""What answers of a model weigh: what its answers on controls were worth, no more.

How often a model is right is not assumed. Every question holds things that are known, and the share it got right on
those of this run is a Beta posterior from a flat prior, Beta(1, 1), per model and kind of answer: 'one of them' and
'none' are two kinds, so that a model that always says none or always finds something earns nothing by it. The weight
of an answer is the log-odds of the posterior's lower bound; a bound of one half or less weighs nothing. So a lying or
tiny model leaves every result as it was without one. Controls are easier than doubts: hence a lower bound, and a most
that no weight exceeds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from discovery_pipeline.domain.learning.beta import Beta
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt

# Nine times in ten the true share is above the bound.
_BELOW_BOUND = 0.1
# Half a sure phrase of the lexicon: a model never outweighs what everything else says together.
MOST_WEIGHT = 2.5

KindOf = Callable[[str], str]


@dataclass(frozen=True)
class Answer:
    """chosen: one of the doubt's offers; None = nothing that was offered. model: whose answer it is."""

    doubt: Doubt
    chosen: str | None
    model: str


@dataclass(frozen=True)
class Reliability:
    """Of one kind of answer: how many controls got it, and how many of those rightly."""

    answered: int = 0
    right: int = 0

    @property
    def bound(self) -> float:
        """The lower bound of the share of right answers."""
        return Beta(self.right + 1, self.answered - self.right + 1).quantile(_BELOW_BOUND)

    @property
    def weight(self) -> float:
        """Log-odds that an answer of this kind adds; 0 at or below chance."""
        return round(max(0.0, min(MOST_WEIGHT, math.log(self.bound / (1 - self.bound)))), 4)


@dataclass(frozen=True)
class Trust:
    """What each model's kinds of answers are worth in this run, by (model, kind)."""

    kinds: Mapping[tuple[str, str], Reliability]
    kind_of: KindOf

    @property
    def earned(self) -> bool:
        """Whether any kind of answer has any weight."""
        return any(reliability.weight > 0 for reliability in self.kinds.values())

    def of(self, answer: Answer) -> Reliability:
        """What this answer rests on; nothing for one that was not offered."""
        if answer.chosen is None:
            return Reliability()
        return self.kinds.get((answer.model, self.kind_of(answer.chosen)), Reliability())


def one_or_none(choice: str) -> str:
    """The usual kinds: none of the choices, or one of them."""
    return NONE if choice == NONE else "one"


def trust(answers: Iterable[Answer], kind_of: KindOf = one_or_none) -> Trust:
    """Measured on the controls among the answers. What was not even offered counts against the kind that was due."""
    answered: dict[tuple[str, str], list[bool]] = {}
    for answer in answers:
        expected = answer.doubt.expected
        if expected is not None:
            kind = kind_of(expected if answer.chosen is None else answer.chosen)
            answered.setdefault((answer.model, kind), []).append(answer.chosen == expected)
    return Trust({key: Reliability(len(rights), sum(rights)) for key, rights in sorted(answered.items())}, kind_of)
