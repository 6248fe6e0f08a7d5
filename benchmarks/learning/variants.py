"""How an export comes back: under another name, its columns in another order, headers reworded, columns added and gone.

A header is reworded to what another tool calls the same field, or, as all of those that carry no field, to how another
hand or another version would write the same words. Seeded: the same layout always comes back in the same ways.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.mapping.layouts import Labelled, Layout
from discovery_pipeline.domain.mapping.places import header_key

Pool = Mapping[tuple[str, str], Sequence[str]]

REWORDED_SHARE = 0.3
_FROM_OTHERS = 0.6
_VOWELS = re.compile(r"(?<=\w)[aeiou]")


@dataclass(frozen=True)
class Variant:
    """A layout as it comes back. came_from: per column the position it had, None for a new one."""

    layout: Layout
    came_from: tuple[int | None, ...]
    reworded: frozenset[int]


def pool_of(layouts: Sequence[Layout]) -> dict[tuple[str, str], list[str]]:
    """(record, field) -> what tools call it."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for layout in layouts:
        for column in layout.columns:
            if column.gold and column.header.strip():
                found.setdefault((layout.record, column.gold[0]), {})[column.header] = None
    return {key: list(headers) for key, headers in found.items()}


def again(layout: Layout, rng: random.Random, pool: Pool) -> Variant:  # noqa: ARG001  one signature for all
    """The same export another time."""
    return _made(layout, list(range(len(layout.columns))), {}, rng)


def permuted(layout: Layout, rng: random.Random, pool: Pool) -> Variant:  # noqa: ARG001
    """The columns in another order."""
    order = list(range(len(layout.columns)))
    rng.shuffle(order)
    return _made(layout, order, {}, rng)


def reworded(layout: Layout, rng: random.Random, pool: Pool) -> Variant:
    """Every column in its place, three headers of ten in other words."""
    chosen = rng.sample(range(len(layout.columns)), round(len(layout.columns) * REWORDED_SHARE))
    return _made(layout, list(range(len(layout.columns))), _reworded(layout, chosen, rng, pool), rng)


def new_version(layout: Layout, rng: random.Random, pool: Pool) -> Variant:
    """Another release: one column of ten gone, some moved, three headers of ten in other words."""
    order = [i for i in range(len(layout.columns)) if rng.random() > 0.1] or [0]
    for _ in range(len(order) // 5):
        order.insert(rng.randrange(len(order)), order.pop(rng.randrange(len(order))))
    chosen = rng.sample(order, round(len(order) * REWORDED_SHARE))
    return _made(layout, order, _reworded(layout, chosen, rng, pool), rng)


VARIANTS: Mapping[str, Callable[[Layout, random.Random, Pool], Variant]] = {
    "another name": again, "permuted": permuted, "30 % reworded": reworded, "new version": new_version,
}  # fmt: skip


def variants_of(layout: Layout, pool: Pool) -> dict[str, Variant]:
    """Every way in which a layout comes back."""
    return {name: make(layout, random.Random(f"{layout.id}/{name}"), pool) for name, make in VARIANTS.items()}


def _made(layout: Layout, order: Sequence[int], headers: Mapping[int, str], rng: random.Random) -> Variant:
    count = len(layout.columns[0].values)
    # Drawn with repetition: the next file holds other rows, so no column looks quite as it did.
    rows = [rng.randrange(count) for _ in range(count)]
    columns = tuple(
        Labelled(headers.get(i, column.header), tuple(column.values[row] for row in rows), column.gold)
        for i in order
        for column in (layout.columns[i],)
    )
    return Variant(replace(layout, columns=columns), tuple(order), frozenset(order.index(i) for i in headers))


def _reworded(layout: Layout, chosen: Sequence[int], rng: random.Random, pool: Pool) -> dict[int, str]:
    taken = {header_key(column.header) for column in layout.columns}
    found: dict[int, str] = {}
    for position in sorted(chosen):
        column = layout.columns[position]
        others = pool.get((layout.record, column.gold[0]), ()) if column.gold else ()
        words = [h for h in others if header_key(h) not in taken] if rng.random() < _FROM_OTHERS else []
        header = rng.choice(words) if words else _otherwise(column.header, rng)
        if header_key(header) not in taken:
            taken.add(header_key(header))
            found[position] = header
    return found


def _otherwise(header: str, rng: random.Random) -> str:
    """The same words by another hand."""
    words = re.findall(r"\w+", header)
    if not words:
        return f"Column {rng.randrange(100)}"
    ways = (
        lambda: "u_" + "_".join(word.lower() for word in words),
        lambda: " ".join(word[:4] for word in words),
        lambda: " ".join(_VOWELS.sub("", word) for word in words),
        lambda: "".join(word.capitalize() for word in words) + "0",
        lambda: " ".join([*words, "Value"]),
        lambda: " ".join([*words[1:], words[0], "Info"]),
    )
    return rng.choice(ways)()
