"""Rules for dates with the name of a month in it, in several languages: "1. März 2024", "Mar 1, 2024", "Jun-17"."""

from __future__ import annotations

from functools import cache

import polars as pl

from discovery_pipeline.domain.cleansing.rules import TEXT, Rule, replaced
from discovery_pipeline.domain.cleansing.vocabulary import month_numbers

# Without the abbreviations that are months too ("Mar" is a Tuesday in French, a month in English).
_WEEKDAYS = (
    "(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    "sonnabend|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|"
    "sábado|domingo"
)
_YEAR = r"((?:19|20)\d\d)"
_CENTURIES = ((r"'?([0-6]\d)", "20"), (r"'?([7-9]\d)", "19"))
_GAP = r"[\s\-/.,]"
_ORDINAL = "(?:st|nd|rd|th)?"
# Shapes of a date whose month has become "<03>", and the date they say, year first.
_SHAPES = (
    (rf"^<(\d\d)>\.?\s+(\d{{1,2}})\s+(\d\d:\d\d:\d\d)\s*([A-Z]*)\s+{_YEAR}$", "${5}-${1}-${2} ${3} ${4}"),
    (rf"^<(\d\d)>\.?\s+(\d{{1,2}})\s+(\d\d:\d\d:\d\d)\s+{_YEAR}\s+([A-Z]+)$", "${4}-${1}-${2} ${3} ${5}"),
    (rf"(?i)^(\d{{1,2}}){_ORDINAL}(?:\s*(?:of|de|den))?{_GAP}*<(\d\d)>(?:\s+de)?{_GAP}*{_YEAR}", "${3}-${2}-${1}"),
    (rf"(?i)^<(\d\d)>{_GAP}*(\d{{1,2}}){_ORDINAL}{_GAP}+{_YEAR}", "${3}-${1}-${2}"),
    (rf"^(\d{{4}}){_GAP}*<(\d\d)>{_GAP}*(\d{{1,2}})\b", "${1}-${2}-${3}"),
    *((rf"^(\d{{1,2}}){_GAP}*<(\d\d)>{_GAP}*{yy}(\D|$)", c + "${3}-${2}-${1}${4}") for yy, c in _CENTURIES),
    (rf"^<(\d\d)>{_GAP}*{_YEAR}$", "${2}-${1}"),
    *((rf"^<(\d\d)>{_GAP}*{yy}$", c + "${2}-${1}") for yy, c in _CENTURIES),
    (rf"^(\d{{4}}){_GAP}*<(\d\d)>$", "${1}-${2}"),
)


@cache
def month_rules() -> tuple[Rule, ...]:
    """The weekday dropped, then the named month as a number, year first."""
    names = month_numbers()
    listed = "|".join(sorted(names, key=lambda name: (-len(name), name)))
    pattern = rf"(?i)^(|.*?[\d\s\-/.,])({listed})((?:[\s\-/.,'\d].*)?)$"
    before, name, after = (TEXT.str.extract(pattern, group) for group in (1, 2, 3))
    number = name.str.to_lowercase().replace_strict(names, default=None, return_dtype=pl.String)
    shaped = pl.format("{}<{}>{}", before, number, after)
    for shape, date in _SHAPES:
        shaped = shaped.str.replace(shape, date)
    return (
        replaced("date_weekday_dropped", rf"(?i)^(?:{_WEEKDAYS})[.,]*\s+(\S)", "${1}"),
        Rule("date_month_name", number.is_not_null(), shaped),
    )
