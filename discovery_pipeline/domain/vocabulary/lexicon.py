"""Phrases of concepts -> canonical fields, and what the rest of a header costs. Reads the lexicon of each record kind.

A phrase matches a header that contains all its concepts, in any order and therefore in any language. Strengths are
log-odds: how many times likelier a header of these words is when the column carries the field than when it doesn't.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.headers import Header
from discovery_pipeline.domain.vocabulary.source import load
from discovery_pipeline.domain.vocabulary.text import split_words
from discovery_pipeline.domain.vocabulary.words import read_words

STRENGTHS = {"sure": 5.0, "likely": 3.5, "possible": 2.0}
# What a header means when it means no canonical field.
NO_FIELD = ""
# A wrongly spelled or taken-apart word is weaker evidence than a plain one.
_QUALITY_COST = 3.0
# Digits, and words of the field's own noun.
_OWN_COST = 0.2
# Words that cost no more than this only say which thing the row is.
_NEUTRAL = 0.6
# Words that cost no more than this name nothing of their own.
_NAMELESS = 0.5
# "Parent" names no field, "parent server" may: what a refusing phrase leaves unexplained always tells something.
_LEAST_COST_OF_REFUSAL = 1.0
_REMEMBERED = 50_000
_ALTERNATIVES = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True)
class Phrase:
    """concepts: all must stand in the header. field: canonical name or NO_FIELD. strength: log-odds."""

    concepts: frozenset[str]
    field: str
    strength: float
    text: str


@dataclass(frozen=True)
class Claim:
    """A field that a header names. weight: log-odds after the words that the phrase leaves unexplained."""

    field: str
    weight: float
    phrase: str
    rest: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """The phrases of one record kind, found by any of their concepts; subjects are words that speak of other things."""

    by_concept: dict[str, tuple[Phrase, ...]]
    subjects: dict[str, float]

    def claims(self, header: Header) -> tuple[Claim, ...]:
        """The best claim of every field that the header can name, NO_FIELD included; strongest first."""
        best: dict[str, Claim] = {}
        for phrase in self._contained(frozenset(header.concepts)):
            claim = _claim(phrase, header, self.subjects)
            if phrase.field not in best or claim.weight > best[phrase.field].weight:
                best[phrase.field] = claim
        found = [c for c in best.values() if c.weight > -1.0]
        return tuple(sorted(_with_subject(found, header, self.subjects), key=lambda c: (-c.weight, c.field)))

    def _contained(self, concepts: frozenset[str]) -> Iterator[Phrase]:
        seen: set[Phrase] = set()
        for concept in sorted(concepts):
            for phrase in self.by_concept.get(concept, ()):
                if phrase not in seen and phrase.concepts <= concepts:
                    seen.add(phrase)
                    yield phrase


@lru_cache(maxsize=_REMEMBERED)
def claims_of(record: RecordKind, header: Header) -> tuple[Claim, ...]:
    """Claims of a header under a record kind's lexicon; remembered, since several questions are asked of each."""
    return lexicon(record).claims(header)


def names_a_thing(header: Header) -> bool:
    """Whether a header names another thing than the row's: it has words that mean more than "server" or "system"."""
    weights = load("modifiers")["weights"]
    named = (w.concept for w in header.words if w.known and not is_holder(w.concept))
    return any(float(weights.get(concept, _LEAST_COST_OF_REFUSAL)) > _NAMELESS for concept in named)


def is_holder(concept: str) -> bool:
    """Whether a word before a header says only how its value is kept: "Tag: Owner", "Custom field - Wave"."""
    return concept in load("modifiers")["holders"]


def is_generic(header: Header) -> bool:
    """Whether a header says "name", "type", "status" and no more: it is about whatever stands before it."""
    return set(header.concepts) <= set(load("modifiers")["generic"])


@cache
def lexicon(record: RecordKind) -> Lexicon:
    """The packaged lexicon of a record kind."""
    return Lexicon(_index(phrases(record)), {k: float(v) for k, v in _refused(record)["subjects"].items()})


def phrases(record: RecordKind) -> Iterator[Phrase]:
    """Every phrase of a record kind's lexicon, alternatives written out, in its order."""
    document, refused = load(record), _refused(record)
    fields = {**document["fields"], NO_FIELD: {level: refused.get(level, ()) for level in STRENGTHS}}
    for field, strengths in fields.items():
        for level, texts in strengths.items():
            yield from _phrases(field, STRENGTHS[level], texts, document["macros"])


def _refused(record: RecordKind) -> dict[str, Any]:
    """Phrases of NO_FIELD by strength, and subjects: assets have a document of their own."""
    document = load(record)
    return load("unmapped") if record == "asset" else {"sure": document["unmapped"], "subjects": document["subjects"]}


def _phrases(field: str, strength: float, texts: Iterable[str], macros: dict[str, str]) -> Iterator[Phrase]:
    for text in texts:
        for name, value in macros.items():
            text = text.replace(f"${name}", value)
        parts = [part.split("|") if odd else [part] for odd, part in _parts(text)]
        for choice in itertools.product(*parts):
            plain = "".join(choice)
            concepts = frozenset(word.concept for word in read_words(split_words(plain)))
            yield Phrase(concepts, field, strength, plain)


def _parts(text: str) -> list[tuple[bool, str]]:
    return [(i % 2 == 1, part) for i, part in enumerate(_ALTERNATIVES.split(text))]


def _index(phrases: Iterable[Phrase]) -> dict[str, tuple[Phrase, ...]]:
    """Each phrase under its first concept in alphabetical order: headers that contain it are found through that."""
    found: dict[str, dict[Phrase, None]] = {}
    for phrase in phrases:
        found.setdefault(min(phrase.concepts), {})[phrase] = None
    return {concept: tuple(group) for concept, group in found.items()}


def _claim(phrase: Phrase, header: Header, subjects: dict[str, float]) -> Claim:
    rest = tuple(w for w in header.words if w.concept not in phrase.concepts)
    spelling = sum(1.0 - w.quality for w in header.words if w.concept in phrase.concepts) * _QUALITY_COST
    unexplained = sum(_cost(word.concept, word.known, phrase, subjects) for word in dict.fromkeys(rest))
    return Claim(phrase.field, phrase.strength - spelling - unexplained, phrase.text, tuple(w.text for w in rest))


def _cost(concept: str, known: bool, phrase: Phrase, subjects: dict[str, float]) -> float:
    """What an unexplained word costs: next to nothing when it only says which thing the row is."""
    modifiers = load("modifiers")
    if concept.isdigit() or concept in modifiers["own"].get(phrase.field, ()):
        return _OWN_COST
    cost = float(modifiers["weights"].get(concept, modifiers["known" if known else "unknown"]))
    if concept not in modifiers["weights"] and phrase.concepts.issubset(modifiers["generic"]):
        cost += float(modifiers["generic_extra"])
    if known and phrase.concepts == {"id"} and cost > _NEUTRAL:
        cost = max(cost, float(modifiers["id_of_other"]))
    if phrase.field == NO_FIELD:
        return max(cost, _LEAST_COST_OF_REFUSAL)
    return max(cost, subjects.get(concept, 0.0))


def _with_subject(claims: list[Claim], header: Header, subjects: dict[str, float]) -> list[Claim]:
    """Add the claim of a word that speaks of another thing, unless the best field's phrase explains that word."""
    best = max((c for c in claims if c.field), key=lambda c: c.weight, default=None)
    explained = set() if best is None else {w.concept for w in header.words if w.text not in best.rest}
    spoken = {w.concept: subjects[w.concept] for w in header.words if w.concept in subjects}
    weight, concept = max(((v, k) for k, v in spoken.items() if k not in explained), default=(0.0, ""))
    refused = next((c for c in claims if c.field == NO_FIELD), None)
    if weight <= (refused.weight if refused else 0.0):
        return claims
    others = [c for c in claims if c.field != NO_FIELD]
    return [*others, Claim(NO_FIELD, weight, concept, ())]
