"""Counts as bars: a table of horizontal bars, one stacked bar with its legend. Keep out: other shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from discovery_pipeline.files.report.charts.svg import tag
from discovery_pipeline.files.report.words import colour, percent, thousands, words


def by_count(counts: Mapping[str, int]) -> dict[str, int]:
    """The same, most frequent first: documents that were stored may have lost their order."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def in_order(counts: Mapping[str, int], order: Iterable[str]) -> dict[str, int]:
    """The same in a given order, what it doesn't name at the end."""
    known = [name for name in order if name in counts]
    return {name: counts[name] for name in [*known, *sorted(set(counts) - set(known))]}


def bars(counts: Mapping[str, float], caption: str, limit: int = 12, of: float | None = None) -> Markup:
    """Label, bar, count and share of the whole per entry, in the given order; a tail beyond limit is summed up.

    of: the whole where it isn't the sum, such as counts of things that may be several at once.
    """
    items = [(words(name), colour(name), count) for name, count in counts.items() if count]
    if len(items) > limit:
        tail = sum(count for *_, count in items[limit:])
        items = [*items[:limit], (f"{len(items) - limit} others", colour("unknown"), tail)]
    if not items:
        return tag("p", "Nothing to show.", class_="dim")
    whole = of or sum(counts.values())
    longest = max(count for *_, count in items)
    rows = [
        tag(
            "tr",
            tag("th", name, scope="row"),
            tag("td", _bar(count / longest, paint), class_="bar"),
            tag("td", thousands(count), class_="n"),
            tag("td", percent(count / whole), class_="n dim"),
        )
        for name, paint, count in items
    ]
    return tag("table", tag("caption", caption, class_="sr"), tag("tbody", *rows), class_="bars")


def _bar(part: float, paint: str) -> Markup:
    return tag("span", tag("i", style=f"width:{max(100 * part, 0.6):.1f}%;background:{paint}"), class_="track")


def meter(part: float, paint: str) -> Markup:
    """A bar of a share in [0, 1] that stands alone in a cell."""
    return _bar(part, colour(paint))


def stacked(counts: Mapping[str, float], title: str) -> Markup:
    """One bar of the shares of the whole, and a legend with the counts."""
    shown = {name: count for name, count in counts.items() if count}
    whole = sum(shown.values())
    if not whole:
        return tag("p", "Nothing to show.", class_="dim")
    start, parts = 0.0, []
    for name, count in shown.items():
        width = 100 * count / whole
        told = f"{words(name)}: {thousands(count)}"
        parts.append(
            tag("rect", tag("title", told), x=f"{start:.2f}%", width=f"{width:.2f}%", height="100%", fill=colour(name))
        )
        start += width
    said = ", ".join(f"{words(name)} {thousands(count)}" for name, count in shown.items())
    bar = tag("svg", tag("title", f"{title}: {said}"), *parts, class_="stack", width="100%", height=22, role="img")
    return bar + tag("p", *(legend(name, f"{thousands(count)}") for name, count in shown.items()), class_="legend")


def legend(name: str, number: str) -> Markup:
    """A coloured square, what it stands for and how many."""
    return tag("span", tag("i", style=f"background:{colour(name)}"), f"{words(name)} ", tag("b", number))
