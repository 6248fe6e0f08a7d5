"""When a peer's best guess is too unlike to be made: a threshold learned on other products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.mapping.figures import Answer
from benchmarks.mapping.layouts import Layout
from benchmarks.mapping.peers import Guess

_THRESHOLDS = np.round(np.arange(0.0, 1.011, 0.01), 2)


@dataclass(frozen=True)
class Judged:
    """answers: of every column. thresholds: family -> the similarity below which its columns were left unmapped."""

    answers: tuple[Answer, ...]
    thresholds: dict[str, float]


def abstaining(layouts: Sequence[Layout], guesses: Sequence[Sequence[Guess]]) -> Judged:
    """Guesses made from the similarity on that gives the columns of all other families the highest accuracy."""
    families = sorted({layout.family for layout in layouts})
    right = {family: np.zeros(len(_THRESHOLDS)) for family in families}
    for layout, given in zip(layouts, guesses, strict=True):
        for column, guess in zip(layout.columns, given, strict=True):
            made = (guess.similarity >= _THRESHOLDS) & (guess.field is not None)
            right[layout.family] += np.where(made, column.is_right(guess.field), column.is_right(None))
    everywhere = np.sum(list(right.values()), axis=0)
    thresholds = {family: float(_THRESHOLDS[np.argmax(everywhere - right[family])]) for family in families}
    answers = [
        _answer(layout, position, guess, thresholds[layout.family])
        for layout, given in zip(layouts, guesses, strict=True)
        for position, guess in enumerate(given)
    ]
    return Judged(tuple(answers), thresholds)


def _answer(layout: Layout, position: int, guess: Guess, threshold: float) -> Answer:
    """A similarity is read as the confidence in a mapping; none of the methods has one in 'none'."""
    if guess.field is None or guess.similarity < threshold:
        return Answer(layout, position, None)
    return Answer(layout, position, guess.field, guess.similarity)
