"""Whether a text as a question shows it says anything to a reader, or is all stand-ins and shapes.

Keep out: how texts are hidden (pseudonyms, masking).
"""

from __future__ import annotations

import re

_STAND_IN = re.compile(r"(?<![^\W_])[a-z]+-\d+(?![^\W_])")
_WORD = re.compile(r"[^\W_]*[^\W\d_][^\W_]+|[^\W_]+[^\W\d_][^\W_]*")
_SIGN = re.compile(r"[^\W_xX9]")


def has_words(hidden: str) -> bool:
    """Whether words are left in a text that stand-ins were put into: "word-3 linux" and "host-1 (db)", not "word-3"."""
    return _WORD.search(_STAND_IN.sub(" ", hidden)) is not None


def has_signs(masked: str) -> bool:
    """Whether signs are left in a text whose words became shapes: "p" and "xxxtest", not "xxxx-99" or "person-1"."""
    return _SIGN.search(_STAND_IN.sub(" ", masked)) is not None
