"""What the labels of planned waves say: a number, or a pilot. Keep out: what a plan does with them."""

from __future__ import annotations

import re

import polars as pl

_NUMBER = re.compile(r"\d+")
# "Pilot", "Pilot-Welle", "PoC 2", "pathfinder": the first movers by the words that programmes use.
_PILOT = r"(?i)\b(?:pilots?|piloto?|pilote|poc|proof of concept|pathfinder)(?:\b|[-_ ]|\d)"


def wave_number(label: str | None) -> int | None:
    """The wave that a label names: the only number in it ("Wave 3", "W2"), from 1; else none."""
    numbers = _NUMBER.findall(label or "")
    return int(numbers[0]) if len(numbers) == 1 and 1 <= int(numbers[0]) <= 999 else None


def planned_waves(labels: pl.Series) -> pl.DataFrame:
    """Columns label, planned: per distinct label its wave number, or null."""
    distinct = labels.drop_nulls().unique().sort().to_list()
    rows = [(label, wave_number(label)) for label in distinct]
    return pl.DataFrame(rows, schema={"label": pl.String(), "planned": pl.Int64()}, orient="row")


def says_pilot(label: pl.Expr) -> pl.Expr:
    """Whether a label asks for a pilot and names no wave's number."""
    return (label.str.contains(_PILOT) & ~label.str.contains(r"\d")).fill_null(value=False)
