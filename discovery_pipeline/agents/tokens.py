"""Words and tokens of a text of any script. A token is a word, a number, or a sign of a script without blanks.

Keep out: which tokens are names (known_names), what is shown in their place (pseudonyms, shown_words).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

# Scripts in which words follow one another without a blank, or take endings without one: Thai, Lao, Myanmar, Khmer,
# kana, Han, Hangul. A class for Python's `re` and for polars alike.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_ASCII = re.compile(r"[^\W_]+")
# Marks beyond the second plane are of no script.
_PLANES = range(0x80, 0x20000)


def tokens(text: str) -> list[tuple[int, int]]:
    """(start, end) of each token, in order."""
    pattern = _ASCII if text.isascii() else _tokens_of_any_script()
    return [match.span() for match in pattern.finditer(text)]


def word_pattern(text: str) -> re.Pattern[str]:
    """Runs of letters and digits with their marks; most texts are ASCII, for which a class will do."""
    return _ASCII if text.isascii() else _words_of_any_script()


@cache
def _words_of_any_script() -> re.Pattern[str]:
    """Several scripts write their vowels with marks, which `\\w` doesn't hold."""
    return re.compile(rf"(?:[^\W_]|[{_marks()}])+")


@cache
def _tokens_of_any_script() -> re.Pattern[str]:
    marks = _marks()
    return re.compile(rf"[{UNSPACED}][{marks}]*|(?:(?![{UNSPACED}])[^\W_]|[{marks}])+")


@cache
def _marks() -> str:
    """Every mark (general category M), as ranges of a class."""
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in _ranges())


def _ranges() -> Iterator[tuple[int, int]]:
    first = None
    for code in _PLANES:
        is_mark = unicodedata.category(chr(code))[0] == "M"
        if is_mark and first is None:
            first = code
        elif not is_mark and first is not None:
            yield first, code - 1
            first = None
