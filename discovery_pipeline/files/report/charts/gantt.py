"""Waves as bars over time; where there are no dates, one after the other. Keep out: what is in a wave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from discovery_pipeline.files.report.charts.svg import DIM, INK, LINE, label, picture, tag
from discovery_pipeline.files.report.words import colour, counted

_WIDTH, _NAMES, _ROW, _HEAD = 920.0, 86.0, 30.0, 26.0
# Risks from here on are coloured as high, and as medium.
HIGH, MEDIUM = 0.5, 0.25
# At most so many rows; what follows is in the table and the workbook.
MAX_ROWS = 40


@dataclass(frozen=True)
class Bar:
    """starts, ends: null without a calendar. risk in [0, 1] or unknown."""

    number: int
    starts: date | None
    ends: date | None
    assets: int
    risk: float | None
    pilot: bool


def risk_code(risk: float | None) -> str:
    """The code of the colour of a risk."""
    if risk is None:
        return "unknown"
    return "ended" if risk >= HIGH else "ending" if risk >= MEDIUM else "supported"


def gantt(waves: Sequence[Bar], title: str) -> Markup:
    """One row per wave, its colour by risk. Without dates the bars' lengths are the numbers of assets."""
    shown = waves[:MAX_ROWS]
    dated = [bar for bar in shown if bar.starts and bar.ends]
    height = _HEAD + _ROW * len(shown)
    if dated and len(dated) == len(shown):
        first = min(bar.starts for bar in dated if bar.starts)
        last = max(bar.ends for bar in dated if bar.ends) + timedelta(days=1)
        parts = [*_months(first, last, height), *(_dated(bar, n, first, last) for n, bar in enumerate(dated))]
    else:
        most = max((bar.assets for bar in shown), default=1) or 1
        parts = [_sized(bar, n, most) for n, bar in enumerate(shown)]
    return picture(_WIDTH, height, title, parts)


def _x(day: date, first: date, last: date) -> float:
    return _NAMES + (_WIDTH - _NAMES) * (day - first).days / max((last - first).days, 1)


def _months(first: date, last: date, height: float) -> list[Markup]:
    """Lines at the starts of months, or of quarters and years where those would be too many."""
    months = [date(y, m, 1) for y in range(first.year, last.year + 1) for m in range(1, 13)]
    inside = [day for day in months if first <= day < last]
    stride = next((n for n in (1, 3, 12) if len(inside) / n <= 14), 12)
    kept = [day for day in inside if (day.month - 1) % stride == 0]
    parts: list[Markup] = []
    for day in kept:
        x = _x(day, first, last)
        parts.append(tag("line", x1=x, x2=x, y1=14, y2=height, stroke=LINE))
        parts.append(label(x + 4, 18, f"{day:%b %Y}" if stride < 12 else str(day.year), 11, fill=DIM))
    return parts


def _dated(bar: Bar, row: int, first: date, last: date) -> Markup:
    starts, ends = bar.starts or first, bar.ends or last
    x, end = _x(starts, first, last), _x(ends + timedelta(days=1), first, last)
    return _row(bar, row, x, max(end - x, 3.0), f", {starts:%d %b %Y} to {ends:%d %b %Y}")


def _sized(bar: Bar, row: int, most: int) -> Markup:
    return _row(bar, row, _NAMES, max((_WIDTH - _NAMES - 200) * bar.assets / most, 3.0), "")


def _row(bar: Bar, row: int, x: float, width: float, when: str) -> Markup:
    y = _HEAD + row * _ROW
    told = f"Wave {bar.number}{when}: {counted(bar.assets, 'asset')}"
    said = counted(bar.assets, "asset") + (" · pilot" if bar.pilot else "")
    wide = len(said) * 6.0
    beside = x + width + 8 + wide <= _WIDTH
    at = x + width + 8 if beside else x - 8
    return tag(
        "g",
        tag("title", told),
        label(0, y + 16, f"Wave {bar.number}", 12.5, font_weight="600"),
        tag("rect", x=x, y=y + 3, width=width, height=18, rx=3, fill=colour(risk_code(bar.risk))),
        label(at, y + 16, said, 11.5, fill=INK, text_anchor="start" if beside else "end"),
    )
