"""What a phase is told by a model: an answer that has earned a weight, applied like a rule but after every person's."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline.domain.opinions.trust import Answer, Reliability, Trust

# What models changed in a phase's result, published beside it; one row per change. subject: what was changed, as
# corrections name it: file/table/position of a column, record.field=raw of a spelling, an asset_id, "one|other" of a
# pair, "from>to" of an edge. before: what stood there without the model, after: what stands there now.
ADVISED: FrameSchema = {
    "agent": pl.String(), "subject": pl.String(), "field": pl.String(), "before": pl.String(), "after": pl.String(),
    "model": pl.String(), "confidence": pl.Float64(), "why": pl.String(),
}  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """Stands where rules have `Told`: which model gave it and how such answers of its did on controls.

    confidence: that it is right, in (0, 1). A person's rule about the same thing is always newer.
    """

    model: str
    reliability: Reliability
    confidence: float

    @property
    def corrections(self) -> tuple[int, ...]:
        return ()

    @property
    def newest(self) -> int:
        return 0

    @property
    def author(self) -> str:
        return self.model

    def __str__(self) -> str:
        return f"model {self.model}, right on {self.reliability.right} of {self.reliability.answered} controls"


@dataclass(frozen=True)
class Advised:
    """A doubt that an answer settles. weight: log-odds that the answer adds to what spoke for it before."""

    doubt: Doubt
    chosen: str
    weight: float
    advice: Advice


def advised(answers: Iterable[Answer], worth: Trust, prior: float = 0.0) -> list[Advised]:
    """The answers on doubts that weigh anything. prior: log-odds of a choice before it was asked about."""
    found = []
    for answer in answers:
        reliability = worth.of(answer)
        if answer.chosen is not None and not answer.doubt.is_control and reliability.weight > 0:
            confidence = round(1 / (1 + math.exp(-prior - reliability.weight)), 4)
            advice = Advice(answer.model, reliability, confidence)
            found.append(Advised(answer.doubt, answer.chosen, reliability.weight, advice))
    return found
