"""Open points: single things that are not known or in doubt, each with the chance that knowing it changes something.

Keep out: whom to ask, what an answer is worth, which points become one question.
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.strategy.rulebook import Question, rulebook
from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.domain.needed_fields import NEEDED_FACTS

# One row per open point. key: points of one topic and owner with the same key are one question. subject: the asset it
# is about, null where it is about more; other: the second one of a pair. said: the question where it is asked alone.
# doubt: the chance that an answer changes what is done. owner: who is asked, where the point itself says it. assets,
# weight: how many it concerns and what rests on them, where that is not one asset.
POINTS: FrameSchema = {
    "topic": pl.String(), "key": pl.String(), "subject": pl.String(), "other": pl.String(), "said": pl.String(),
    "outcome": pl.String(), "doubt": pl.Float64(), "owner": pl.String(), "assets": pl.Int64(), "weight": pl.Float64(),
}  # fmt: skip
# Columns whose mapping waits for a person, with the assets that rest on each: of a run, from its mapping.
COLUMN_DOUBTS: FrameSchema = {
    "source": pl.String(), "file": pl.String(), "table": pl.String(), "header": pl.String(), "field": pl.String(),
    "confidence": pl.Float64(), "assets": pl.Int64(),
}  # fmt: skip
# Judged, not fitted: of ten values that turn out wrong, one changes what is done with its asset; of two values of which
# one is right, the one that was taken is the right one more often than not, and almost always where they differ little.
_TOUCHES, _TAKEN_WRONGLY, _HARDLY = 0.1, 0.3, 0.05
# Fields that rules and sizes look at; a wrong value of another one hardly ever changes what is done.
DECIDING = (
    *(name for fact in NEEDED_FACTS for name in fact.fields), "os_version", "power_state", "lifecycle_status",
    "criticality", "last_seen", "database_engine", "planned_decommission", "planned_strategy",
)  # fmt: skip


def strategy_points(analysis: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """POINTS of the assets' next questions. analysis: ANALYSIS. names: columns asset_id, name, as in the questions.

    The topic is read from the question's words, which are the rule file's; the doubt from the answers that it says
    would change the strategy, by how likely each was before anything was asked.
    """
    asked = analysis.select("asset_id", "next_question").drop_nulls().join(names, on="asset_id")
    parts = [pl.DataFrame(schema=POINTS)]
    left = asked
    # The longest opening first: "Is the software of ..." also opens like "Is ...".
    for question in sorted(rulebook().questions, key=lambda question: -len(question.ask[0])):
        opening = pl.concat_str(pl.lit(question.ask[0]), "name", pl.lit(f"{question.ask[1]} "))
        fits = pl.col("next_question").str.starts_with(opening)
        found = left.filter(fits)
        left = left.filter(~fits)
        if len(found):
            parts.append(_points(found, question, opening))
    return pl.concat(parts).sort("subject")


def _points(found: pl.DataFrame, question: Question, opening: pl.Expr) -> pl.DataFrame:
    told = found.with_columns(outcome=pl.col("next_question").str.strip_prefix(opening)).with_columns(
        topic=pl.lit(question.id), key=pl.lit(""), subject=pl.col("asset_id"),
        said=pl.col("next_question").str.strip_suffix(pl.concat_str(pl.lit(" "), "outcome")),
    )  # fmt: skip
    outcomes = told["outcome"].unique().to_list()
    doubts = [_change(question, outcome) for outcome in outcomes]
    weighed = pl.DataFrame({"outcome": outcomes, "doubt": doubts}, schema={"outcome": pl.String, "doubt": pl.Float64})
    return _filled(told.join(weighed, on="outcome"))


def _change(question: Question, outcome: str) -> float:
    """The chance of the answers that an outcome ("no -> retire; otherwise rehost") says would change something."""
    changing = {part.rpartition(" -> ")[0] for part in outcome.split("; ") if " -> " in part}
    return round(sum(answer.weight for answer in question.answers if answer.answer in changing), 6)


def look_alike_points(look_alikes: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """POINTS of pairs that may be one thing. look_alikes: LOOK_ALIKES. names: columns asset_id, name."""
    called = look_alikes.join(names.rename({"asset_id": "asset_id_a", "name": "one"}), on="asset_id_a").join(
        names.rename({"asset_id": "asset_id_b", "name": "two"}), on="asset_id_b"
    )
    return _filled(
        called.with_columns(
            topic=pl.lit("same_thing"), key=pl.concat_str("asset_id_a", pl.lit("|"), "asset_id_b"),
            subject="asset_id_a", other="asset_id_b",
            said=pl.format("Are {} ({}) and {} ({}) one and the same?", "one", "asset_id_a", "two", "asset_id_b"),
            outcome=pl.lit("yes -> one asset; otherwise two"), doubt="probability",
        )
    )  # fmt: skip


def conflict_points(findings: pl.DataFrame) -> pl.DataFrame:
    """POINTS of values about which sources disagree. findings: FINDINGS of the inventory."""
    conflicts = findings.filter(pl.col("code") == "value_conflict", pl.col("asset_id").is_not_null())
    told = conflicts.with_columns(_field=pl.col("detail").str.extract(r"^(\w+):"))
    return _filled(
        told.with_columns(
            topic=pl.lit("which_value"), subject="asset_id",
            key=_field_words("_field"),
            said=pl.format("Sources disagree about {}. Which one is right?", "detail"),
            outcome=pl.lit("another one -> its value changes; otherwise it stays"),
            doubt=pl.when(severity="warning").then(_TAKEN_WRONGLY).otherwise(_HARDLY) * _touches("_field"),
        )
    )  # fmt: skip


def column_points(columns: pl.DataFrame) -> pl.DataFrame:
    """POINTS of columns whose meaning is in doubt. columns: COLUMN_DOUBTS. Who delivers the source is asked."""
    return _filled(
        columns.filter(pl.col("assets") > 0).with_columns(
            topic=pl.lit("column_meaning"), key=pl.concat_str("file", pl.lit("/"), "table", pl.lit("/"), "header"),
            said=pl.format("Does the column {} of {} hold the {}?", "header", "file", _field_words("field")),
            outcome=pl.lit("no -> its values are taken back; otherwise they stay"),
            doubt=((1 - pl.col("confidence")) * _touches("field")).round(6),
            owner=pl.format("who delivers {}", "source"),
            weight=pl.col("assets").cast(pl.Float64),
        )
    )  # fmt: skip


def _field_words(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all("_", " ", literal=True)


def _touches(column: str) -> pl.Expr:
    """The chance that a wrong value of the column's field changes what is done."""
    return pl.when(pl.col(column).is_in(DECIDING)).then(_TOUCHES).otherwise(_TOUCHES * _HARDLY)


def _filled(points: pl.DataFrame) -> pl.DataFrame:
    """POINTS; what a kind of points does not say is null."""
    return points.select(
        (pl.col(name) if name in points.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in POINTS.items()
    )
