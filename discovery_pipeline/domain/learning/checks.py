"""Facts about what was learned, for the quality suite of column_mapping. Judges nothing."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from discovery_pipeline.domain.learning.belief import belief
from discovery_pipeline.domain.learning.corrections import Content
from discovery_pipeline.domain.learning.patterns import Pattern
from discovery_pipeline.domain.learning.trust import Decision

# What one person said once stands at 0.95; once contradicted, or after fifteen months, it is not strong any more.
STRONG = 0.93
# The method of mappings that were recalled.
RECALLED = "pattern"
# Decisions that a share is taken of; with fewer than two shares there is nothing to tell.
_A_BIN, _FEWEST_BINS, _MOST_BINS = 20, 2, 10
# Of one side: what chance exceeds one time in twenty.
_BEYOND_CHANCE = 1.645


def learning_facts(
    patterns: Sequence[Pattern], standing: Collection[int], decisions: Iterable[Decision], as_of: datetime | None
) -> dict[str, float]:
    """patterns_without_provenance, contradicting_strong_patterns (counts) and recalled_miscalibration (a share).

    patterns: of the tenant. standing: the numbers of corrections that were not undone or forgotten. decisions: what
    people made of mappings, those recalled among them. as_of: the newest snapshot's date.
    """
    current = [pattern for pattern in patterns if pattern.is_current]
    return {
        "patterns_without_provenance": without_provenance(current, standing),
        "contradicting_strong_patterns": contradicting(current, as_of),
        "recalled_miscalibration": miscalibration([d for d in decisions if d.method == RECALLED and d.field]),
    }


def without_provenance(patterns: Iterable[Pattern], standing: Collection[int]) -> int:
    """Patterns that no correction taught, or one that no longer stands: nobody could take them back."""
    known = set(standing)
    return sum(not pattern.corrections or not known.issuperset(pattern.corrections) for pattern in patterns)


def contradicting(patterns: Iterable[Pattern], as_of: datetime | None) -> int:
    """Headers of which strong current patterns of one source, product, record and sheet say what can't all be.

    Of columns with one header in one table each is another, so they are told apart.
    """
    said: dict[tuple[Any, ...], tuple[set[str | None], set[str | None]]] = {}
    for pattern in patterns:
        if pattern.kind != "mapping" or _strength(pattern, as_of) < STRONG:
            continue
        header = (pattern.target.get("header_key"), pattern.target.get("occurrence", 0))
        context = (pattern.source, pattern.product, pattern.record, _sheet(pattern.target), *header)
        are, are_not = said.setdefault(context, (set(), set()))
        (are if pattern.polarity > 0 else are_not).add(pattern.said.get("field"))
    return sum(len(are) > 1 or bool(are & are_not) for are, are_not in said.values())


def _sheet(target: Content) -> str:
    """Which of a file's tables it is: "Host" is one thing among machines, another among hosts. "" of the only one,
    which is named like its file."""
    table, file = str(target.get("table", "")), str(target.get("series", "")).rsplit("!/", 1)[-1]
    return "" if f"{PurePosixPath(file).name}.".startswith(f"{table}.") else table


def _strength(pattern: Pattern, as_of: datetime | None) -> float:
    return belief(pattern.authors, pattern.contradicted, pattern.strengthened_at, as_of).mean


def miscalibration(decisions: Sequence[Decision]) -> float:
    """How far confidences are from the shares of right ones beyond what chance explains, in [0, 1]; 0 of too few.

    The expected calibration error over bins of equally many decisions (Nixon et al., Measuring Calibration in Deep
    Learning, 2019), less what perfectly calibrated confidences would show 19 times of 20: it is never 0, and the larger
    the fewer decisions there are.
    """
    bins = min(_MOST_BINS, len(decisions) // _A_BIN)
    if bins < _FEWEST_BINS:
        return 0.0
    ordered = sorted(decisions, key=lambda d: (d.confidence, d.number))
    numbers = np.array([(d.weight, d.confidence, d.right) for d in ordered], dtype=np.float64)
    total = numbers[:, 0].sum()
    error = expected = variance = 0.0
    for weight, confidence, right in (part.T for part in np.array_split(numbers, bins)):
        error += abs(float((weight * (right - confidence)).sum())) / total
        by_chance = float((weight**2 * confidence * (1.0 - confidence)).sum()) / total**2
        expected += math.sqrt(2.0 * by_chance / math.pi)
        variance += by_chance * (1.0 - 2.0 / math.pi)
    return round(float(max(0.0, error - expected - _BEYOND_CHANCE * math.sqrt(variance))), 4)
