"""Numbers per year as columns, the years that have passed apart from those to come. Keep out: other shapes."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from discovery_pipeline.files.report.charts.svg import DIM, LINE, label, picture, tag
from discovery_pipeline.files.report.words import colour, thousands

_WIDTH, _HEIGHT, _FOOT = 920.0, 150.0, 24.0
_TOP = 20.0


def columns(numbers: Mapping[int, int], today: int, title: str, first: int, last: int) -> Markup:
    """One column per year; what lies outside first ... last is added to those."""
    years = range(first, last + 1)
    folded = dict.fromkeys(years, 0)
    for year, number in numbers.items():
        folded[min(max(year, first), last)] += number
    step, most = _WIDTH / len(years), max(folded.values()) or 1
    parts: list[Markup] = [tag("line", x1=0, x2=_WIDTH, y1=_HEIGHT, y2=_HEIGHT, stroke=LINE)]
    for place, (year, number) in enumerate(folded.items()):
        height = (_HEIGHT - _TOP) * number / most
        middle = (place + 0.5) * step
        paint = colour("ended" if year < today else "ending" if year == today else "supported")
        name = f"≤ {year}" if year == first and any(y < first for y in numbers) else str(year)
        name = f"≥ {year}" if year == last and any(y > last for y in numbers) else name
        if number:
            parts.append(
                tag(
                    "rect", tag("title", f"{name}: {thousands(number)}"), x=place * step + step * 0.18, rx=2,
                    y=_HEIGHT - height, width=step * 0.64, height=max(height, 1.5), fill=paint,
                )
            )  # fmt: skip
            parts.append(
                label(middle, _HEIGHT - height - 6, thousands(number), text_anchor="middle", font_weight="600")
            )
        parts.append(label(middle, _HEIGHT + 17, name, text_anchor="middle", fill=DIM))
    said = ", ".join(f"{year}: {number}" for year, number in folded.items() if number)
    return picture(_WIDTH, _HEIGHT + _FOOT, f"{title}: {said}", parts)
