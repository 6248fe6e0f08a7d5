"""A column as a bag of weighted tokens: words, concepts and letters of its header, looks of its values, neighbours.

Words are read through the dictionary, so that what was learned in one language is known in all. Knows no fields.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.vocabulary.headers import Header
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile
from discovery_pipeline.domain.vocabulary.text import fold, split_words

Tokens = dict[str, float]

# How much a token of each kind may say; chosen on the cross-validation that the data sheet reports.
_LETTERS, _VALUES, _BESIDE, _EDGE, _WHOLE = 0.35, 0.4, 0.5, 0.5, 1.0
_GRAMS = (3, 4)
_MOST_WORDS, _MOST_LETTERS = 12, 60
_DIGITS = re.compile(r"\d+")
_UPPER, _LOWER = re.compile(r"[A-Z]+"), re.compile(r"[a-z]+")
_VALUE_WORD = re.compile(r"[^\W\d_]{2,12}")


def column_tokens(
    headers: Sequence[Header], profiles: Sequence[ColumnProfile], kind: TableKind, position: int
) -> Tokens:
    """The tokens of one column of a table. headers, profiles: of the whole table, by position."""
    tokens: Tokens = {f"kind:{kind.record}": 1.0, f"grain:{kind.grain}": 1.0}
    if position == 0:
        tokens["first"] = 1.0
    tokens |= dict(_header_tokens(headers[position]))
    tokens |= dict(_profile_tokens(profiles[position]))
    tokens |= dict(_value_tokens(profiles[position].samples))
    for name, beside in (("left", position - 1), ("right", position + 1)):
        if 0 <= beside < len(headers):
            tokens |= {f"{name}:{concept}": _BESIDE for concept in headers[beside].concepts[:_MOST_WORDS]}
    return tokens


def _header_tokens(header: Header) -> Iterator[tuple[str, float]]:
    concepts = [_DIGITS.sub("#", concept) for concept in header.concepts[:_MOST_WORDS]]
    words = split_words(header.raw)[:_MOST_WORDS]
    yield f"unit:{header.unit}", _WHOLE
    yield f"all:{' '.join(sorted(set(concepts)))}", _WHOLE
    yield from ((f"concept:{concept}", _WHOLE) for concept in concepts)
    yield from ((f"pair:{one} {next_one}", _WHOLE) for one, next_one in pairwise(concepts))
    if concepts:
        yield f"begins:{concepts[0]}", _EDGE
        yield f"ends:{concepts[-1]}", _EDGE
    yield from ((f"word:{word}", _WHOLE) for word in words)
    letters = f"^{' '.join(words)}$"[:_MOST_LETTERS]
    for size in _GRAMS:
        yield from ((f"letters:{letters[i : i + size]}", _LETTERS) for i in range(len(letters) - size + 1))


def _profile_tokens(profile: ColumnProfile) -> Iterator[tuple[str, float]]:
    yield from ((f"shape:{shape}", share) for shape, share in profile.shares.items())
    yield "filled", profile.filled / max(profile.rows, 1)
    yield f"length:{min(int(math.log2(profile.mean_length + 1)), 6)}", 1.0
    if profile.middle is not None:
        size = math.log10(abs(profile.middle) + 1e-9)
        yield "numeric", 1.0
        yield f"size:{int(min(max(size, -2), 12))}", 1.0
    if profile.filled:
        distinct = min(profile.distinct / profile.filled, 1.0)
        yield "distinct", distinct
        yield "unique", float(distinct >= 0.99)


def _value_tokens(samples: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Words of the most frequent values, and the values' outlines: letters a and A, digits 9."""
    for value in samples:
        yield from ((f"value:{word}", _VALUES) for word in _VALUE_WORD.findall(fold(value)))
        outline = _LOWER.sub("a", _UPPER.sub("A", _DIGITS.sub("9", value)))
        yield f"outline:{outline[:14]}", _VALUES
