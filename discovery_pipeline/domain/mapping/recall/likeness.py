"""How alike two headers are, beyond their spelling: as words' concepts, so that abbreviations and languages meet."""

from __future__ import annotations

from rapidfuzz import fuzz

from discovery_pipeline.domain.mapping.places import header_key
from discovery_pipeline.domain.vocabulary.headers import read_header


def meaning(header: str) -> str:
    """A header as it is compared for its meaning: its words' concepts."""
    return " ".join(read_header(header).concepts) or header_key(header)


def spelled_alike(one: str, other: str) -> float:
    """Likeness of two headers' meanings as texts, in [0, 1], whatever the order of their words."""
    return fuzz.token_sort_ratio(meaning(one), meaning(other)) / 100
