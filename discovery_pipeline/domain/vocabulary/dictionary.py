"""The multilingual dictionary: words of headers -> concepts (data/words/). Knows nothing of canonical fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

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
LONGEST_FORM = 5
SHORT_PIECES = frozenset(("ip", "os", "vm", "id", "nr", "rz", "db", "hw", "sw"))
# An edit in a short word makes another word ("host", "cost").
SHORTEST_FUZZY = 6


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


def without_stop_words(words: Sequence[str]) -> tuple[str, ...]:
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
        forms.setdefault(without_stop_words(form), {}).setdefault(language, concept)
    single = [form[0] for form in forms if len(form) == 1]
    pieces = frozenset(w for w in single if len(w) >= 3 or has_ideographs(w) or w in SHORT_PIECES)
    openers = frozenset(form[0] for form in forms if len(form) > 1)
    return Dictionary(forms, openers, pieces, _spellings(forms))


def _spellings(forms: dict[tuple[str, ...], dict[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for form, senses in sorted(forms.items()):
        if len(form) == 1 and len(form[0]) >= SHORTEST_FUZZY:
            for language in senses:
                found.setdefault(language, []).append(form[0])
    return {language: tuple(words) for language, words in found.items()}


def table_language(headers: Iterable[Sequence[str]]) -> str:
    """The language most header words of a table belong to when they belong to one only; English when in doubt."""
    votes: Counter[str] = Counter()
    for words in headers:
        rest = without_stop_words(words)
        for size in range(1, LONGEST_FORM):
            for start in range(len(rest) - size + 1):
                senses = dictionary().forms.get(rest[start : start + size], {})
                if senses and "en" not in senses:
                    votes.update(dict.fromkeys(senses, 1 / len(senses)))
    return max(sorted(votes), key=lambda language: votes[language], default="en")
