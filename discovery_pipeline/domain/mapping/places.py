"""Where a column stands, in words that hold for the next delivery of its table too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from discovery_pipeline.domain.vocabulary.text import fold, split_words

# No header's key begins with it: keys are words.
_BLANK = "\u2192"


@dataclass(frozen=True)
class Place:
    """source: the feed. series and table: file and table without dates and counters. header_key: see `places_of`.

    occurrence: 0 for the table's first column of this key, 1 for the next. Positions are left out: a column that is
    inserted before this one moves it.
    """

    source: str
    series: str
    table: str
    header_key: str
    occurrence: int

    @property
    def is_blank(self) -> bool:
        """Whether the column has no header."""
        return self.header_key.startswith(_BLANK)

    def is_twin_of(self, other: Place) -> bool:
        """Whether both are columns of one header in one table."""
        return replace(self, occurrence=other.occurrence) == other


def place_of(target: Mapping[str, Any]) -> Place:
    """The place that is written down as the target of a mapping's correction."""
    return Place(**{field.name: target[field.name] for field in fields(Place)})


def header_key(header: str) -> str:
    """A header as it is compared: its words, whatever their case, spacing and punctuation. "" for a blank one."""
    return " ".join(split_words(header)) or fold(header).strip()


def places_of(source: str, series: str, table: str, headers: Sequence[str]) -> tuple[Place, ...]:
    """The place of every column of a table, by position.

    A column without a header is known by the nearest one to its left that has one: another blank column elsewhere in
    the next delivery does not move it.
    """
    seen: Counter[str] = Counter()
    places, left = [], ""
    for own in map(header_key, headers):
        left = own or left
        key = own or f"{_BLANK}{left}"
        places.append(Place(source, series, table, key, seen[key]))
        seen[key] += 1
    return tuple(places)
