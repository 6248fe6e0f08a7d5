"""What of a tenant's patterns may leave it: that a header means a field, in words that ship with the product.

Two guards, since neither is enough. A header that three tenants have may still be a name ("Kunde Müller"), where the
three are projects of one company; and a header of plain words may still be one tenant's own. So only headers of words
that ship with the product are taken (here), and only those that enough tenants have are given (store/sharing.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from discovery_pipeline.domain.learning.patterns import Pattern
from discovery_pipeline.domain.schema import RECORD_KINDS, fields
from discovery_pipeline.domain.vocabulary.dictionary import STOP_WORDS, dictionary
from discovery_pipeline.domain.vocabulary.source import load
from discovery_pipeline.domain.vocabulary.units import word_unit


@dataclass(frozen=True, order=True)
class SharedLesson:
    """Columns of this header carry this field, in tables of this record kind and of this tool ("" = of none known).

    Every text of it stands in a list that ships with the product: packaged words, record kinds, tools, fields.
    """

    header_key: str
    record: str
    product: str
    field: str


def shareable(patterns: Iterable[Pattern]) -> tuple[SharedLesson, ...]:
    """What current mapping patterns teach without telling anything of their tenant, each once, in order."""
    return tuple(sorted({lesson for pattern in patterns if (lesson := _lesson(pattern)) and _is_packaged(lesson)}))


def _lesson(pattern: Pattern) -> SharedLesson | None:
    field = pattern.said.get("field")
    if pattern.kind != "mapping" or pattern.polarity < 0 or not pattern.is_current or not field:
        return None
    return SharedLesson(pattern.target["header_key"], pattern.record or "", pattern.product or "", field)


def _is_packaged(lesson: SharedLesson) -> bool:
    kind = next((kind for kind in RECORD_KINDS if kind == lesson.record), None)
    if kind is None or lesson.field not in fields(kind):
        return False
    return is_of_packaged_words(lesson.header_key) and (not lesson.product or lesson.product in load("products"))


def is_of_packaged_words(header_key: str) -> bool:
    """Whether every word is spelled as in the dictionary, a unit, or one digit; never so for a blank header.

    Compounds and misspellings that readers of headers would understand don't count: names are made of words too.
    """
    words = header_key.split()
    return bool(words) and all(map(_is_packaged_word, words))


def _is_packaged_word(word: str) -> bool:
    return word in _packaged_words() or word_unit(word, "en") is not None or (len(word) == 1 and word.isdigit())


@cache
def _packaged_words() -> frozenset[str]:
    return STOP_WORDS.union(*dictionary().forms)
