"""The dependency map: boxes for applications, lines to what they need. Keep out: which ones are shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from discovery_pipeline.files.report.charts.layers import Point, layered
from discovery_pipeline.files.report.charts.svg import ACCENT, DIM, INK, LINE, SOFT, label, picture, tag
from discovery_pipeline.files.report.words import colour, counted, cut, percent

WIDTH, _ROW, _BOX, _PAD = 920.0, 46.0, 30.0, 8.0
# A bold character of 11.5 pixels is this wide on average, so that names can be cut without measuring them.
_CHARACTER = 6.0


@dataclass(frozen=True)
class Node:
    """code: what its colour stands for (a strategy). note: what more there is to say of it."""

    name: str
    code: str
    note: str


@dataclass(frozen=True)
class Link:
    """A need of node `start` for node `end`, by their places in the list. observations: connections seen."""

    start: int
    end: int
    confidence: float
    observations: int


def network(nodes: Sequence[Node], links: Sequence[Link], title: str) -> Markup:
    """What needs something stands left of it; lines are wider the more was observed and dashed if it is only stated."""
    layout = layered(len(nodes), [(link.start, link.end) for link in links])
    step = WIDTH / max(layout.layers, 1)
    box = min(step * 0.76, 180.0)
    places = [(x * step + (step - box) / 2, (y + 0.5) * _ROW + _PAD) for x, y in layout.nodes]
    lines = [
        _line(link, places, _passing(bends, step, box), box, nodes)
        for link, bends in zip(links, layout.bends, strict=True)
    ]
    boxes = [_box(node, *place, box) for node, place in zip(nodes, places, strict=True)]
    return picture(WIDTH, layout.rows * _ROW + 2 * _PAD, title, [*lines, *boxes])


def _passing(bends: Sequence[Point], step: float, box: float) -> list[Point]:
    """The points of a line that passes layers: level along the width of their boxes, bent between them."""
    middles = [(x * step + step / 2, (y + 0.5) * _ROW + _PAD) for x, y in bends]
    return [(x + side * box / 2, y) for x, y in middles for side in (-1, 1)]


def _box(node: Node, x: float, y: float, width: float) -> Markup:
    top = y - _BOX / 2
    told = f"{node.name}: {node.note}" if node.note else node.name
    return tag(
        "g",
        tag("title", told),
        tag("rect", x=x, y=top, width=width, height=_BOX, rx=4, fill="#fff", stroke="#9fb0bd"),
        tag("rect", x=x, y=top, width=5.0, height=_BOX, rx=2, fill=colour(node.code)),
        label(x + 11, y + 4, cut(node.name, int((width - 16) / _CHARACTER)), 11.5, font_weight="600"),
    )


def _line(link: Link, places: Sequence[Point], bends: Sequence[Point], box: float, nodes: Sequence[Node]) -> Markup:
    (ax, ay), (bx, by) = places[link.start], places[link.end]
    width = 0.8 + min(math.log10(1 + link.observations) / 1.5, 2.6) * link.confidence
    tip = bx - 2
    if ax < bx:
        path = _through([(ax + box, ay), *bends, (tip - 5, by)])
        head = f"{tip:.1f},{by:.1f} {tip - 7:.1f},{by - 3.6:.1f} {tip - 7:.1f},{by + 3.6:.1f}"
    else:
        out, edge = ax + box, bx + box + 7
        far = max(out, edge) + 34
        path = f"M{out:.1f},{ay:.1f} C{far:.1f},{ay:.1f} {far:.1f},{by:.1f} {edge:.1f},{by:.1f}"
        head = f"{edge - 5:.1f},{by:.1f} {edge + 2:.1f},{by - 3.6:.1f} {edge + 2:.1f},{by + 3.6:.1f}"
    seen = f", {counted(link.observations, 'connection')} observed" if link.observations else ", stated only"
    told = f"{nodes[link.start].name} needs {nodes[link.end].name}: {percent(link.confidence)}{seen}"
    dashes = None if link.observations else "4 3"
    return tag(
        "g",
        tag("title", told),
        tag("path", d=path, fill="none", stroke=ACCENT, stroke_width=width, stroke_dasharray=dashes,
            stroke_opacity=f"{0.2 + 0.4 * link.confidence:.2f}"),
        tag("polygon", points=head, fill=ACCENT),
    )  # fmt: skip


def _through(points: Sequence[Point]) -> str:
    """A smooth line through the points that leaves and reaches each of them level."""
    path = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
    for (ax, ay), (bx, by) in pairwise(points):
        half = (ax + bx) / 2
        path += f" C{half:.1f},{ay:.1f} {half:.1f},{by:.1f} {bx:.1f},{by:.1f}"
    return path


def shared_strip(services: Sequence[tuple[str, str]], title: str) -> Markup:
    """What is used by many, dimmed and without lines: boxes of (name, by how many)."""
    per_row, gap = 5, 12.0
    width = (WIDTH - gap * (per_row - 1)) / per_row
    parts = []
    for number, (name, used) in enumerate(services):
        x, y = (number % per_row) * (width + gap), (number // per_row) * 46.0
        parts += [
            tag("rect", tag("title", f"{name}: {used}"), x=x, y=y, width=width, height=38, rx=4, fill=SOFT,
                stroke=LINE, stroke_dasharray="3 3"),
            label(x + 10, y + 16, cut(name, int((width - 16) / _CHARACTER)), 11, fill=INK, font_weight="600"),
            label(x + 10, y + 30, used, 10.5, fill=DIM),
        ]  # fmt: skip
    rows = (len(services) + per_row - 1) // per_row
    return picture(WIDTH, rows * 46.0, title, parts)
