"""The strategy of each asset by the rules of strategy.yaml, with why, how sure, what else, and what to ask.

Keep out: the rules themselves, the facts, and each of the steps.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from discovery_pipeline.domain.analysis.rules import facts_named
from discovery_pipeline.domain.analysis.situations import situations
from discovery_pipeline.domain.analysis.strategy.decided import overruled
from discovery_pipeline.domain.analysis.strategy.params import StrategyParams
from discovery_pipeline.domain.analysis.strategy.questions import Asked, ask
from discovery_pipeline.domain.analysis.strategy.reasons import heaviest, reasons, with_notes
from discovery_pipeline.domain.analysis.strategy.rulebook import STRATEGIES, Rulebook, rulebook
from discovery_pipeline.domain.analysis.strategy.verdicts import NONE, Judge, Verdicts
from discovery_pipeline.domain.learning.rules import StrategyRule

# rule: version of the rules and the id of the one that decided or adds most, "2/os_ended". alternatives: the two next,
# with their shares and what speaks for them. facts: name=value of what the rules looked at and what made a difference:
# with the rule file they give the strategy again. next_question: null where none is worth asking.
DECISIONS = {
    "asset_id": pl.String(), "strategy": pl.String(), "rule": pl.String(), "confidence": pl.Float64(),
    "why": pl.List(pl.String()), "alternatives": pl.List(pl.String()), "facts": pl.List(pl.String()),
    "next_question": pl.String(),
}  # fmt: skip
_DEFAULTS = StrategyParams()
_UNKNOWN_TYPE = 0.5


def decide(facts: pl.DataFrame, params: StrategyParams = _DEFAULTS) -> pl.DataFrame:
    """DECISIONS, one row per asset, sorted by asset_id. facts: of gather, with PLANS and MEMBERS_SAY."""
    book = rulebook()
    if not len(facts):
        return pl.DataFrame(schema=DECISIONS)
    # Rows are put in order before the lists are made: sorting lists of strings costs more than all else.
    facts = facts.select(_needed(book)).sort("asset_id")
    found = situations(facts, book.tests)
    judge = Judge(book, found.tests, params)
    verdicts = judge.verdicts(found.truth)
    asked = ask(found, verdicts, judge, book)
    told = reasons(facts, found, verdicts, judge, book)
    judged = _judged(verdicts, asked, heaviest(verdicts, judge, book), book)[found.of_asset]
    texts = told.texts[told.of_asset]
    weights = pl.lit(params.shown, dtype=pl.List(pl.String))
    return (
        facts.hstack(judged)
        .hstack(texts)
        .with_columns(
            confidence=(pl.col("share") * _certain()).round(3),
            facts=pl.concat_list("facts", weights) if params.shown else pl.col("facts"),
            why=with_notes("why", book),
            next_question=pl.concat_str("ask_before", "display_name", "ask_after"),
        )
        .select(pl.col(n).cast(t) for n, t in DECISIONS.items())
    )


def _needed(book: Rulebook) -> list[str]:
    """The facts that rules, sentences and confidence look at."""
    named = {name for template in book.templates for name in facts_named(template)}
    return sorted(
        {
            "asset_id",
            "display_name",
            "type_confidence",
            "members_confidence",
            *named,
            *(test.fact for test in book.tests),
        }
    )


def _judged(verdicts: Verdicts, asked: Asked, rules: Sequence[str], book: Rulebook) -> pl.DataFrame:
    """Per situation: strategy, rule, share less what open questions may change, and what its question is about."""
    hard = [book.hard[number] if number != NONE else None for number in verdicts.hard.tolist()]
    questions = [book.questions[number] if number != NONE else None for number in asked.question.tolist()]
    return pl.DataFrame(
        {
            "strategy": [STRATEGIES[number] for number in verdicts.chosen.tolist()],
            "rule": [f"{book.version}/{rule}" for rule in rules],
            "share": verdicts.share * asked.stability,
            "by": ["evidence" if rule is None else rule.rests_on for rule in hard],
            "ask_before": [None if question is None else question.ask[0] for question in questions],
            "ask_after": [
                None if question is None else f"{question.ask[1]} {outcome}"
                for question, outcome in zip(questions, asked.outcomes, strict=True)
            ],
        },
        schema_overrides={"ask_before": pl.String, "ask_after": pl.String},
    )


def _certain() -> pl.Expr:
    """What doubts leave: those of the type count fully or, for evidence, half; those of members fully."""
    type_ = pl.col("type_confidence").fill_null(_UNKNOWN_TYPE)
    evidence = pl.when(by="evidence").then((1 + type_) / 2)
    return evidence.when(by="type").then(type_).when(by="members").then("members_confidence").otherwise(1.0)


MEMBERS_SAY = {
    "asset_id": pl.String(), "members_strategy": pl.String(), "members_next": pl.String(),
    "members_share": pl.Float64(), "members_confidence": pl.Float64(), "members_summary": pl.String(),
}  # fmt: skip
# What changes more wins where two are as frequent.
_HEAVIER = ["retire", "retain", "rehost", "replace", "replatform", "refactor", "rearchitect"]


def follow_members(decisions: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """MEMBERS_SAY per application: what most of its members do, what most of the others do, the share and the mean
    confidence of the most, and all votes in words.

    members: MEMBERSHIP. Members that are not_applicable have no say; of a tie the strategy that changes more.
    """
    said = members.join(decisions.select("asset_id", "strategy", "confidence"), on="asset_id").filter(
        pl.col("strategy").is_in(_HEAVIER)
    )
    rank = pl.col("strategy").replace_strict(_HEAVIER, list(range(len(_HEAVIER))), return_dtype=pl.Int32)
    sure = pl.col("confidence").sort().mean()
    counted = said.group_by("application_id", "strategy").agg(votes=pl.len(), sure=sure).with_columns(heavier=rank)
    ordered = counted.sort(["application_id", "votes", "heavier"], descending=[False, True, True])
    part = pl.format("{} of {} {}", "votes", pl.col("votes").sum().over("application_id"), "strategy")
    return (
        ordered.with_columns(part=part)
        .group_by("application_id", maintain_order=True)
        .agg(
            members_strategy=pl.col("strategy").first(),
            members_next=pl.col("strategy").get(1, null_on_oob=True),
            members_share=(pl.col("votes").first() / pl.col("votes").sum()).round(2),
            members_confidence=pl.col("sure").first().round(3),
            members_summary=pl.col("part").str.join(", "),
        )
        .rename({"application_id": "asset_id"})
    )


def strategies(
    facts: pl.DataFrame, members: pl.DataFrame, said: Sequence[StrategyRule], params: StrategyParams = _DEFAULTS
) -> pl.DataFrame:
    """DECISIONS for the whole estate: first all but applications, then applications by what their members do.

    facts: of gather, with PLANS. said: what people decided, about either.
    """
    is_application = pl.col("type") == "application"
    blank = {name: pl.lit(None, dtype=dtype) for name, dtype in MEMBERS_SAY.items() if name != "asset_id"}
    facts = facts.select(name for name in _needed(rulebook()) if name not in blank)
    others = overruled(decide(facts.filter(~is_application).with_columns(**blank), params), said)
    follow = follow_members(others, members)
    of_applications = facts.filter(is_application).join(follow, on="asset_id", how="left", maintain_order="left")
    return pl.concat([others, overruled(decide(of_applications, params), said)]).sort("asset_id")
