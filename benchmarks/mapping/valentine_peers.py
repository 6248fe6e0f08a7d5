"""Peers from Valentine (delftdata/valentine) with its defaults: COMA on schemas, JaccardDistance on values."""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.mapping.layouts import Layout
from benchmarks.mapping.peers import Guess, plain, synonyms
from discovery_pipeline.domain.schema import fields

if TYPE_CHECKING:
    from valentine.algorithms import BaseMatcher

SYNONYMS = 5
# Example values of a field: the most frequent ones, so that one layout takes a second and not a minute.
EXAMPLES = 60


@dataclass(frozen=True)
class Coma:
    """Valentine's COMA on names alone, with its own selection of pairs that choose each other."""

    others: Sequence[Layout]
    name: str = "Valentine COMA"
    told: str = f"names of fields, and {SYNONYMS} phrases each that most headers of other products are written as"

    def guesses(self, layout: Layout) -> list[Guess]:
        from valentine.algorithms import Coma as Matcher

        texts = _likeliest_synonyms(layout, self.others)
        headers = [plain(column.header) for column in layout.columns]
        empty = {text: [""] for text in texts}
        found = _matched(Matcher(), {h: [""] for h in headers if h}, empty)
        by_header = {header: Guess(texts[text], similarity) for header, (text, similarity) in found.items()}
        return [by_header.get(header, Guess(None, 0.0)) for header in headers]


@dataclass(frozen=True)
class Values:
    """Valentine's JaccardDistance: values that are alike, against values of other products' labelled columns."""

    others: Sequence[Layout]
    name: str = "Valentine JaccardDistance"
    told: str = f"values against the {EXAMPLES} most frequent values of each field in other products' layouts"

    def guesses(self, layout: Layout) -> list[Guess]:
        from valentine.algorithms import JaccardDistanceMatcher

        examples = {
            field: [value for value, _ in counted.most_common(EXAMPLES)]
            for field, counted in _values_of_others(layout, self.others).items()
        }
        given = {str(i): list(column.values) for i, column in enumerate(layout.columns)}
        found = _matched(JaccardDistanceMatcher(), given, examples)
        return [Guess(*found.get(str(i), (None, 0.0))) for i in range(len(layout.columns))]


def _likeliest_synonyms(layout: Layout, others: Sequence[Layout]) -> dict[str, str]:
    """Names of fields and SYNONYMS phrases each, those that most headers of other families are."""
    used = Counter(
        plain(column.header)
        for other in others
        if other.family != layout.family and other.record == layout.record
        for column in other.columns
        if column.gold
    )
    names = {plain(name): name for name in fields(layout.record)}
    chosen: dict[str, list[str]] = defaultdict(list)
    for text, field in sorted(synonyms(layout.record).items(), key=lambda x: -used[x[0]]):
        if text not in names and len(chosen[field]) < SYNONYMS:
            chosen[field].append(text)
    return names | {text: field for field, texts in chosen.items() for text in texts}


def _values_of_others(layout: Layout, others: Sequence[Layout]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for other in others:
        if other.family != layout.family and other.record == layout.record:
            for column in other.columns:
                for field in column.gold[:1]:
                    found.setdefault(field, Counter()).update(set(column.values) - {""})
    return found


def _matched(
    matcher: BaseMatcher, source: dict[str, list[str]], target: dict[str, list[str]]
) -> dict[str, tuple[str, float]]:
    """Column of the source -> its most similar column of the target, for those that have one."""
    from valentine import valentine_match

    best: dict[str, tuple[str, float]] = {}
    frames = [_frame(source), _frame(target)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tries values as dates, and the parser of dates complains
        matches = valentine_match(frames, matcher, df_names=["source", "target"])
    for pair, similarity in matches.items():
        if similarity > best.get(pair.source_column, ("", 0.0))[1]:
            best[pair.source_column] = (pair.target_column, similarity)
    return best


def _frame(columns: dict[str, list[str]]) -> pl.DataFrame:
    """Columns of unequal length, filled up with nulls."""
    longest = max(map(len, columns.values()), default=0)
    filled = {name: [v or None for v in values] + [None] * (longest - len(values)) for name, values in columns.items()}
    return pl.DataFrame(filled, schema=dict.fromkeys(filled, pl.String))
