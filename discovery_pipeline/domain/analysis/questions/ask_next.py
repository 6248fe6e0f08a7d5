"""What to ask whom next: open points become questions, by owner, and are ranked by what an answer is worth.

The value of a question is the sum over its points of the chance that an answer changes something times what rests on
the asset (worth.py). Keep out: where points come from (points.py), who answers (owners.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.questions.owners import owners
from discovery_pipeline.domain.analysis.questions.points import (
    COLUMN_DOUBTS,
    column_points,
    conflict_points,
    look_alike_points,
    strategy_points,
)
from discovery_pipeline.domain.analysis.questions.worth import worth
from discovery_pipeline.domain.handoffs import FINDINGS, LOOK_ALIKES, QUESTIONS, empty
from discovery_pipeline.domain.packaged import packaged_yaml

_OUTCOMES = 3


@dataclass(frozen=True)
class QuestionParams:
    """per_owner: the most that one owner is asked at a time. most: questions in all. subjects: assets listed with a
    question. named: of those, how many stand in its words."""

    per_owner: int = 10
    most: int = 2_000
    subjects: int = 20
    named: int = 8


@dataclass(frozen=True)
class Doubtful:
    """What the phases before left open. look_alikes: LOOK_ALIKES. findings: FINDINGS of the inventory. columns:
    COLUMN_DOUBTS."""

    look_alikes: pl.DataFrame = field(default_factory=partial(empty, LOOK_ALIKES))
    findings: pl.DataFrame = field(default_factory=partial(empty, FINDINGS))
    columns: pl.DataFrame = field(default_factory=partial(empty, COLUMN_DOUBTS))


@dataclass(frozen=True)
class Assessed:
    """Of the analysis, frames of the hand-off schemas of these names; inventory: INVENTORY; members: MEMBERSHIP."""

    inventory: pl.DataFrame
    members: pl.DataFrame
    analysis: pl.DataFrame
    applications: pl.DataFrame
    sizing: pl.DataFrame
    structure: pl.DataFrame

    @cached_property
    def worth(self) -> pl.DataFrame:
        """WORTH of its assets."""
        return worth(self.analysis, self.sizing, self.structure)


def ask_next(estate: Assessed, left: Doubtful, params: QuestionParams = QuestionParams()) -> pl.DataFrame:
    """QUESTIONS, by owner and rank; owners with the most valuable questions first, who is not known last."""
    named = names(estate.inventory)
    points = pl.concat(
        [
            strategy_points(estate.analysis, named),
            look_alike_points(left.look_alikes, named),
            conflict_points(left.findings),
            column_points(left.columns),
        ]
    )
    living = estate.inventory.filter(~pl.col("vanished").fill_null(value=False)).select("asset_id")
    about = pl.col("subject").is_null() | pl.col("subject").is_in(living["asset_id"].implode())
    weighed = _weighed(points.filter(about), estate)
    return _worded(_ranked(_grouped(weighed, params), params), named, params)


def names(inventory: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id, name: as the analysis calls each asset in its questions (facts.py's display_name)."""
    served = pl.col("application_name").list.drop_nulls()
    listed = pl.when(served.list.len() > 0).then(served.list.head(5).list.join(", "))
    return inventory.select("asset_id", name=pl.coalesce("hostname", "fqdn", listed, "source_id", "asset_id"))


@cache
def topics() -> Mapping[str, Mapping[str, str]]:
    """The kinds of questions by their id."""
    read: dict[str, dict[str, str]] = packaged_yaml(__package__, "questions.yaml")
    return read


def _weighed(points: pl.DataFrame, estate: Assessed) -> pl.DataFrame:
    """points with owner, application, wave, cost and value."""
    people = owners(estate.inventory, estate.members, estate.applications)
    rests = estate.worth.rename({"weight": "own_weight"})
    whom = pl.DataFrame([(id, says["whom"]) for id, says in topics().items()], schema=["topic", "whom"], orient="row")
    joined = (
        points.join(whom, on="topic", how="left")
        .join(people.rename({"asset_id": "subject"}), on="subject", how="left")
        .join(rests.rename({"asset_id": "subject"}), on="subject", how="left")
    )
    asked = pl.when(pl.col("whom") == "business").then("business").otherwise("technical")
    return joined.with_columns(
        owner=pl.coalesce("owner", asked),
        assets=pl.coalesce("assets", pl.when(pl.col("other").is_null()).then(1).otherwise(2)),
        weight=pl.coalesce("weight", "own_weight", pl.lit(1.0)),
    ).with_columns(
        change=pl.col("doubt") * pl.when(pl.col("subject").is_null()).then("assets").otherwise(1),
        value=pl.col("doubt") * pl.col("weight"),
    )


def _grouped(points: pl.DataFrame, params: QuestionParams) -> pl.DataFrame:
    """One row per question. The order of rows decides how fractions add up, so it is that of the assets."""
    ordered = points.sort(["value", "subject", "key"], descending=[True, False, False], nulls_last=True)
    sides = pl.concat_list("subject", "other").list.drop_nulls()
    return ordered.group_by("owner", "topic", "key", maintain_order=True).agg(
        said=pl.col("said").first(),
        points=pl.len(),
        subjects=sides.head(params.subjects),
        outcomes=pl.col("outcome").unique(maintain_order=True).head(_OUTCOMES),
        assets=pl.col("assets").sum(),
        applications=pl.col("application_id").n_unique() - pl.col("application_id").null_count().clip(0, 1),
        waves=pl.col("wave").drop_nulls().unique().sort(),
        monthly_cost=pl.when(pl.col("monthly_cost").count() > 0).then(pl.col("monthly_cost").sum().round(2)),
        currency=pl.col("currency").drop_nulls().first(),
        change=pl.col("change").sum().round(4),
        value=pl.col("value").sum().round(4),
    )


def _ranked(questions: pl.DataFrame, params: QuestionParams) -> pl.DataFrame:
    """The short list of each owner, the most valuable of all."""
    ordered = questions.sort(["value", "owner", "topic", "key"], descending=[True, False, False, False])
    numbered = ordered.with_columns(rank=pl.int_range(1, pl.len() + 1).over("owner"))
    kept = numbered.filter(pl.col("rank") <= params.per_owner).head(params.most)
    best = kept.group_by("owner").agg(best=pl.col("value").max())
    with_best = kept.join(best, on="owner", nulls_equal=True)
    unknown = pl.col("owner").is_null()
    return with_best.sort([unknown, "best", "owner", "rank"], descending=[False, True, False, False])


def _worded(questions: pl.DataFrame, named: pl.DataFrame, params: QuestionParams) -> pl.DataFrame:
    """QUESTIONS."""
    shown = sorted({asset for sides in questions["subjects"].to_list() for pair in sides for asset in pair})
    called = dict(named.filter(pl.col("asset_id").is_in(shown)).iter_rows())
    rows = [_row(row, called, params) for row in questions.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=QUESTIONS)


def _row(row: dict[str, Any], called: Mapping[str, str], params: QuestionParams) -> dict[str, Any]:
    subjects = [asset for pair in row["subjects"] for asset in pair]
    says = topics().get(row["topic"], {})
    text = row["said"]
    if row["points"] > 1 and "many" in says:
        listed = _listed([called[asset] for asset in subjects], row, params)
        text = says["many"].format(what=row["key"], count=row["points"], names=listed)
    identity = "\n".join((row["topic"], row["owner"] or "", row["key"]))
    return {
        **{name: row[name] for name in QUESTIONS if name in row},
        "question_id": f"q_{hashlib.sha256(identity.encode()).hexdigest()[:16]}",
        "question": text,
        "subjects": subjects,
        "answer_with": says.get("answer_with", "value"),
    }


def _listed(names: Sequence[str], row: Mapping[str, Any], params: QuestionParams) -> str:
    shown = names[: params.named]
    more = row["points"] - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
