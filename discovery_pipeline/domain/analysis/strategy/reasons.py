"""Sentences and facts that tell why: for the strategy, for its alternatives, and the facts that the rules looked at.

Sentences are made once per distinct set of the facts that they fill in. Keep out: the judgement itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.analysis.rules import facts_named, sentence, shown_fact
from discovery_pipeline.domain.analysis.strategy.rulebook import STRATEGIES, Rulebook
from discovery_pipeline.domain.analysis.strategy.situations import Situations, Truths
from discovery_pipeline.domain.analysis.strategy.verdicts import NONE, Judge, Scores, Verdicts

_REASONS = 4
_ALTERNATIVES = 2
# An alternative for which nothing speaks is told only with such a share.
_WORTH_TELLING = 0.02
# Points against the chosen strategy from which on they are told.
_AGAINST = -0.3
NO_EVIDENCE = "Nothing known speaks for another way."
NOTHING_FOR = "nothing known speaks for it"
WHY, ALTERNATIVES = "why", "alternatives"
_PIECES = {
    "situation": pl.Int64, "list": pl.String, "place": pl.Int64, "prefix": pl.String, "template": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """texts: why, alternatives and facts (lists of strings), a row per distinct text; of_asset: each asset's row."""

    texts: pl.DataFrame
    of_asset: NDArray[np.int64]


def heaviest(verdicts: Verdicts, judge: Judge, book: Rulebook) -> list[str]:
    """Per situation the id of the rule that decided: the hard one, or the evidence that adds most to the strategy."""
    weight = _weight(verdicts, judge, verdicts.chosen)
    first = weight.argmax(axis=1)
    by_evidence = [book.evidence[n].id if w > 0 else "none" for n, w in zip(first, weight.max(axis=1), strict=True)]
    return [
        book.hard[number].id if number != NONE else evidence
        for number, evidence in zip(verdicts.hard.tolist(), by_evidence, strict=True)
    ]


def tell(facts: pl.DataFrame, found: Situations, verdicts: Verdicts, judge: Judge, book: Rulebook) -> Told:
    """The sentences and shown facts of every asset. facts: a row per asset, in the order of found.of_asset."""
    templates = [rule.reason for rule in (*book.hard, *book.evidence)] + [note.reason for note in book.notes]
    pieces = _pieces(found, verdicts, judge, book)
    used = _used(pieces, templates, len(found.truth))
    shown = _shown(found)
    names = sorted({*used, *shown})
    situation = pl.Series("situation", found.of_asset)
    needed = [used.get(name, False) | shown.get(name, False) for name in names]
    masked = facts.select(
        situation,
        *(
            pl.when(pl.lit(pl.Series(np.broadcast_to(need, len(found.truth))[found.of_asset]))).then(name).alias(name)
            for name, need in zip(names, needed, strict=True)
        ),
    )
    rows = masked.unique().sort(masked.columns).with_row_index("row")
    of_asset = masked.join(rows, on=masked.columns, how="left", nulls_equal=True, maintain_order="left")["row"]
    texts = rows.select("row", facts=pl.concat_list([shown_fact(name) for name in names]).list.drop_nulls())
    for name in (WHY, ALTERNATIVES):
        listed = _sentences(rows, pieces.filter(list=name), templates)
        texts = texts.join(listed.rename({"texts": name}), on="row", how="left", maintain_order="left")
    none = pl.lit([], dtype=pl.List(pl.String))
    return Told(texts.with_columns(pl.col(WHY, ALTERNATIVES).fill_null(none)), of_asset.to_numpy().astype(np.int64))


def _weight(verdicts: Verdicts, judge: Judge, strategy: NDArray[np.int64]) -> Scores:
    """situations x evidence: what each rule that holds adds to a strategy of each situation."""
    weight: Scores = judge.points.T[strategy] * verdicts.holds
    return weight


def _pieces(found: Situations, verdicts: Verdicts, judge: Judge, book: Rulebook) -> pl.DataFrame:
    """_PIECES: which sentence stands where in which list of a situation; template NONE: the prefix is all."""
    hard, everyone = len(book.hard), np.arange(len(found.truth))
    weight = _weight(verdicts, judge, verdicts.chosen)
    order = np.argsort(-weight, axis=1, kind="stable")[:, :_REASONS]
    parts = [_part(everyone[verdicts.hard != NONE], WHY, 0, "", verdicts.hard[verdicts.hard != NONE])]
    for place in range(order.shape[1]):
        adds = np.take_along_axis(weight, order[:, [place]], axis=1)[:, 0] > 0
        parts.append(_part(everyone[adds], WHY, 1 + place, "", hard + order[adds, place]))
    bare = (verdicts.hard == NONE) & (weight.max(axis=1, initial=0) <= 0)
    parts.append(_part(everyone[bare], WHY, 0, NO_EVIDENCE, np.full(bare.sum(), NONE)))
    against = weight.min(axis=1, initial=0) < _AGAINST
    parts.append(_part(everyone[against], WHY, 10, "Against it: ", hard + weight.argmin(axis=1)[against]))
    for number, note in enumerate(book.notes):
        holds = found.truth[:, [found.column(test) for test in note.tests]].all(axis=1)
        first = hard + len(book.evidence)
        parts.append(_part(everyone[holds], WHY, 20 + number, "", np.full(holds.sum(), first + number)))
    return pl.concat([*parts, *_alternatives(verdicts, judge, hard)])


def _alternatives(verdicts: Verdicts, judge: Judge, hard: int) -> list[pl.DataFrame]:
    """The next best strategies, each with its share and the heaviest evidence for it."""
    others = verdicts.shares.copy()
    np.put_along_axis(others, verdicts.chosen[:, None], -1.0, axis=1)
    others[:, STRATEGIES.index("not_applicable")] = -1.0
    ranked = np.argsort(-others, axis=1, kind="stable")[:, :_ALTERNATIVES]
    applies = verdicts.chosen != STRATEGIES.index("not_applicable")
    parts = []
    for place in range(_ALTERNATIVES):
        strategy = ranked[:, place]
        weight = _weight(verdicts, judge, strategy)
        best, known = weight.argmax(axis=1), weight.max(axis=1) > 0
        shares = others[np.arange(len(others)), strategy]
        wanted = np.flatnonzero((shares > 0) & np.where(known, True, applies & (shares >= _WORTH_TELLING)))
        prefixes = [f"{STRATEGIES[strategy[n]]} ({shares[n]:.2f}): {'' if known[n] else NOTHING_FOR}" for n in wanted]
        parts.append(_part(wanted, ALTERNATIVES, place, prefixes, np.where(known, hard + best, NONE)[wanted]))
    return parts


def _part(
    situation: NDArray[np.int64], name: str, place: int, prefix: str | list[str], template: NDArray[np.int64]
) -> pl.DataFrame:
    prefixes = prefix if isinstance(prefix, list) else [prefix] * len(situation)
    count = len(situation)
    columns = [situation, [name] * count, [place] * count, prefixes, template]
    return pl.DataFrame(dict(zip(_PIECES, columns, strict=True)), schema=_PIECES)


def _used(pieces: pl.DataFrame, templates: Sequence[str], count: int) -> dict[str, Truths]:
    """Per fact that sentences fill in: of which situations they do."""
    used: dict[str, Truths] = {}
    for (template,), part in pieces.filter(pl.col("template") != NONE).partition_by("template", as_dict=True).items():
        for name in facts_named(templates[template]):
            used.setdefault(name, np.zeros(count, dtype=np.bool_))[part["situation"].to_numpy()] = True
    return used


def _shown(found: Situations) -> dict[str, Truths]:
    """Per fact that is tested: in which situations its value makes a difference.

    Where no test of a fact holds, all come out as they would without it, unless one asks whether it is known.
    """
    shown: dict[str, Truths] = {}
    for number, test in enumerate(found.tests):
        relevant = np.ones(len(found.truth), dtype=np.bool_) if test.tells_unknown else found.truth[:, number]
        shown[test.fact] = shown.get(test.fact, np.zeros(len(found.truth), dtype=np.bool_)) | relevant
    return shown


def _sentences(rows: pl.DataFrame, pieces: pl.DataFrame, templates: Sequence[str]) -> pl.DataFrame:
    """Columns row, texts: the sentences of each row in their order. rows: with row, situation and the facts."""
    parts = [pl.DataFrame(schema={"row": pl.UInt32, "place": pl.Int64, "text": pl.String})]
    for (template,), part in pieces.partition_by("template", as_dict=True).items():
        text = pl.lit("") if template == NONE else sentence(templates[template])
        joined = rows.join(part.select("situation", "place", "prefix"), on="situation")
        parts.append(joined.select("row", "place", text=pl.concat_str("prefix", text)))
    ordered = pl.concat(parts).sort("row", "place")
    return ordered.group_by("row", maintain_order=True).agg(texts="text")
