"""What kind of thing a single cell's text is: the evidence by which a header is told from data.

Judges small samples, cell by cell. Keep out: any conversion; cells stay strings.
"""

from __future__ import annotations

import re
from typing import Literal

CellClass = Literal["empty", "text", "number", "year", "flag", "address", "moment", "id"]

_EMPTY = frozenset(
    {"", "-", "--", "---", "?", ".", "n/a", "na", "nan", "none", "null", "nil", "#n/a", "unknown", "tbd", "n.a."}
)
_FLAG = frozenset({"true", "false", "yes", "no", "ja", "nein", "oui", "non", "y", "n"})
_YEAR = re.compile(r"(19|20)\d\d")
_NUMBER = re.compile(r"[-+]?[$€£]?\s?\d[\d.,' ]*(e[-+]?\d+)?\s?([kmgtp]i?b|[kmg]hz|%|gb/s|mbps)?", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\d{1,3}(\.\d{1,3}){3}(/\d{1,2}|:\d+)?"
    r"|[0-9a-f]{1,4}(:[0-9a-f]{0,4}){2,7}(/\d{1,3})?"
    r"|([0-9a-f]{2}[:-]){5}[0-9a-f]{2}"
    r"|[0-9a-f]{4}(\.[0-9a-f]{4}){2}"
    r"|[^@\s]+@[^@\s]+\.[a-z]{2,}"
    r"|[a-z]{2,}://\S+",
    re.IGNORECASE,
)
_ID = re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?|[0-9a-f]{32}", re.IGNORECASE)
_MOMENT = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|\d{1,2}[- ][a-z]{3,9}[- ,]+\d{2,4}|[a-z]{3,9} \d{1,2}, \d{4})"
    r"([t ,]+\d{1,2}[:.]\d{2}([:.]\d{2}([.,]\d+)?)?\s?([ap]m)?\s?(z|utc|[-+]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
# Longer text is prose whatever it contains, and the patterns above should not be run over megabytes.
_LONGEST = 120


def classify(cell: str | None) -> CellClass:
    """The class of a cell. Placeholders count as empty; `moment` is a date with or without a time."""
    text = (cell or "").strip() if cell is None or len(cell) <= _LONGEST else "prose"
    lowered = text.lower()
    if lowered in _EMPTY:
        return "empty"
    if lowered in _FLAG:
        return "flag"
    if not any(c.isdigit() for c in text) and "@" not in text and ":" not in text:
        return "text"
    for pattern, name in _BY_PATTERN:
        if pattern.fullmatch(text):
            return name
    return "text"


_BY_PATTERN: tuple[tuple[re.Pattern[str], CellClass], ...] = (
    (_YEAR, "year"),
    (_ADDRESS, "address"),
    (_ID, "id"),
    (_MOMENT, "moment"),
    (_NUMBER, "number"),
)
# Hardly ever the name of a column.
STRONG: frozenset[CellClass] = frozenset({"address", "moment", "id"})
TYPED: frozenset[CellClass] = STRONG | {"number", "flag"}
