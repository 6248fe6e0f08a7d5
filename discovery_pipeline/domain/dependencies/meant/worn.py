"""Known names as people write them from memory: what is meant is known, and no rule reads it as easily as the name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from discovery_pipeline.domain.opinions.doubts import rank

_WORD = re.compile(r"[^\W\d_]+|\d+")
_VOWELS = re.compile(r"(?<=\w)[aeiouäöü](?=\w)")
_PHRASES = ("the {} system", "{} application", "old {} server", "{} (prod)", "our {} platform", "{} backend")
_LONG = 6


def worn(name: str) -> str | None:
    """The name written otherwise, the same each time; None where every other way is the name itself."""
    words = _WORD.findall(name.lower())
    ways = sorted(_WAYS, key=lambda way: rank(name, way.__name__))
    return next((text for way in ways if (text := way(words)) and text != name.lower()), None)


def _beginnings(words: Sequence[str]) -> str | None:
    return (
        " ".join(word[:4] for word in words) if len(words) > 1 and any(len(word) >= _LONG for word in words) else None
    )


def _without_last(words: Sequence[str]) -> str | None:
    return " ".join(words[:-1]) if len(words) > 2 else None


def _turned(words: Sequence[str]) -> str | None:
    return " ".join([*words[1:], words[0]]) if len(words) > 1 else None


def _without_vowels(words: Sequence[str]) -> str | None:
    short = [_VOWELS.sub("", word) if len(word) >= _LONG else word for word in words]
    return " ".join(short) if short != list(words) else None


def _in_a_phrase(words: Sequence[str]) -> str | None:
    name = " ".join(words)
    return min((phrase.format(name) for phrase in _PHRASES), key=lambda phrase: rank(name, phrase))


def _letters_swapped(words: Sequence[str]) -> str | None:
    longest = max(words, key=len, default="")
    if len(longest) < _LONG:
        return None
    middle = len(longest) // 2
    slip = longest[: middle - 1] + longest[middle] + longest[middle - 1] + longest[middle + 1 :]
    return _in_a_phrase([slip if word == longest else word for word in words])


_WAYS: tuple[Callable[[Sequence[str]], str | None], ...] = (
    _beginnings, _without_last, _turned, _without_vowels, _in_a_phrase, _letters_swapped,
)  # fmt: skip
