"""Words that the dictionary lacks: abbreviations, compounds, unspaced text, misspellings of words that it has."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from discovery_pipeline.domain.vocabulary.dictionary import SHORT_PIECES, SHORTEST_FUZZY, STOP_WORDS, Word, dictionary
from discovery_pipeline.domain.vocabulary.text import has_ideographs

_LINKS = ("", "s", "n", "en", "es", "er", "の")
# Letters that an abbreviation keeps: the first ones before a dot, or the consonants.
_SHORTEST_DOTTED = 3
_SHORTEST_CUT = 5
_LETTERS_CUT = 4
_VOWELS = re.compile("[aeiouy]")
_SHORTEST_SKELETON = 4
_MIN_SIMILARITY = 0.83
# Shorter words are not taken apart into words of other languages than the table's.
_SHORTEST_MIXED = 9
_SHORTEST_MIXED_PIECE = 4


@lru_cache(maxsize=20_000)
def read_unknown(word: str, language: str, dotted: bool = False) -> tuple[Word, ...]:
    whole = _whole_word(word, language, dotted=True) if dotted else None
    if whole:
        return (_piece(whole, language, 0.9),)
    parts = _compound(word, language)
    if parts:
        return tuple(_piece(part, language, 0.95) for part in parts if part not in STOP_WORDS)
    if has_ideographs(word):
        return tuple(_piece(part, language, 0.9) for part in _longest_pieces(word))
    near = _near_spelling(word, language) or _whole_word(word, language)
    return (_piece(near, language, 0.8),) if near else (Word(word, word, known=False),)


def _piece(part: str, language: str, quality: float) -> Word:
    concept = dictionary().sense((part,), language)
    return Word(concept or part, part, concept is not None, quality)


def _whole_word(word: str, language: str, *, dotted: bool = False) -> str | None:
    """The only word of which this is the beginning ("Gewährl.", dotless if much is left out) or the consonants."""
    for spoken in dict.fromkeys((language, "en")):
        begun, bare = _shortened(spoken)
        whole = begun.get(word) if spoken == language or len(word) > _SHORTEST_DOTTED else None
        if whole and not dotted and (len(word) < _SHORTEST_CUT or len(whole) - len(word) < _LETTERS_CUT):
            whole = None
        if whole is None and len(word) >= _SHORTEST_SKELETON:
            whole = bare.get(word)
        if whole:
            return whole
    return None


@cache
def _shortened(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Beginnings and consonants of a language's words -> a word they stand for; those of two meanings left out."""
    begun: dict[str, dict[str, str]] = {}
    bare: dict[str, dict[str, str]] = {}
    for word in dictionary().spellings.get(language, ()):
        concept = dictionary().forms[(word,)][language]
        for size in range(_SHORTEST_DOTTED, len(word) - 1):
            begun.setdefault(word[:size], {}).setdefault(concept, word)
        bare.setdefault(word[0] + _VOWELS.sub("", word[1:]), {}).setdefault(concept, word)
    return _unambiguous(begun), _unambiguous(bare)


def _unambiguous(meanings: dict[str, dict[str, str]]) -> dict[str, str]:
    return {short: next(iter(words.values())) for short, words in meanings.items() if len(words) == 1}


def _compound(word: str, language: str) -> tuple[str, ...]:
    """The fewest known pieces that make up the whole word, linking letters aside; empty when there are none.

    Of the table's language and English when these suffice, so that "discover" is no "disco" and "ver".
    """
    if len(word) > 60:
        return ()
    for pieces in (_pieces(language), _long_pieces()):
        parts = _split_into(word, pieces)
        if len(parts) > 1 or (parts and has_ideographs(word)):
            return parts
        if len(word) < _SHORTEST_MIXED:
            break
    return ()


@cache
def _pieces(language: str) -> frozenset[str]:
    """Pieces that have a sense in this language or in English. A table in doubt passes for English."""
    spoken = {language, "en"}
    return frozenset(p for p in dictionary().pieces if not spoken.isdisjoint(dictionary().forms[(p,)]))


@cache
def _long_pieces() -> frozenset[str]:
    """Pieces of any language, without those so short that they stand in many words."""
    pieces = dictionary().pieces
    return frozenset(p for p in pieces if len(p) >= _SHORTEST_MIXED_PIECE or has_ideographs(p) or p in SHORT_PIECES)


def _split_into(word: str, pieces: frozenset[str]) -> tuple[str, ...]:
    """Fewest pieces; of as many, those with the fewest linking letters between them."""
    best: dict[int, tuple[tuple[int, int], tuple[str, ...]]] = {0: ((0, 0), ())}
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 24), end):
            part = _strip_link(word[start:end], pieces, last=end == len(word)) if start in best else None
            if part is None:
                continue
            (count, links), before = best[start]
            price = (count + 1, links + end - start - len(part))
            if end not in best or price < best[end][0]:
                best[end] = (price, (*before, part))
    return best[len(word)][1] if len(word) in best else ()


def _strip_link(part: str, pieces: frozenset[str], *, last: bool) -> str | None:
    for link in ("",) if last else _LINKS:
        stem = part.removesuffix(link) if link else part
        if stem in pieces and len(stem) + len(link) == len(part):
            return stem
    return None


def _longest_pieces(word: str) -> list[str]:
    """Greedy segmentation of unspaced text; what no piece covers is kept as one unknown word."""
    pieces = dictionary().pieces
    found: list[str] = []
    unknown = ""
    start = 0
    while start < min(len(word), 60):
        size = next((n for n in range(12, 0, -1) if word[start : start + n] in pieces), 0)
        if size:
            found.extend(filter(None, (unknown, word[start : start + size])))
            unknown = ""
        else:
            unknown += word[start]
        start += size or 1
    return [*found, unknown] if unknown else found


def _near_spelling(word: str, language: str) -> str | None:
    """A known spelling of this language or English one or two typing errors away; umlauts written out count as none."""
    plain = word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    if (plain,) in dictionary().forms:
        return plain
    if len(word) > 3 and word.endswith("s") and (word[:-1],) in dictionary().forms:
        return word[:-1]
    if len(word) < SHORTEST_FUZZY or len(word) > 40:
        return None
    for spellings in (dictionary().spellings.get(spoken, ()) for spoken in dict.fromkeys((language, "en"))):
        likeness = DamerauLevenshtein.normalized_similarity
        hit = process.extractOne(word, spellings, scorer=likeness, score_cutoff=_MIN_SIMILARITY)
        if hit:
            return hit[0]
    return None
