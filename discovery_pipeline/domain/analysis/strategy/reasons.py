"""Sentences and facts that tell why: for the strategy, for its alternatives, and the facts that the rules looked at.

Keep out: the judgement itself.
"""

from __future__ import annotations

from functools import reduce
from operator import and_

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.analysis.rules import sentence, shown_fact
from discovery_pipeline.domain.analysis.sentences import PREFIX_ONLY, Told, pieces, tell
from discovery_pipeline.domain.analysis.situations import Situations, Truths
from discovery_pipeline.domain.analysis.strategy.rulebook import STRATEGIES, Rulebook
from discovery_pipeline.domain.analysis.strategy.verdicts import NONE, Judge, Scores, Verdicts
from discovery_pipeline.domain.handoffs import Strategy

_REASONS = 4
_ALTERNATIVES = 2
# Smaller shares are told as below it.
_SMALLEST = 0.01
# Points against the chosen strategy from which on they are told.
_AGAINST = -0.3
NO_EVIDENCE = "Nothing known speaks for another way."
NOTHING_FOR = "nothing known speaks for it"
WITHOUT = " without the rule that decided"
WHY, ALTERNATIVES = "why", "alternatives"


def heaviest(verdicts: Verdicts, judge: Judge, book: Rulebook) -> list[str]:
    """Per situation the id of the rule that decided: the hard one, or the evidence that adds most to the strategy."""
    weight = _weight(verdicts, judge, verdicts.chosen)
    first = weight.argmax(axis=1)
    by_evidence = [book.evidence[n].id if w > 0 else "none" for n, w in zip(first, weight.max(axis=1), strict=True)]
    return [
        book.hard[number].id if number != NONE else evidence
        for number, evidence in zip(verdicts.hard.tolist(), by_evidence, strict=True)
    ]


def reasons(facts: pl.DataFrame, found: Situations, verdicts: Verdicts, judge: Judge, book: Rulebook) -> Told:
    """Texts why, alternatives and facts of every asset. facts: a row per asset, in the order of found.of_asset."""
    templates = [rule.reason for rule in (*book.hard, *book.evidence)]
    told = tell(facts, found, _pieces(found, verdicts, judge, book), templates, _shown(found))
    none = pl.lit([], dtype=pl.List(pl.String))
    lists = [pl.col(n) if n in told.texts.columns else none.alias(n) for n in (WHY, ALTERNATIVES)]
    named = sorted(set(told.texts.columns) - {"row", "situation", WHY, ALTERNATIVES})
    shown = pl.concat_list([shown_fact(name) for name in named]).list.drop_nulls() if named else none
    texts = told.texts.select(*(column.fill_null(none) for column in lists), facts=shown)
    return Told(texts, told.of_asset)


def with_notes(why: str, book: Rulebook) -> pl.Expr:
    """The list of reasons with the notes that hold, which differ from asset to asset."""
    none = pl.lit([], dtype=pl.List(pl.String))
    notes = [
        pl.when(reduce(and_, [test.expression() for test in note.tests]))
        .then(pl.concat_list(sentence(note.reason)))
        .otherwise(none)
        for note in book.notes
    ]
    return pl.concat_list(why, *notes)


def _weight(verdicts: Verdicts, judge: Judge, strategy: NDArray[np.int64]) -> Scores:
    """situations x evidence: what each rule that holds adds to a strategy of each situation."""
    weight: Scores = judge.points.T[strategy] * verdicts.holds
    return weight


def _pieces(found: Situations, verdicts: Verdicts, judge: Judge, book: Rulebook) -> pl.DataFrame:
    """_PIECES: which sentence stands where in which list of a situation; template NONE: the prefix is all."""
    hard, everyone = len(book.hard), np.arange(len(found.truth))
    weight = _weight(verdicts, judge, verdicts.chosen)
    order = np.argsort(-weight, axis=1, kind="stable")[:, :_REASONS]
    parts = [pieces(everyone[verdicts.hard != NONE], WHY, 0, "", verdicts.hard[verdicts.hard != NONE])]
    for place in range(order.shape[1]):
        adds = np.take_along_axis(weight, order[:, [place]], axis=1)[:, 0] > 0
        parts.append(pieces(everyone[adds], WHY, 1 + place, "", hard + order[adds, place]))
    bare = (verdicts.hard == NONE) & (weight.max(axis=1, initial=0) <= 0)
    parts.append(pieces(everyone[bare], WHY, 0, NO_EVIDENCE, np.full(bare.sum(), PREFIX_ONLY)))
    against = weight.min(axis=1, initial=0) < _AGAINST
    parts.append(pieces(everyone[against], WHY, 10, "Against it: ", hard + weight.argmin(axis=1)[against]))
    return pl.concat([*parts, *_alternatives(verdicts, judge, book)])


def _alternatives(verdicts: Verdicts, judge: Judge, book: Rulebook) -> list[pl.DataFrame]:
    """The next best strategies, each with its share and what speaks for it.

    Where a hard rule decided they are those without it: by the next one that says something else, and by evidence. Of
    what nothing is to be decided for only what something speaks for.
    """
    hard, others = len(book.hard), verdicts.other_shares.copy()
    np.put_along_axis(others, verdicts.chosen[:, None], -1.0, axis=1)
    ranked = np.argsort(-others, axis=1, kind="stable")[:, :_ALTERNATIVES]
    applies = verdicts.chosen != STRATEGIES.index("not_applicable")
    next_says = np.where(verdicts.next_hard != NONE, judge.says[verdicts.next_hard], NONE)
    parts = []
    for place in range(_ALTERNATIVES):
        strategy = ranked[:, place]
        weight = _weight(verdicts, judge, strategy)
        evident = np.where(weight.max(axis=1) > 0, hard + weight.argmax(axis=1), PREFIX_ONLY)
        template = np.where(strategy == next_says, verdicts.next_hard, evident)
        shares = np.take_along_axis(others, strategy[:, None], axis=1)[:, 0]
        wanted = np.flatnonzero((shares > 0) & (applies | (template != PREFIX_ONLY)))
        prefixes = [
            f"{STRATEGIES[strategy[n]]} ({_share(shares[n], verdicts.hard[n] != NONE)}): "
            f"{_unsupported(STRATEGIES[strategy[n]], book) if template[n] == PREFIX_ONLY else ''}"
            for n in wanted
        ]
        parts.append(pieces(wanted, ALTERNATIVES, place, prefixes, template[wanted]))
    return parts


def _unsupported(strategy: Strategy, book: Rulebook) -> str:
    """Said of an alternative that no evidence speaks for: that it is so, and when it would be the way."""
    return f"{NOTHING_FOR}; {book.usual[strategy]}." if strategy in book.usual else NOTHING_FOR


def _share(share: float, overruled: bool) -> str:
    """0.42, below 0.01; and where a hard rule decided, that it is the share that the alternative has without it."""
    told = f"{share:.2f}" if share >= _SMALLEST else f"below {_SMALLEST}"
    return f"{told}{WITHOUT}" if overruled else told


def _shown(found: Situations) -> dict[str, Truths]:
    """Per fact that is tested: in which situations its value makes a difference.

    Where no test of a fact holds, all come out as they would without it, unless one asks whether it is known.
    """
    shown: dict[str, Truths] = {}
    for number, test in enumerate(found.tests):
        relevant = np.ones(len(found.truth), dtype=np.bool_) if test.tells_unknown else found.truth[:, number]
        shown[test.fact] = shown.get(test.fact, np.zeros(len(found.truth), dtype=np.bool_)) | relevant
    return shown
