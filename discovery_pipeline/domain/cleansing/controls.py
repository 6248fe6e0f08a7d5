"""The spellings of controls.yaml: their meaning is known, whoever is asked about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import cache
from typing import Any

from discovery_pipeline.domain.opinions.doubts import NONE, rank
from discovery_pipeline.domain.packaged import packaged_yaml

_HEADERS = "headers"
# Shares of a column's rows that a spelling of an export may have.
_SHARES = (0.02, 0.05, 0.1, 0.2, 0.3)


@cache
def packaged_controls() -> tuple[Mapping[str, Any], ...]:
    """One entry per spelling, in an order without meaning.

    record, field, key: the spelling as cells are compared; text: the choice that it means, "none" = none; header,
    share, n: of a column that it might stand in.
    """
    listed = [
        _entry(record, field, meaning, word, words[_HEADERS])
        for record, of_record in packaged_yaml(__package__, "controls.yaml").items()
        for field, words in of_record.items()
        for meaning, spelt in words.items()
        if meaning != _HEADERS
        for word in spelt
    ]
    return tuple(sorted(listed, key=lambda entry: rank(entry["record"], entry["field"], entry["key"])))


def is_told(key: str) -> bool:
    """Whether this spelling's meaning may be shown beside others: then no control asks about it, in any question.

    By chance, half of them, and the same however the spelling is parted: "pre-prod" is told where "preprod" is.
    """
    return rank("shown", "".join(filter(str.isalnum, key)))[0] % 2 == 0


def neighbours(
    entry: Mapping[str, Any], meanings: Sequence[str | None], used: Set[str]
) -> list[tuple[str, str | None]]:
    """Spellings of the entry's field that might stand beside it: as many that mean something as among the meanings, as
    many that are in doubt. used: spellings that controls ask about, which are not told."""
    field, key = entry["field"], entry["key"]
    others = sorted(
        (each for each in packaged_controls() if each["field"] == field and each["key"] != key),
        key=lambda each: rank(field, key, each["key"]),
    )
    known = [(o["key"], o["text"]) for o in others if o["text"] != NONE and is_told(o["key"]) and o["key"] not in used]
    unsaid = [(o["key"], None) for o in others if not is_told(o["key"])]
    told, doubtful = iter(known), iter(unsaid)
    placed = (next(doubtful if meaning is None else told, None) for meaning in meanings)
    return [each for each in placed if each is not None]


def _entry(record: str, field: str, meaning: str, word: str, headers: Sequence[str]) -> Mapping[str, Any]:
    by_chance = int.from_bytes(rank(field, word)[:4])
    return {
        "record": record, "field": field, "key": word.lower(), "text": meaning, "n": 1,
        "header": headers[by_chance % len(headers)], "share": _SHARES[by_chance % len(_SHARES)],
    }  # fmt: skip
