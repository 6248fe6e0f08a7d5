"""Assets in the same situation: those of which the same tests hold. Rules are judged once per situation, not per asset.

A million assets share some thousands of situations, because rules look at few facts and at few values of them.
Keep out: what follows from a situation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.analysis.rules import FactTest

Truths = NDArray[np.bool_]
_BITS = 63


@dataclass(frozen=True)
class Situations:
    """tests: the columns of truth. truth: per situation whether each test holds. of_asset: each row's situation."""

    tests: tuple[FactTest, ...]
    truth: Truths
    of_asset: NDArray[np.int64]

    def column(self, test: FactTest) -> int:
        """The column of a test."""
        return self.tests.index(test)


def situations(facts: pl.DataFrame, tests: Sequence[FactTest]) -> Situations:
    """The distinct situations of the facts' rows, in the order of their truths."""
    holds = facts.select(test.expression().alias(str(number)) for number, test in enumerate(tests))
    codes = pl.DataFrame(
        {str(start): _packed(holds, start, min(start + _BITS, len(tests))) for start in range(0, len(tests), _BITS)}
    )
    distinct = codes.unique().sort(codes.columns).with_row_index("situation")
    of_asset = codes.join(distinct, on=codes.columns, how="left", maintain_order="left")["situation"]
    truth = np.zeros((len(distinct), len(tests)), dtype=np.bool_)
    for column in codes.columns:
        packed = distinct[column].to_numpy()
        for number in range(int(column), min(int(column) + _BITS, len(tests))):
            truth[:, number] = (packed >> (number - int(column))) & 1
    return Situations(tuple(tests), truth, of_asset.to_numpy().astype(np.int64))


def _packed(holds: pl.DataFrame, start: int, stop: int) -> NDArray[np.int64]:
    packed = np.zeros(len(holds), dtype=np.int64)
    for number in range(start, stop):
        packed |= holds[str(number)].to_numpy().astype(np.int64) << (number - start)
    return packed
