"""What the rules make of each situation: the strategy, the share of each one, and what each rule adds to it.

A strategy's score in a situation is its prior plus the points of all evidence that holds, weighted by the tenant;
shares are the softmax of the scores. Keep out: sentences (reasons.py), what could be asked (questions.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from discovery_pipeline.domain.analysis.rules import FactTest
from discovery_pipeline.domain.analysis.situations import Truths
from discovery_pipeline.domain.analysis.strategy.params import StrategyParams
from discovery_pipeline.domain.analysis.strategy.rulebook import STRATEGIES, Rule, Rulebook

Scores = NDArray[np.float64]
NONE = -1
# Sums of points that differ by less are equal, however they were added up.
_DECIMALS = 9
_NOT_APPLICABLE = STRATEGIES.index("not_applicable")


@dataclass(frozen=True)
class Verdicts:
    """Per situation. hard: number of the hard rule that decided, NONE where evidence did. chosen: number in STRATEGIES.
    shares: of each strategy, they add up to 1. holds: which evidence holds.
    next_hard: the first hard rule that says something else than the one that decided. other_shares: as shares, without
    the hard rules that say what was chosen."""

    hard: NDArray[np.int64]
    chosen: NDArray[np.int64]
    shares: Scores
    holds: Truths
    next_hard: NDArray[np.int64]
    other_shares: Scores

    @property
    def share(self) -> Scores:
        """The share of the chosen strategy."""
        taken: Scores = np.take_along_axis(self.shares, self.chosen[:, None], axis=1)[:, 0]
        return taken


class Judge:
    """The rules of a book with a tenant's weights, over the columns of tests. Only for situations of these tests.

    says: of each hard rule the strategy, as number in STRATEGIES. points: evidence x STRATEGIES, weighted.
    """

    def __init__(self, book: Rulebook, tests: Sequence[FactTest], params: StrategyParams) -> None:
        columns = {test: number for number, test in enumerate(tests)}
        self._hard = [[columns[test] for test in rule.tests] for rule in book.hard]
        self._evidence = [[columns[test] for test in rule.tests] for rule in book.evidence]
        self._hard_points = _points(book.hard, params)
        self.says = self._hard_points.argmax(axis=1)
        self._avoided = [STRATEGIES.index(strategy) for strategy in params.avoid]
        self._prior = np.array([book.prior.get(strategy, 0.0) for strategy in STRATEGIES])
        self.points = _points(book.evidence, params)

    def verdicts(self, truth: Truths) -> Verdicts:
        """What follows from the truths of the tests: one verdict per row."""
        hard, next_hard = self._first_hard(truth)
        holds = np.stack([truth[:, columns].all(axis=1) for columns in self._evidence], axis=1)
        base = np.round(self._prior + holds.astype(np.float64) @ self.points, _DECIMALS)
        scores = self._forced(base, hard)
        chosen = np.where(hard != NONE, self.says[hard], scores.argmax(axis=1))
        others = _shares(self._forced(base, next_hard))
        return Verdicts(hard, chosen.astype(np.int64), _shares(scores), holds, next_hard, others)

    def _first_hard(self, truth: Truths) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(the first hard rule that holds, the first after it that says something else), NONE where there is none."""
        hard, other = np.full((2, len(truth)), NONE, dtype=np.int64)
        for number in range(len(self._hard) - 1, -1, -1):
            holds = truth[:, self._hard[number]].all(axis=1)
            differs = holds & (hard != NONE) & (self.says[hard] != self.says[number])
            other[differs] = hard[differs]
            hard[holds] = number
        return hard, other

    def _forced(self, base: Scores, hard: NDArray[np.int64]) -> Scores:
        """Scores with a hard rule's points; not_applicable and what is avoided count only where such a rule says so."""
        forced = self._hard_points[hard] * (hard != NONE)[:, None]
        scores = base.copy()
        scores[:, [_NOT_APPLICABLE, *self._avoided]] = -np.inf
        return np.where(forced > 0, base + forced, scores)


def _shares(scores: Scores) -> Scores:
    """The softmax of each row."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Scores = odds / odds.sum(axis=1, keepdims=True)
    return shares


def _points(rules: Sequence[Rule], params: StrategyParams) -> Scores:
    """rules x STRATEGIES: the points, weighted by the tenant."""
    points = np.zeros((len(rules), len(STRATEGIES)))
    for number, rule in enumerate(rules):
        for strategy, value in rule.points.items():
            points[number, STRATEGIES.index(strategy)] = value * params.weight(rule.kind)
    return points
