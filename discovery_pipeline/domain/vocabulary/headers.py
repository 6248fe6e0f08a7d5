"""What a header says: its words as concepts, its unit, its language. Maps nothing to canonical fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from discovery_pipeline.domain.vocabulary.dictionary import Word, dictionary, table_language
from discovery_pipeline.domain.vocabulary.text import LONGEST, fold, split_words
from discovery_pipeline.domain.vocabulary.units import bracketed_unit, rate_unit, word_unit
from discovery_pipeline.domain.vocabulary.words import read_words

# "Maint. end", "Ser.Nr.", "Inv.-Nr.": words that a dot cuts off.
_CUT = re.compile(r"([^\W\d_]{3,})\.(?=\s|$|[-/()]|[A-Z])")
_JOINED_UNIT = re.compile(r"([a-z]{3,})([kmgt]i?b|[mg]hz)$")
_CAMEL_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z][a-z]*[A-Z][A-Za-z]*(?![A-Za-z])")


@dataclass(frozen=True)
class Header:
    """A header read. words: in order, stop words dropped. unit: canonical spelling, or None when none is named."""

    raw: str
    words: tuple[Word, ...]
    unit: str | None
    language: str = "en"

    @property
    def concepts(self) -> tuple[str, ...]:
        return tuple(word.concept for word in self.words)


def read_header(raw: str, language: str = "en") -> Header:
    """Read one header in a table's language. A blank header has no words."""
    unit, words = header_words(raw, language)
    read = read_words(words, language, frozenset(fold(word) for word in _CUT.findall(raw[:LONGEST])))
    if not all(word.known for word in read):
        whole = read_words(_without_units(header_words(raw, language, camel=False)[1], language), language)
        read = whole if whole and all(word.known for word in whole) else read
    return Header(raw, tuple(read), unit, language)


def _known_whole(match: re.Match[str]) -> str:
    """NetBIOS, BarCode, MemberOf: a word of the dictionary whatever its capitals."""
    return match[0].lower() if (match[0].lower(),) in dictionary().forms else match[0]


def header_words(raw: str, language: str = "en", *, camel: bool = True) -> tuple[str | None, list[str]]:
    """(unit or None, folded words without it) of a header."""
    begun = raw[:LONGEST]
    unit, rest = rate_unit(begun)
    if unit is None:
        unit, rest = bracketed_unit(begun)
    split = split_words(_CAMEL_WORD.sub(_known_whole, rest) if camel else rest, camel=camel)
    words = [part for word in split for part in _unit_apart(word)]
    if unit is None:
        unit = next(filter(None, (word_unit(word, language) for word in words)), None)
        words = _without_units(words, language)
    return unit, words


def _unit_apart(word: str) -> tuple[str, ...]:
    """'ramgb' -> 'ram', 'gb': a known word with a unit written to its end."""
    joined = _JOINED_UNIT.match(word)
    forms = dictionary().forms
    return joined.groups() if joined and (word,) not in forms and (joined[1],) in forms else (word,)


def _without_units(words: list[str], language: str) -> list[str]:
    """Percent and bytes stay: they are meanings too. A header of nothing but units keeps them."""
    return [w for w in words if word_unit(w, language) in (None, "percent", "bytes")] or words


def read_headers(raw: Sequence[str]) -> list[Header]:
    """Read a table's headers, each in the language that the table as a whole speaks."""
    language = table_language(split_words(header) for header in raw[:300])
    return [read_header(header, language) for header in raw]
