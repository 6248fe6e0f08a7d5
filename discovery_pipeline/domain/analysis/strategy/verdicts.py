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
    shares: of each strategy, they add up to 1. holds: which evidence holds."""

    hard: NDArray[np.int64]
    chosen: NDArray[np.int64]
    shares: Scores
    holds: Truths

    @property
    def share(self) -> Scores:
        """The share of the chosen strategy."""
        taken: Scores = np.take_along_axis(self.shares, self.chosen[:, None], axis=1)[:, 0]
        return taken


class Judge:
    """The rules of a book with a tenant's weights, over the columns of tests. Only for situations of these tests."""

    def __init__(self, book: Rulebook, tests: Sequence[FactTest], params: StrategyParams) -> None:
        columns = {test: number for number, test in enumerate(tests)}
        self._hard = [[columns[test] for test in rule.tests] for rule in book.hard]
        self._evidence = [[columns[test] for test in rule.tests] for rule in book.evidence]
        self._hard_points = _points(book.hard, params)
        self._avoided = [STRATEGIES.index(strategy) for strategy in params.avoid]
        self._prior = np.array([book.prior.get(strategy, 0.0) for strategy in STRATEGIES])
        self.points = _points(book.evidence, params)

    def verdicts(self, truth: Truths) -> Verdicts:
        """What follows from the truths of the tests: one verdict per row."""
        hard = np.full(len(truth), NONE, dtype=np.int64)
        for number in range(len(self._hard) - 1, -1, -1):
            hard[truth[:, self._hard[number]].all(axis=1)] = number
        holds = np.stack([truth[:, columns].all(axis=1) for columns in self._evidence], axis=1)
        base = np.round(self._prior + holds.astype(np.float64) @ self.points, _DECIMALS)
        forced = self._hard_points[hard] * (hard != NONE)[:, None]
        scores = base.copy()
        scores[:, [_NOT_APPLICABLE, *self._avoided]] = -np.inf
        scores = np.where(forced > 0, base + forced, scores)
        chosen = np.where(hard != NONE, forced.argmax(axis=1), scores.argmax(axis=1))
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return Verdicts(hard, chosen.astype(np.int64), odds / odds.sum(axis=1, keepdims=True), holds)


def _points(rules: Sequence[Rule], params: StrategyParams) -> Scores:
    """rules x STRATEGIES: the points, weighted by the tenant."""
    points = np.zeros((len(rules), len(STRATEGIES)))
    for number, rule in enumerate(rules):
        for strategy, value in rule.points.items():
            points[number, STRATEGIES.index(strategy)] = value * params.weight(rule.kind)
    return points
