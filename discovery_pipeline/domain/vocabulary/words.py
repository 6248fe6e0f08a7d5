"""Words of headers -> concepts, through the dictionary and, where that fails, through what words are made of."""

from __future__ import annotations

from collections.abc import Sequence

from discovery_pipeline.domain.vocabulary.dictionary import (
    LONGEST_FORM,
    STOP_WORDS,
    Word,
    dictionary,
    without_stop_words,
)
from discovery_pipeline.domain.vocabulary.unknown_words import read_unknown


def read_words(words: Sequence[str], language: str = "en", cut: frozenset[str] = frozenset()) -> list[Word]:
    """Concepts of header words in order: longest known form first, then compounds, then near spellings.

    cut: words that a dot marks as abbreviations.
    """
    if len(words) == 1 and words[0] in STOP_WORDS:
        return _read_alone(words[0], language)
    found: list[Word] = []
    start = 0
    while start < len(words):
        size, concept = _longest_form(tuple(words[start : start + LONGEST_FORM]), language)
        if concept is not None:
            found.append(Word(concept, " ".join(words[start : start + size]), known=True))
        elif words[start] not in STOP_WORDS:
            found.extend(read_unknown(words[start], language, words[start] in cut))
        start += size
    return found


def _read_alone(word: str, language: str) -> list[Word]:
    """A linking word that is the whole header has a sense in its own language only: "De", "Da" begin a flow."""
    concept = dictionary().forms.get((word,), {}).get(language)
    return [] if concept is None else [Word(concept, word, known=True)]


def _longest_form(words: tuple[str, ...], language: str) -> tuple[int, str | None]:
    known = dictionary()
    for size in range(len(words) if words[0] in known.openers else 1, 0, -1):
        if size == 1 and words[0] in STOP_WORDS:
            break
        concept = known.sense(words[:size], language)
        if concept is None and size > 1 and words[0] not in STOP_WORDS and words[size - 1] not in STOP_WORDS:
            concept = known.sense(without_stop_words(words[:size]), language)
        if concept is not None:
            return size, concept
    return 1, None
