"""A cell of few words as it may stand before a model: words that name nobody in clear, the rest as its shape.

Keep out: names that a tenant is known to have (pseudonyms), which are hidden whatever they look like; the plain words.
"""

from __future__ import annotations

import re
from functools import cache

from discovery_pipeline.agents.plain_words import plain_words
from discovery_pipeline.agents.pseudonyms import Pseudonyms
from discovery_pipeline.agents.tokens import word_pattern
from discovery_pipeline.domain.cleansing.vocabulary import (
    boolean_words,
    enum_words,
    named_boolean_words,
    placeholders,
)
from discovery_pipeline.domain.masking import masked_texts
from discovery_pipeline.domain.packaged import packaged_yaml
from discovery_pipeline.domain.schema import RECORD_KINDS, fields

# What is an address rather than words, and never shown: of mail, of machines, of files.
_ADDRESS = re.compile(r"\S*(?:@|\\|://|[^\W_][.:][^\W_])\S*")
# "P", "PRD", "Z1", "T2b": alone or beside words of ours so few signs are a code; beside others they may be initials.
# Three small letters are as likely somebody's first name.
_CODE = re.compile(r"[A-Z]{1,3}|[A-Za-z]{1,2}|\d{1,2}|[A-Za-z]{1,2}\d{1,2}[A-Za-z]?")
_TELLING = 3
# A word that is nearly one of a state's stands for it: of so many letters, with so high a similarity in [0, 100].
_LONG = 6
_NEAR = 88.0
NEARLY = "~"


def shown_words(text: str, pseudonyms: Pseudonyms) -> str:
    """The text with each word as it may be shown; marks between words stay.

    "Produktion FFM-Süd" -> "produktion FFM-Süd", "Prodution" -> "~production", "Müller" -> "Xxxxxx". What is known
    to be a name of the tenant's has its stand-in.
    """
    hidden = pseudonyms.names(text)
    words = _words(_ADDRESS.sub(" ", hidden))
    codes = len(words) == 1 or any(len(word) >= _TELLING and word.lower() in _plain() for word in words)
    parts, end = [], 0
    for match in _ADDRESS.finditer(hidden):
        parts += [_shown(hidden[end : match.start()], codes=codes), masked_texts([match[0]])[0]]
        end = match.end()
    return "".join((*parts, _shown(hidden[end:], codes=codes)))


@cache
def _plain() -> frozenset[str]:
    """The words that may be shown, in lower case."""
    return plain_words() | _of_states()


@cache
def _of_states() -> frozenset[str]:
    """Those that columns of choices are about."""
    own = packaged_yaml(__package__, "state_words.yaml")
    phrases = {*boolean_words(), *placeholders(), *own.values()}
    for record in RECORD_KINDS:
        for name in fields(record):
            phrases |= {*enum_words(name), *named_boolean_words(name)}
    return frozenset(part.lower() for phrase in phrases for part in _words(phrase))


@cache
def _stems() -> re.Pattern[str]:
    """Words of choices at a word's beginning or end, the longest first."""
    own = packaged_yaml(__package__, "state_words.yaml")["stems"].split()
    long = "|".join(re.escape(stem) for stem in sorted(own, key=lambda stem: (-len(stem), stem)))
    return re.compile(f"^(?:{long})|(?:{long})$")


@cache
def _long_words() -> list[str]:
    return sorted(word for word in _of_states() if len(word) >= _LONG and word.isalpha())


def _words(text: str) -> list[str]:
    return word_pattern(text).findall(text)


def _shown(text: str, *, codes: bool) -> str:
    return word_pattern(text).sub(lambda match: _shown_word(match[0], codes=codes), text)


def _shown_word(word: str, *, codes: bool) -> str:
    folded = word.lower()
    if folded in _plain():
        return folded
    if _CODE.fullmatch(word):
        return word if codes else masked_texts([word])[0]
    return _nearly(folded) or _with_stems(word)


def _nearly(word: str) -> str | None:
    from rapidfuzz import fuzz, process

    if len(word) < _LONG or not word.isalpha():
        return None
    found = process.extractOne(word, _long_words(), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return None if found is None else NEARLY + found[0]


def _with_stems(word: str) -> str:
    """The shape of a word with a word of choices at its beginning or end in clear: "vorabtest" -> "xxxxxtest"."""
    folded = word.lower()
    if len(folded) != len(word):
        return masked_texts([word])[0]
    parts, end = [], 0
    for match in _stems().finditer(folded):
        parts += [masked_texts([word[end : match.start()]])[0], match[0]]
        end = match.end()
    return "".join((*parts, masked_texts([word[end:]])[0]))
