"""What answers about types come to: the type with the best odds once the answer is added to what the records say.

An answer counts for the type it names with its weight, on top of the log-odds of all types: where records speak clearly
it changes nothing. Keep out: what is in doubt (doubts.py), applying rules (decisions).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from discovery_pipeline.domain.inventory.classification.doubts import Members, TypeDoubts, softmax
from discovery_pipeline.domain.inventory.classification.hints import TYPES
from discovery_pipeline.domain.learning.rules import TypeRule
from discovery_pipeline.domain.opinions.advice import Advised

# A confidence that moves by less is not worth telling.
_MOVES = 0.05
_OTHER = TYPES.index("other")


@dataclass(frozen=True)
class AdvisedType:
    """rule: with the confidence that records and answer have together. before, confidence: without the answer."""

    rule: TypeRule
    before: str
    confidence: float


def advised_types(asked: TypeDoubts, answers: Sequence[Advised]) -> tuple[AdvisedType, ...]:
    """One per asset whose type, or its confidence, an answer changes, by asset_id.

    An answer for another type that does not outweigh what the records say leaves type and confidence as they are.
    """
    found = [each for answer in answers if answer.chosen in TYPES for each in _of_answer(asked, answer)]
    return tuple(sorted(found, key=lambda each: each.rule.asset_id))


def _of_answer(asked: TypeDoubts, answer: Advised) -> Iterator[AdvisedType]:
    members: Members = asked.members[answer.doubt.key]
    chosen = TYPES.index(answer.chosen)
    before = softmax(members.odds)
    odds = members.odds.copy()
    odds[:, chosen] += answer.weight
    after = softmax(odds)
    for place, asset_id in enumerate(members.asset_ids):
        was = _best(before[place])
        confidence = round(float(after[place, chosen]), 4)
        now_best = int(after[place].argmax()) == chosen
        if now_best and (was != chosen or confidence - before[place, chosen] >= _MOVES):
            advice = replace(answer.advice, confidence=confidence)
            rule = TypeRule(asset_id, answer.chosen, advice)
            yield AdvisedType(rule, TYPES[was], round(float(before[place].max()), 4))


def _best(shares: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> int:
    """As classification names it: `other` where nothing speaks for any type."""
    return _OTHER if np.ptp(shares) == 0 else int(shares.argmax())
