"""The next best question of each situation: the unknown fact whose answer would most likely change the strategy.

Each open question is answered in every way that the rule file lists, the rules are asked again, and the weights of the
answers that lead to another strategy are added up (the expected change of the decision, a value of information).
Keep out: how an answer is found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from discovery_pipeline.domain.analysis.situations import Situations, Truths
from discovery_pipeline.domain.analysis.strategy.rulebook import STRATEGIES, Question, Rulebook
from discovery_pipeline.domain.analysis.strategy.verdicts import NONE, Judge, Scores, Verdicts

# Less than this is not worth anybody's time.
_WORTH_ASKING = 0.02


@dataclass(frozen=True)
class Asked:
    """Per situation. question: number of the best one, NONE where none is worth asking. outcomes: what its answers
    would change ("no -> retire"). stability: the chance that no answer to any open question changes the strategy."""

    question: NDArray[np.int64]
    outcomes: list[str]
    stability: Scores


def ask(found: Situations, verdicts: Verdicts, judge: Judge, book: Rulebook) -> Asked:
    """The best question of each situation, of equally good ones the first in the book."""
    best = np.zeros(len(found.truth))
    question = np.full(len(found.truth), NONE, dtype=np.int64)
    stability = np.ones(len(found.truth))
    answers: list[NDArray[np.int64]] = []
    for number, asked in enumerate(book.questions):
        given = _answered(found, asked, judge)
        answers.append(given)
        weights = np.array([answer.weight for answer in asked.answers])
        opened = found.truth[:, [found.column(test) for test in asked.open]].all(axis=1)
        change = ((given != verdicts.chosen[:, None]) * weights).sum(axis=1) * opened
        better = (change > best) & (change >= _WORTH_ASKING)
        question[better], best[better] = number, change[better]
        stability *= 1 - change
    outcomes = [
        _outcome(book.questions[number], answers[number][row], verdicts.chosen[row]) if number != NONE else ""
        for row, number in enumerate(question.tolist())
    ]
    return Asked(question, outcomes, stability)


def _answered(found: Situations, asked: Question, judge: Judge) -> NDArray[np.int64]:
    """situations x answers: the strategy that each answer leads to."""
    return np.stack([judge.verdicts(_told(found, answer.sets)).chosen for answer in asked.answers], axis=1)


def _told(found: Situations, sets: object) -> Truths:
    """The truths after an answer gave these facts."""
    facts = dict(sets) if isinstance(sets, dict) else {}
    truth = found.truth.copy()
    for number, test in enumerate(found.tests):
        if test.fact in facts:
            truth[:, number] = test.passes(facts[test.fact])
    return truth


def _outcome(asked: Question, given: NDArray[np.int64], chosen: int) -> str:
    """ "no -> retire; yes -> rehost": the answers that change something, then what stays otherwise."""
    changing = [
        f"{answer.answer} -> {STRATEGIES[to]}"
        for answer, to in zip(asked.answers, given.tolist(), strict=True)
        if to != chosen
    ]
    return "; ".join([*changing, f"otherwise {STRATEGIES[chosen]}"])
