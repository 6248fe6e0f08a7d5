"""The names that a tenant is known to use, found in any text however they are spelled.

Two spellings are one name when their letters and digits are the same: "CRM-DB-01", "crm_db_01" and "Crm Db 01". Names
are kept as hashes: a million of them take 10 MB, and the lookups of a text are one binary search. Keep out: which names
a tenant has (services), what is shown instead (pseudonyms).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.agents.plain_words import plain_phrases, plain_words
from discovery_pipeline.agents.tokens import UNSPACED

# Names of more tokens than these are not looked for as a whole; their words are none of ours, as a rule, and hidden.
# A script without blanks has a token for each sign.
_MOST_WORDS, _MOST_SIGNS = 8, 24
_TOKEN = rf"[{UNSPACED}]|[\p{{L}}\p{{N}}\p{{M}}--{UNSPACED}]+"
_BEYOND_ASCII = r"[^\x00-\x7F]"
# Shorter keys are codes that say little of whom they are; of other scripts than the Latin one, two signs are a name.
SHORTEST, _SHORTEST_ELSEWHERE = 3, 2
_LETTERS = {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"}
_IN_TEXT = str.maketrans(_LETTERS)


def name_key(text: str) -> str:
    """What makes two spellings one name: letters without accents and digits, in lower case."""
    if text.isascii():
        return text.lower() if text.isalnum() else "".join(c for c in text.lower() if c.isalnum())
    folded = unicodedata.normalize("NFKD", text).lower().translate(_IN_TEXT)
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LN")


def name_keys(names: pl.Expr) -> pl.Expr:
    """`name_key` of a column."""
    folded = names.str.normalize("NFKD").str.to_lowercase().str.replace_many(list(_LETTERS), list(_LETTERS.values()))
    return folded.str.replace_all(r"[^\p{L}\p{N}]+", "")


@dataclass(frozen=True)
class KnownNames:
    """A tenant's own names by what they are ("host", "person", "application", ...).

    A name of two kinds is of the first of them. What is a word of everybody's ("Finance", "web") is no name.
    """

    kinds: Mapping[str, Iterable[str]] = field(default_factory=dict, repr=False)

    def kind_of(self, text: str) -> str | None:
        """What the whole text is known to be the name of."""
        key = name_key(text)
        if key not in self._asked:
            self._asked[key] = self._kinds_of([key])[0]
        return self._asked[key]

    def found(self, tokens: Sequence[str]) -> list[tuple[int, int, str]]:
        """(first, after last, kind) of the names among a text's tokens, the longest first where they overlap.

        tokens: as `tokens` parts a text, in order.
        """
        keys = [name_key(token) for token in tokens]
        spans = list(self._spans(keys))
        if not spans:
            return []
        kinds = self._kinds_of(["".join(keys[i:j]) for i, j in spans])
        hits = sorted((i - j, i, j, kind) for (i, j), kind in zip(spans, kinds, strict=True) if kind is not None)
        chosen: list[tuple[int, int, str]] = []
        for _, i, j, kind in hits:
            if all(j <= first or after <= i for first, after, _ in chosen):
                chosen.append((i, j, kind))
        return sorted(chosen)

    def _spans(self, keys: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Runs of tokens that begin like some name; there are few."""
        index = self._index
        most = index.most_words if all(map(str.isascii, keys)) else max(index.most_words, index.most_signs)
        for i in range(len(keys)):
            if _opening("".join(keys[i : i + SHORTEST])) in index.openings:
                yield from ((i, j) for j in range(i + 1, min(i + most, len(keys)) + 1))

    def _kinds_of(self, keys: Sequence[str]) -> list[str | None]:
        """Each key's kind; None where it is no name."""
        index = self._index
        if not len(index.hashes):
            return [None] * len(keys)
        wanted = np.array([hash(key) for key in keys])
        at = np.minimum(np.searchsorted(index.hashes, wanted), len(index.hashes) - 1)
        is_name = index.hashes[at] == wanted
        return [
            index.kinds[number] if found else None for number, found in zip(index.numbers[at], is_name, strict=True)
        ]

    @cached_property
    def _asked(self) -> dict[str, str | None]:
        """Whole texts looked up before."""
        return {}

    @cached_property
    def _index(self) -> _Index:
        return _indexed(self.kinds)


@dataclass(frozen=True)
class _Index:
    """hashes: this process's of all keys, sorted; numbers: of each one's kind in `kinds`. openings: the first letters
    of all keys. most_words, most_signs: tokens of the longest name that is looked for, of those in ASCII and of others.
    """

    kinds: Sequence[str]
    hashes: NDArray[np.int64]
    numbers: NDArray[np.int16]
    openings: frozenset[str]
    most_words: int
    most_signs: int


def _indexed(kinds: Mapping[str, Iterable[str]]) -> _Index:
    frames = [pl.DataFrame(schema={"hash": pl.Int64, "kind": pl.Int16})]
    openings: set[str] = set()
    longest = {True: 0, False: 0}
    for number, names in enumerate(kinds.values()):
        series = names.rename("key") if isinstance(names, pl.Series) else pl.Series("key", list(names), dtype=pl.String)
        keys = _keys(series)
        hashes = pl.Series("hash", [hash(key) for key in keys], dtype=pl.Int64)
        frames.append(hashes.to_frame().with_columns(kind=pl.lit(number, pl.Int16)))
        openings.update(map(_opening, keys.str.slice(0, SHORTEST).unique()))
        for is_ascii, most in _longest(series):
            longest[is_ascii] = max(longest[is_ascii], most)
    table = pl.concat(frames).unique("hash", keep="first", maintain_order=True).sort("hash")
    return _Index(
        list(kinds), table["hash"].to_numpy(), table["kind"].to_numpy(), frozenset(openings),
        min(longest[True], _MOST_WORDS), min(longest[False], _MOST_SIGNS),
    )  # fmt: skip


def _longest(names: pl.Series) -> Iterator[tuple[bool, int]]:
    """(whether they are in ASCII, tokens of the longest of them)."""
    key = pl.col("key")
    counted = (
        names.drop_nulls()
        .to_frame()
        .select(is_ascii=~key.str.contains(_BEYOND_ASCII), tokens=key.str.count_matches(_TOKEN))
    )
    yield from counted.group_by("is_ascii").agg(pl.col("tokens").max()).iter_rows()


def _opening(key: str) -> str:
    """The signs by which a name is looked for."""
    return key[:SHORTEST] if key[:_SHORTEST_ELSEWHERE].isascii() else key[:_SHORTEST_ELSEWHERE]


def _keys(names: pl.Series) -> pl.Series:
    """The distinct keys of those that are names."""
    key = pl.col("key")
    signs = key.str.len_chars()
    is_long = (signs >= SHORTEST) | ((signs >= _SHORTEST_ELSEWHERE) & key.str.contains(_BEYOND_ASCII))
    is_name = is_long & ~key.is_in(plain_names().implode())
    return names.to_frame().select(name_keys(key)).filter(is_name)["key"].unique()


@cache
def plain_names() -> pl.Series:
    """Keys of words and phrases that are nobody's."""
    return pl.Series(sorted({name_key(word) for word in (*plain_words(), *plain_phrases())}), dtype=pl.String)
