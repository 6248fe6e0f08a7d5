"""What a model said of spellings, as value rules: before every person's, and only where it is likely enough right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from discovery_pipeline.domain.learning.rules import Rules, ValueRule
from discovery_pipeline.domain.opinions.advice import ADVISED, Advised
from discovery_pipeline.domain.opinions.doubts import NONE

AGENT = "cleansing"
# An empty cell is worth more than a wrong one: a model has to be right three times for two times wrong at least, at the
# lower bound of what its controls show.
_LEAST = 0.6


@dataclass(frozen=True)
class ValueAdvice:
    """rules: one per spelling. changes: ADVISED, what each of them changes."""

    rules: tuple[ValueRule, ...]
    changes: pl.DataFrame

    def beside(self, rules: Rules) -> Rules:
        """People's rules with these before them."""
        return replace(rules, values=(*self.rules, *rules.values)) if self.rules else rules


def value_advice(found: Sequence[Advised]) -> ValueAdvice:
    """The rules that follow from answers about OddValues.doubts; "none" leaves a spelling as it is read."""
    taken = sorted(
        (each for each in found if each.chosen != NONE and each.advice.confidence >= _LEAST),
        key=lambda each: each.doubt.key,
    )
    rules = tuple(
        ValueRule(shown["record"], shown["field"], shown["spelling"], each.chosen, None, each.advice)
        for each in taken
        for shown in (each.doubt.shown,)
    )
    rows = [
        (
            AGENT, each.doubt.key, each.doubt.shown["field"], each.doubt.shown["before"], each.chosen,
            each.advice.model, each.advice.confidence, str(each.advice),
        )
        for each in taken
    ]  # fmt: skip
    return ValueAdvice(rules, pl.DataFrame(rows, schema=ADVISED, orient="row"))
