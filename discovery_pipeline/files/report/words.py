"""How the report writes codes, numbers and shares. Keep out: layout."""

from __future__ import annotations

from functools import cache
from typing import Any

from discovery_pipeline.domain.packaged import packaged_yaml

# Narrow, and no line breaks there.
THIN_SPACE = "\u202f"
NOTHING = "–"


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = packaged_yaml(__package__, "words.yaml")
    return table


def words(value: object) -> str:
    """A code as people read it; nothing is a dash."""
    if value is None:
        return NOTHING
    text = str(value)
    known: str = _table()["words"].get(text, text.replace("_", " "))
    return known


def colour(code: str) -> str:
    """The colour of a meaning, as #rrggbb."""
    found: str = _table()["colours"].get(code, _table()["default_colour"])
    return found


def glossary() -> dict[str, str]:
    """Term -> what the report means by it."""
    terms: dict[str, str] = _table()["glossary"]
    return terms


def thousands(value: float | None) -> str:
    """A whole number in groups of three digits; nothing is a dash."""
    return NOTHING if value is None else f"{value:,.0f}".replace(",", THIN_SPACE)


def short_count(value: float) -> str:
    """A whole number in at most four signs: 950, 1.2k, 38k, 4M; from a million millions on it is longer."""
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= unit * 0.9995:
            shown = value / unit
            return f"{shown:.1f}{name}" if shown < 9.95 else f"{shown:.0f}{name}"
    return f"{value:.0f}"


def percent(share: float | None) -> str:
    """A share in [0, 1]; what is neither nothing nor all never reads as 0 % or 100 %."""
    if share is None:
        return NOTHING
    if 0 < share < 0.005:
        return f"< 1{THIN_SPACE}%"
    if 0.995 <= share < 1:
        return f"> 99{THIN_SPACE}%"
    return f"{100 * share:.0f}{THIN_SPACE}%"


def share(part: float, whole: float) -> str:
    """A part of a whole; a part of nothing is a dash."""
    return percent(part / whole) if whole else NOTHING


def money(amount: float | None, currency: str | None) -> str:
    """An amount with its currency, cents only where they matter; never without the currency."""
    if amount is None or currency is None:
        return NOTHING
    shown = thousands(amount) if abs(amount) >= 100 else f"{amount:.2f}"
    return f"{shown} {currency}"


def counted(count: float, one: str, many: str | None = None) -> str:
    """A number and its noun: 1 wave, 3 waves."""
    return f"{thousands(count)} {one if count == 1 else many or one + 's'}"


def cut(text: str, length: int) -> str:
    """The text, its end left out where it is longer."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
