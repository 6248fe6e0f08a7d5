"""Confidences that mean what they say: their slope, the precision from each on, and answers of families unseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.mapping.columns import Material
from benchmarks.mapping.figures import Answer, Score
from benchmarks.mapping.weights import Candidates, Floats
from discovery_pipeline.domain.mapping.resolve import ResolveParams
from discovery_pipeline.domain.mapping.trained.combiner import Combiner
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

# A share of fewer mappings is no precision.
FEWEST = 50
_HIGHEST = 0.99


def answers(material: Material, given: Candidates, scores: Floats, temperature: float) -> list[Answer]:
    """The likeliest candidate of every column."""
    share = given.shares(scores * temperature)
    starts = given.starts
    found = []
    for column, start, end in zip(material.columns, starts, [*starts[1:], len(given.owner)], strict=True):
        best = int(start) + int(np.argmax(share[start:end]))
        field = given.fields[best] if given.fields[best] != NO_FIELD else None
        found.append(Answer(column.layout, column.position, field, min(float(share[best]), _HIGHEST)))
    return found


def fit_temperature(given: Candidates, scores: Floats, judged: NDArray[np.bool_]) -> float:
    """What the scores of the judged columns are multiplied by for their likelihood to be highest (Platt's slope)."""
    here, own = given.of(judged), scores[judged[given.owner]]
    starts = here.starts

    def loss(temperature: Floats) -> float:
        right = np.add.reduceat(here.shares(own * temperature[0]) * here.right, starts)
        return float(-np.log(np.maximum(right, 1e-6)).mean())

    return round(float(minimize(loss, np.array([1.0]), method="Nelder-Mead").x[0]), 3)


def precision_curve(judged: Sequence[Answer]) -> list[tuple[float, float]]:
    """(confidence, share of right ones among mappings at least so confident), where at least FEWEST are."""
    mappings = Score(tuple(judged)).mappings
    curve = []
    for threshold in np.round(np.arange(0.3, 0.991, 0.01), 2):
        part = mappings.where(lambda a, t=threshold: (a.confidence or 0.0) >= t)  # type: ignore[misc]
        if len(part.answers) >= FEWEST:
            curve.append((float(threshold), round(part.accuracy, 4)))
    return curve


def unseen_answers(material: Material, given: Candidates, scores: Floats) -> list[Answer]:
    """What each column is given when nothing was trained, calibrated or decided on its family.

    scores: as `unseen_scores` gives them. The slope and the threshold of acceptance are those of the untuned layouts of
    all other families.
    """
    found: list[Answer | None] = [None] * len(material.columns)
    for tested in material.folds():
        others = material.untuned & ~tested
        judged = answers(material, given, scores, fit_temperature(given, scores, others))
        curve = precision_curve([a for a, other in zip(judged, others, strict=True) if other])
        threshold = Combiner(0, {}, 1.0, tuple(curve)).accept_from(ResolveParams().precision)
        for i in np.flatnonzero(tested):
            stands = judged[i].field is not None and (judged[i].confidence or 0.0) >= threshold
            found[i] = replace(judged[i], accepted=stands)
    return [answer for answer in found if answer is not None]
