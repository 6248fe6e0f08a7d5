"""What of a text that holds no known name could still be one, by its looks: the rest may stand in clear.

Keep out: names that are known (known_names), what is somebody's whatever stands around it (sensitive).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from discovery_pipeline.agents.plain_words import plain_words
from discovery_pipeline.domain.vocabulary.text import fold

# What joins tokens; signs of a script without blanks follow each other.
_JOINTS = frozenset(("-", "_", ".", ""))
# What may stand between the groups of one number: of a telephone, a card, a person's day of birth.
_WITHIN_NUMBERS = re.compile(r"[ ()/]{1,2}")
# Codes say little of whom they are: P, DB, T3, PRD, W10. Longer ones, and numbers longer than a port, may be names.
_LONGEST_CODE, _LONGEST_NUMBER = 3, 5
_YEAR = re.compile(r"(?:19|20)\d\d$")
# Numbers side by side may be one that is somebody's when they have so many digits together: two, or more of them.
_DIGITS_OF_TWO, _DIGITS_OF_MORE = 8, 7
# A version begins with a small number or a year; three of such an end are a day.
_VERSION = re.compile(r"(?:\d{1,2}|(?:19|20)\d\d)(?:\.\d{1,5}){1,3}")
_DAY = re.compile(r"\d{1,2}\.\d{1,2}\.(?:19|20)?\d\d|(?:19|20)\d\d\.\d\d\.\d\d")


def compounds(text: str, tokens: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Tokens that one mark joins ("web-prod-07", "10.2"), numbers side by side, and tokens that stand alone."""
    joined: list[tuple[int, int]] = []
    for token in tokens:
        if joined and not _are_joined(text, joined, token):
            yield joined
            joined = []
        joined.append(token)
    if joined:
        yield joined


def _are_joined(text: str, before: Sequence[tuple[int, int]], token: tuple[int, int]) -> bool:
    between = text[before[-1][1] : token[0]]
    if between in _JOINTS:
        return True
    return bool(_WITHIN_NUMBERS.fullmatch(between)) and all(text[a:b].isdecimal() for a, b in (*before, token))


def is_word(token: str) -> bool:
    """Whether it is a word of ours."""
    return (token.lower() if token.isascii() else fold(token)) in plain_words()


def is_plain(token: str) -> bool:
    """Whether a token that stands alone names nobody: a word of ours, with a year at most, a small number, a code."""
    if token.isdecimal():
        return len(token) <= _LONGEST_NUMBER
    if is_word(token) or is_word(_YEAR.sub("", token)):
        return True
    is_code = token.isascii() and len(token) <= _LONGEST_CODE
    return is_code and (token.isupper() or not token.isalpha() or len(token) < _LONGEST_CODE)


def are_versions(text: str) -> bool:
    """Whether numbers name nobody: versions ("10.0.17763"), and few small numbers side by side."""
    words = _WITHIN_NUMBERS.sub(" ", text).split()
    numbers = [word for word in words if word.isdecimal()]
    most = _DIGITS_OF_TWO if len(numbers) == 2 else _DIGITS_OF_MORE
    is_one = len(numbers) > 1 and sum(map(len, numbers)) >= most
    return not is_one and all(
        len(word) <= _LONGEST_NUMBER if word.isdecimal() else _VERSION.fullmatch(word) and not _DAY.fullmatch(word)
        for word in words
    )


def looks_like(text: str) -> str:
    """The kind of stand-in of what nobody knows, by its looks."""
    if not any(map(str.isalpha, text)):
        return "number"
    has_digits = any(c.isdigit() for c in text)
    if any(joint in text for joint in _JOINTS if joint):
        return "host" if has_digits else "name"
    return "code" if has_digits else "word"
