"""The words of words.yaml, keyed as values are compared; what a word does to a value is in the rules."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl

from discovery_pipeline.domain.packaged import packaged_yaml


def word_key(expr: pl.Expr) -> pl.Expr:
    """How words are compared: lower-case, runs of anything but letters, digits and check marks as one blank."""
    return (
        expr.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}\u2610-\u2612\u2713-\u2718]+", " ").str.strip_chars(" ")
    )


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = packaged_yaml(__package__, "words.yaml")
    return words


def _by_word(choices: dict[Any, list[Any]]) -> dict[str, Any]:
    return {_spelt(word): choice for choice, words in choices.items() for word in words}


def _spelt(word: object) -> str:
    return str(word).lower() if isinstance(word, bool) else str(word)


def placeholders() -> frozenset[str]:
    """Words that say that nothing is known."""
    return frozenset(_words()["placeholders"])


def legal_words(field: str) -> frozenset[str]:
    """Placeholder words that are a real answer in this field."""
    return frozenset(_words()["legal"].get(field, ()))


def never_words() -> frozenset[str]:
    """Words that say that a date never comes."""
    return frozenset(_words()["never"])


def boolean_words() -> dict[str, str]:
    """Word -> "true" or "false", for any boolean field."""
    return _by_word(_words()["booleans"])


def named_boolean_words(field: str) -> dict[str, str]:
    """Word -> "true" or "false" where the word names this field's state itself ("physical")."""
    return _by_word(_words()["named_booleans"].get(field, {}))


def enum_words(field: str) -> dict[str, str]:
    """Word or phrase -> choice of this enum field."""
    return _by_word(_words()["enums"].get(field, {}))


def lifecycle_codes(header: str) -> dict[str, str]:
    """Code -> choice for a lifecycle column whose header says whose codes they are; empty when it does not."""
    lowered = header.lower()
    codes: dict[str, dict[str, str]] = _words()["lifecycle_codes"]
    return next((code for word, code in codes.items() if word in lowered), {})


def criticality_numbers() -> dict[str, str]:
    """Bare number -> criticality, 1 the most critical."""
    return dict(_words()["criticality_numbers"])


def month_numbers() -> dict[str, str]:
    """Name or abbreviation of a month -> two digits."""
    return {name: f"{number:02d}" for number, names in _words()["months"].items() for name in names}
