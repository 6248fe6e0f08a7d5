"""What was answered for labelled columns, and the figures that judge it: the corpus's own, and calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from benchmarks.mapping.layouts import Layout

_BINS = 10


@dataclass(frozen=True)
class Answer:
    """The field given to column `position` of a layout, or None.

    confidence: in that answer, 'none of the fields' included; None where the method has none. accepted: whether the
    mapping would stand without a person's look.
    """

    layout: Layout
    position: int
    field: str | None
    confidence: float | None = None
    accepted: bool = False

    @property
    def header(self) -> str:
        return self.layout.columns[self.position].header

    @property
    def gold(self) -> tuple[str, ...]:
        return self.layout.columns[self.position].gold

    @property
    def is_right(self) -> bool:
        return self.layout.columns[self.position].is_right(self.field)


@dataclass(frozen=True)
class Score:
    """answers: one for every labelled column. Shares of nothing are 1."""

    answers: tuple[Answer, ...]

    def where(self, chosen: Callable[[Answer], bool]) -> Score:
        return Score(tuple(a for a in self.answers if chosen(a)))

    @cached_property
    def mappings(self) -> Score:
        """The answers that name a field."""
        return self.where(lambda a: a.field is not None)

    @cached_property
    def accepted(self) -> Score:
        return self.where(lambda a: a.accepted)

    @property
    def accuracy(self) -> float:
        return share(a.is_right for a in self.answers)

    @property
    def precision(self) -> float:
        return self.mappings.accuracy

    @property
    def recall(self) -> float:
        return share(a.is_right for a in self.answers if a.gold)

    @property
    def preferred(self) -> float:
        """Share of the preferred label among right mappings."""
        return share(a.field == a.gold[0] for a in self.mappings.answers if a.is_right)

    @property
    def layout_mean(self) -> float:
        """Accuracy averaged over layouts: wide ones don't decide alone."""
        return share(share(a.is_right for a in group) for group in by_layout(self.answers).values())

    @property
    def accepted_share(self) -> float:
        """Accepted mappings per mapping."""
        return len(self.accepted.answers) / max(len(self.mappings.answers), 1)

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error over ten bins of equal width (Guo et al. 2017); None without confidences."""
        error = 0.0
        for group in binned(self.answers):
            confidences = [a.confidence for a in group if a.confidence is not None]
            if len(confidences) < len(group):
                return None
            error += abs(sum(confidences) - sum(a.is_right for a in group)) / len(self.answers)
        return error if self.answers else None


def share(values: Iterable[float]) -> float:
    """The mean; 1 of nothing."""
    found = list(values)
    return sum(found) / len(found) if found else 1.0


def binned(answers: Sequence[Answer]) -> list[list[Answer]]:
    """Answers in bins of a tenth of confidence, the lowest first, empty bins left out."""
    bins: list[list[Answer]] = [[] for _ in range(_BINS)]
    for answer in answers:
        bins[min(int((answer.confidence or 0.0) * _BINS), _BINS - 1)].append(answer)
    return [group for group in bins if group]


def by_layout(answers: Sequence[Answer]) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        found.setdefault(answer.layout.id, []).append(answer)
    return found
