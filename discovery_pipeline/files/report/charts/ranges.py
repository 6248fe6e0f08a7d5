"""Amounts with their ranges on one scale, as for costs per provider. Keep out: other shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from discovery_pipeline.files.report.charts.svg import DIM, INK, SOFT, label, picture, tag
from discovery_pipeline.files.report.words import colour, money

_WIDTH, _NAMES, _FIGURES, _ROW = 920.0, 130.0, 190.0, 40.0


@dataclass(frozen=True)
class Range:
    """name: a code. low, middle, high and reserved: amounts in `currency`; any but middle may be unknown."""

    name: str
    low: float | None
    middle: float
    high: float | None
    reserved: float | None
    currency: str


def ranges(rows: Sequence[Range], title: str, names: Sequence[str]) -> Markup:
    """Per row: a bar from low to high, a mark at the middle, a diamond at the reserved amount. names: of the rows."""
    most = max((amount for row in rows for amount in (row.high, row.middle) if amount), default=1.0)
    scale = (_WIDTH - _NAMES - _FIGURES) / most
    parts: list[Markup] = []
    for number, (row, name) in enumerate(zip(rows, names, strict=True)):
        parts += _row(row, name, number * _ROW, scale)
    said = "; ".join(f"{name} {money(row.middle, row.currency)}" for row, name in zip(rows, names, strict=True))
    return picture(_WIDTH, _ROW * len(rows), f"{title}: {said}", parts)


def _row(row: Range, name: str, top: float, scale: float) -> list[Markup]:
    middle_y = top + _ROW / 2
    low, high = row.low or row.middle, row.high or row.middle
    start, end, here = (_NAMES + amount * scale for amount in (low, high, row.middle))
    told = f"{name}: {money(low, row.currency)} to {money(high, row.currency)}"
    parts = [
        label(0, middle_y + 4, name, 13, font_weight="600"),
        tag("rect", x=_NAMES, y=middle_y - 9, width=_WIDTH - _NAMES - _FIGURES, height=18, rx=3, fill=SOFT),
        tag(
            "rect", tag("title", told), x=start, y=middle_y - 9, width=max(end - start, 2.0), height=18, rx=3,
            fill=colour("rehost"), fill_opacity="0.45",
        ),
        tag("rect", x=here - 1.5, y=middle_y - 12, width=3, height=24, fill=INK),
        label(_WIDTH, middle_y - 1, money(row.middle, row.currency), 13, text_anchor="end", font_weight="600"),
        label(
            _WIDTH, middle_y + 14, f"{money(low, None) if row.low is None else money(low, row.currency)} to "
            f"{money(high, row.currency)}", 10.5, text_anchor="end", fill=DIM,
        ),
    ]  # fmt: skip
    if row.reserved is not None:
        at = _NAMES + row.reserved * scale
        corners = ((at, middle_y - 6), (at + 6, middle_y), (at, middle_y + 6), (at - 6, middle_y))
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        told = tag("title", f"reserved: {money(row.reserved, row.currency)}")
        parts.append(tag("polygon", told, points=points, fill=colour("supported"), stroke="#fff"))
    return parts
