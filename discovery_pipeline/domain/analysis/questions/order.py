"""In which order an owner is asked, as far as that is in doubt: questions worth about the same, and the controls.

The value of a question adds up judged weights, so an order of nearly equal ones is a guess that somebody who earned
trust may improve; what is clearly worth more stays before what is clearly worth less.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.narratives.tell import asked_in_general
from discovery_pipeline.domain.handoffs import QUESTIONS
from discovery_pipeline.domain.opinions.advice import ADVISED, Advised
from discovery_pipeline.domain.opinions.doubts import Doubt

SOON, LATER = "soon", "later"
OFFERS = (SOON, LATER)
MEANINGS = {
    SOON: "worth asking soon: answers are likely to change much",
    LATER: "can wait: answers hardly change anything",
}
# Values within this factor of a neighbour's are about the same; opinions part two values by no more.
_ALIKE = 2.0
# (chance, things, cost a month, waves): of questions that clearly should, and clearly need not, be asked soon.
_CLEARLY = {
    SOON: ((0.45, 120, 41_000, (1,)), (0.6, 64, 18_500, (1, 2)), (0.4, 310, 96_000, (1,)), (0.55, 85, 27_000, (2,))),
    LATER: ((0.01, 1, None, ()), (0.02, 1, 35, (9,)), (0.015, 2, None, ()), (0.01, 1, 60, (8,))),
}


def order_doubts(questions: pl.DataFrame) -> list[Doubt]:
    """Questions that are worth about as much as another one to the same owner, the most valuable first.

    questions: QUESTIONS. Those to nobody are put in no other order.
    """
    owned = questions.drop_nulls("owner").filter(pl.col("value") > 0).sort("owner", "rank")
    ratio = pl.col("value") / pl.col("value").shift(-1).over("owner")
    close = owned.with_columns(next_close=(ratio < _ALIKE).fill_null(value=False)).with_columns(
        close=pl.col("next_close") | pl.col("next_close").shift(1).over("owner").fill_null(value=False)
    )
    wanted = close.filter("close").sort(["value", "question_id"], descending=[True, False])
    return [Doubt(row["question_id"], _shown(row), OFFERS) for row in wanted.iter_rows(named=True)]


def order_controls() -> list[Doubt]:
    """Invented questions with figures that leave no doubt."""
    topics = sorted(asked_in_general())
    return [
        Doubt(
            f"control {expected} {topic} {number}",
            _figures(asked_in_general()[topic], chance, things, cost, waves),
            OFFERS,
            expected=expected,
        )
        for expected, cases in _CLEARLY.items()
        for (number, (chance, things, cost, waves)), topic in product(enumerate(cases), topics)
    ]


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing of it names an asset or an owner."""
    each = row["change"] / max(row["assets"], 1)
    return _figures(asked_in_general()[row["topic"]], each, row["assets"], row["monthly_cost"], row["waves"])


def _figures(asked: str, chance: float, things: int, cost: float | None, waves: Sequence[int]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "asks": asked, "chance that an answer changes something": f"{100 * chance:.1f}%", "things": things,
    }  # fmt: skip
    if cost:
        shown["cost a month"] = round(cost, -1 if cost < 1000 else -3)
    if waves:
        shown["first wave"] = min(waves)
    return shown


def reordered(questions: pl.DataFrame, opinions: Iterable[Advised]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(QUESTIONS with other ranks within their owners' lists, ADVISED: whose rank is another one now)."""
    said = {one.doubt.key: one for one in opinions}
    if not said:
        return questions, pl.DataFrame(schema=ADVISED)
    factors = pl.DataFrame(
        [(key, _factor(one)) for key, one in said.items()], schema=["question_id", "factor"], orient="row"
    )
    moved = questions.with_row_index("place").join(factors, on="question_id", how="left", maintain_order="left")
    adjusted = moved.with_columns(adjusted=pl.col("value") * pl.col("factor").fill_null(1.0))
    first = pl.col("place").min().over("owner")
    ordered = adjusted.sort([first, "adjusted", "rank"], descending=[False, True, False])
    ranked = ordered.with_columns(before="rank", rank=pl.int_range(1, pl.len() + 1).over("owner"))
    changed = ranked.filter(pl.col("rank") != pl.col("before"), pl.col("question_id").is_in(list(said)))
    rows = [_row(row, said[row["question_id"]]) for row in changed.iter_rows(named=True)]
    return ranked.select(list(QUESTIONS)), pl.DataFrame(rows, schema=ADVISED, orient="row")


def _factor(one: Advised) -> float:
    """What an opinion makes of a value, by what it weighs: two opposite ones part two values by _ALIKE at most."""
    strength = min(math.sqrt(_ALIKE), math.exp(one.weight / 2))
    return strength if one.chosen == SOON else 1 / strength


def _row(row: Mapping[str, Any], one: Advised) -> tuple[Any, ...]:
    rank, before = str(row["rank"]), str(row["before"])
    return (
        "questions", row["question_id"], "rank", before, rank, one.advice.model, one.advice.confidence, str(one.advice)
    )  # fmt: skip
