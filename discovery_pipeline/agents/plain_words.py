"""Words that name nobody and nothing of a tenant's: those of our own vocabulary, and what sentences are made of."""

from __future__ import annotations

from functools import cache

from discovery_pipeline.domain.packaged import packaged_yaml
from discovery_pipeline.domain.vocabulary.dictionary import dictionary
from discovery_pipeline.domain.vocabulary.source import load
from discovery_pipeline.domain.vocabulary.text import fold

# Lists of words whose entries say in what part a machine has, told beside a stand-in.
_HINTS = ("role", "environment", "device_class")
_WORD_LISTS = (
    *_HINTS, "platform", "vendor", "bool", "criticality", "lifecycle", "power", "health", "virtual", "firmware",
    "protocol", "tcp_state", "verdict", "strategy", "classification", "managed_tool", "ownership",
)  # fmt: skip
_SHORTEST_HINT = 2


@cache
def plain_words() -> frozenset[str]:
    """Single words that may be shown wherever they stand, folded."""
    own = packaged_yaml(__package__, "plain_words.yaml")
    words = {word for name in ("prose", "products", "lines") for word in own[name].split()}
    words.update(word for phrase in _phrases() for word in phrase)
    return frozenset(words - set(own["never"]))


@cache
def plain_phrases() -> frozenset[str]:
    """Phrases of more than one of them ("domain controller"), written as one word."""
    return frozenset("".join(phrase) for phrase in _phrases() if len(phrase) > 1)


@cache
def hints() -> frozenset[str]:
    """Words for what a machine does and where it stands, as names hold them ("db", "prod")."""
    words = load("shapes")["words"]
    found = {fold(word) for name in _HINTS for word in words[name]}
    return frozenset(w for w in found if w.isascii() and w.isalpha() and len(w) >= _SHORTEST_HINT)


@cache
def _phrases() -> frozenset[tuple[str, ...]]:
    words = load("shapes")["words"]
    listed = (fold(phrase) for name in _WORD_LISTS for phrase in words[name])
    return frozenset((*dictionary().forms, *(tuple(phrase.replace("-", " ").split()) for phrase in listed)))
