"""The multilingual dictionary: words of headers -> concepts (data/words/). Knows nothing of canonical fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from discovery_pipeline.domain.vocabulary.source import load
from discovery_pipeline.domain.vocabulary.text import has_ideographs, split_words

# A form without a sense in a table's own language or in English has that of the first of these that knows it.
LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "sv", "pl", "ja", "zh")
# Articles and linking words of the languages covered; dropped from forms and headers alike.
STOP_WORDS = frozenset(
    """
    of the a an and for with de del della dei degli delle di da do dos das du des la le les el los las il lo l d y e et
    und der die den dem ein eine von vom zu zur zum fur fuer mit im am van het een voor na och para por pour con
    の en au aux sur un une dans nel nella sul sulla al alla
    """.split()  # noqa: SIM905  # words, not a list
)
_LINKS = ("", "s", "n", "en", "es", "er", "の")
_LONGEST_FORM = 5
_SHORT_PIECES = frozenset(("ip", "os", "vm", "id", "nr", "rz", "db", "hw", "sw"))
# Letters that an abbreviation keeps: the first ones before a dot, or the consonants.
_SHORTEST_DOTTED = 3
_SHORTEST_CUT = 5
_LETTERS_CUT = 4
_VOWELS = re.compile("[aeiouy]")
_SHORTEST_SKELETON = 4
# An edit in a short word makes another word ("host", "cost").
_SHORTEST_FUZZY = 6
_MIN_SIMILARITY = 0.83
# Shorter words are not taken apart into words of other languages than the table's.
_SHORTEST_MIXED = 9
_SHORTEST_MIXED_PIECE = 4


@dataclass(frozen=True)
class Word:
    """One word (or phrase) of a header. concept: what it means, or its own text when unknown. quality in (0, 1]."""

    concept: str
    text: str
    known: bool
    quality: float = 1.0


@dataclass(frozen=True)
class Dictionary:
    """forms: words of a form -> {language: concept}. pieces: single-word forms that compounds are made of.
    spellings: by language, the single words long enough to be recognised when misspelled. openers: first words of
    forms of several words."""

    forms: dict[tuple[str, ...], dict[str, str]]
    openers: frozenset[str]
    pieces: frozenset[str]
    spellings: dict[str, tuple[str, ...]]

    def sense(self, form: tuple[str, ...], language: str) -> str | None:
        """The concept of a form, in this language if it has a sense there; else English; else any."""
        senses = self.forms.get(form)
        if senses is None:
            return None
        return senses.get(language) or senses.get("en") or next(iter(senses.values()))


def _without_stop_words(words: Sequence[str]) -> tuple[str, ...]:
    if STOP_WORDS.isdisjoint(words):
        return tuple(words)
    return tuple(w for w in words if w not in STOP_WORDS) or tuple(words)


@cache
def dictionary() -> Dictionary:
    """The packaged dictionary. Raises ValueError when one form has two senses in one language.

    Every concept can be written by its own name: the lexicon is written in concepts.
    """
    spelled = [
        (tuple(split_words(spelling)), language, concept)
        for language in LANGUAGES
        for concept, spellings in load(f"words/{language}").items()
        for spelling in spellings
    ]
    forms: dict[tuple[str, ...], dict[str, str]] = {}
    for form, language, concept in spelled:
        known = forms.setdefault(form, {}).setdefault(language, concept)
        if known != concept:
            raise ValueError(f"words/{language}.yaml: {' '.join(form)!r} is both {known} and {concept}")
    for concept in load("words/en"):
        sense = forms.setdefault((concept,), {}).setdefault("en", concept)
        if sense != concept:
            raise ValueError(f"words/en.yaml: concept {concept} is named by a word that means {sense}")
    for form, language, concept in spelled:
        forms.setdefault(_without_stop_words(form), {}).setdefault(language, concept)
    single = [form[0] for form in forms if len(form) == 1]
    pieces = frozenset(w for w in single if len(w) >= 3 or has_ideographs(w) or w in _SHORT_PIECES)
    openers = frozenset(form[0] for form in forms if len(form) > 1)
    return Dictionary(forms, openers, pieces, _spellings(forms))


def _spellings(forms: dict[tuple[str, ...], dict[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for form, senses in sorted(forms.items()):
        if len(form) == 1 and len(form[0]) >= _SHORTEST_FUZZY:
            for language in senses:
                found.setdefault(language, []).append(form[0])
    return {language: tuple(words) for language, words in found.items()}


def read_words(words: Sequence[str], language: str = "en", cut: frozenset[str] = frozenset()) -> list[Word]:
    """Concepts of header words in order: longest known form first, then compounds, then near spellings.

    cut: words that a dot marks as abbreviations.
    """
    if len(words) == 1 and words[0] in STOP_WORDS:
        return _read_alone(words[0], language)
    found: list[Word] = []
    start = 0
    while start < len(words):
        size, concept = _longest_form(tuple(words[start : start + _LONGEST_FORM]), language)
        if concept is not None:
            found.append(Word(concept, " ".join(words[start : start + size]), known=True))
        elif words[start] not in STOP_WORDS:
            found.extend(_read_unknown(words[start], language, words[start] in cut))
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
            concept = known.sense(_without_stop_words(words[:size]), language)
        if concept is not None:
            return size, concept
    return 1, None


@lru_cache(maxsize=20_000)
def _read_unknown(word: str, language: str, dotted: bool = False) -> tuple[Word, ...]:
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
    return frozenset(p for p in pieces if len(p) >= _SHORTEST_MIXED_PIECE or has_ideographs(p) or p in _SHORT_PIECES)


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
    if len(word) < _SHORTEST_FUZZY or len(word) > 40:
        return None
    for spellings in (dictionary().spellings.get(spoken, ()) for spoken in dict.fromkeys((language, "en"))):
        likeness = DamerauLevenshtein.normalized_similarity
        hit = process.extractOne(word, spellings, scorer=likeness, score_cutoff=_MIN_SIMILARITY)
        if hit:
            return hit[0]
    return None


def table_language(headers: Iterable[Sequence[str]]) -> str:
    """The language most header words of a table belong to when they belong to one only; English when in doubt."""
    votes: Counter[str] = Counter()
    for words in headers:
        rest = _without_stop_words(words)
        for size in range(1, _LONGEST_FORM):
            for start in range(len(rest) - size + 1):
                senses = dictionary().forms.get(rest[start : start + size], {})
                if senses and "en" not in senses:
                    votes.update(dict.fromkeys(senses, 1 / len(senses)))
    return max(sorted(votes), key=lambda language: votes[language], default="en")
