"""What corrections are worth, as Markdown: accuracy after so many of them, on the same tools' next files, and harm.

Run: python -m benchmarks.learning.bench [--layouts N] [--latency]. One tenant has all the layouts that the vocabulary
never saw (one delivery, one file a tool). Of each file so many wrong columns are corrected, the most doubtful first, as
a person meets them; then every tool comes back in the four ways of variants.py. Harm: columns that were right without
the corrections and are wrong with them.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks.learning.latency import latency_table, learning_seconds
from benchmarks.learning.replay import NOTHING, Files, Remembering, corrected, gather, is_right, mapped
from benchmarks.learning.variants import VARIANTS, pool_of, variants_of
from benchmarks.mapping.layouts import Layout, load
from discovery_pipeline.agents.embeddings import Embedder, MiniLM
from discovery_pipeline.domain.handoffs import ColumnMapping
from discovery_pipeline.services.mapping.learned import Memory

COUNTS = (0, 1, 2, 5, 10, None)
ENOUGH = 0.99


@dataclass(frozen=True)
class Outcome:
    """Of the columns of some tables: how many there are, were right, are right, and were right but no longer are."""

    columns: int
    before: int
    after: int
    harmed: int

    @property
    def accuracy(self) -> float:
        return self.after / self.columns

    @property
    def harm(self) -> float:
        return self.harmed / self.columns

    def __add__(self, other: Outcome) -> Outcome:
        both = zip(vars(self).values(), vars(other).values(), strict=True)
        return Outcome(*(one + another for one, another in both))


@dataclass(frozen=True)
class Stream:
    """A first delivery, mapped with nothing learned, and what comes back, by the way in which it does."""

    first: Files
    mappings: Sequence[ColumnMapping]
    later: dict[str, Files]
    before: dict[str, Sequence[ColumnMapping]]

    @property
    def errors(self) -> Counter[int]:
        """Wrong columns of the first delivery, by table."""
        return Counter(m.table_no for m in self.mappings if not is_right(self.first, m))


def stream_of(layouts: Sequence[Layout], pool_from: Sequence[Layout]) -> Stream:
    """The layouts as a stream."""
    pool = pool_of(pool_from)
    variants = [variants_of(layout, pool) for layout in layouts]
    first = gather(layouts, "first")
    later = {name: gather([of[name].layout for of in variants], name) for name in VARIANTS}
    return Stream(first, mapped(first, NOTHING, None), later, {n: mapped(f, NOTHING, None) for n, f in later.items()})


@cache
def _embedder() -> Embedder:
    return Remembering(MiniLM())


def outcomes(stream: Stream, taught: Memory, tables: set[int]) -> dict[str, Outcome]:
    """Per way of coming back, over these tables."""
    embedder = _embedder()
    found = {}
    for name, files in stream.later.items():
        pairs = [
            (is_right(files, was), is_right(files, now))
            for was, now in zip(stream.before[name], mapped(files, taught, embedder), strict=True)
            if now.table_no in tables
        ]
        harmed = sum(was and not now for was, now in pairs)
        found[name] = Outcome(len(pairs), sum(w for w, _ in pairs), sum(n for _, n in pairs), harmed)
    return found


def curve(stream: Stream) -> list[str]:
    """Accuracy and harm after so many corrections a file, on the tools that had a wrong column at all."""
    wrong = set(stream.errors)
    lines = [
        f"| corrections a file | {' | '.join(VARIANTS)} | harm |",
        f"| --- |{' ---: |' * (len(VARIANTS) + 1)}",
    ]
    for count in COUNTS:
        taught = corrected(stream.first, stream.mappings, count, accept_rest=False) if count != 0 else NOTHING
        found = outcomes(stream, taught, wrong)
        cells = [f"{outcome.accuracy:.4f}" for outcome in found.values()]
        harm = sum(found.values(), Outcome(0, 0, 0, 0)).harm
        lines.append(f"| {'all wrong ones' if count is None else count} | {' | '.join(cells)} | {harm:.2%} |")
    return lines


def needed(stream: Stream) -> list[str]:
    """How many corrections a file needs until the same export under another name is right to 99 %."""
    name = next(iter(VARIANTS))
    reached: dict[int, int] = {}
    most = max(stream.errors.values(), default=0)
    for count in range(most + 1):
        taught = corrected(stream.first, stream.mappings, count, accept_rest=False) if count else NOTHING
        per_table: dict[int, list[bool]] = {}
        for mapping in mapped(stream.later[name], taught, None):
            per_table.setdefault(mapping.table_no, []).append(is_right(stream.later[name], mapping))
        for number, right in per_table.items():
            if sum(right) / len(right) >= ENOUGH:
                reached.setdefault(number, count)
        if len(reached) == len(per_table):
            break
    counts = sorted(reached.values())
    never = len(stream.first.layouts) - len(counts)
    return [
        f"Corrections a file needs until {ENOUGH:.0%} of its columns are right under another name: none for "
        f"{counts.count(0)} of {len(stream.first.layouts)} tools, median {_quantile(counts, 0.5)}, "
        f"95 % of tools within {_quantile(counts, 0.95)}, at most {max(counts, default=0)}; never: {never}."
    ]


def _quantile(ordered: Sequence[int], share: float) -> int:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0


def others_untouched(stream: Stream) -> list[str]:
    """Harm to tools that nobody corrected, by the corrections of half the tenant's tools."""
    rng = random.Random(7)
    tables = sorted({m.table_no for m in stream.mappings})
    own = set(rng.sample(tables, len(tables) // 2))
    chosen = [m for m in stream.mappings if m.table_no in own]
    taught = corrected(stream.first, chosen, None, accept_rest=True)
    total = sum(outcomes(stream, taught, set(tables) - own).values(), Outcome(0, 0, 0, 0))
    helped = total.after - total.before + total.harmed
    return [
        f"Tools that nobody corrected, beside {len(own)} corrected from end to end: {helped} columns helped, "
        f"{total.harmed} harmed of {total.columns:,} ({total.harm:.2%})."
    ]


def main() -> None:
    """Print the curve, what is needed, harm, and how long recalling and learning take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layouts", type=int, default=None, help="how many of the untuned layouts")
    parser.add_argument("--no-latency", action="store_true", help="leave the database out")
    given = parser.parse_args()
    layouts = load()
    untuned = [layout for layout in layouts if not layout.is_tuned]
    random.Random(1).shuffle(untuned)
    stream = stream_of(untuned[: given.layouts], layouts)
    wrong = stream.errors
    print(f"{len(stream.first.layouts)} tools, {len(stream.mappings):,} columns, {sum(wrong.values())} wrong at first "
          f"in {len(wrong)} tools; the curve is over those.\n")  # fmt: skip
    for part in (curve, needed, others_untouched):
        print(*part(stream), "", sep="\n", flush=True)
    if not given.no_latency:
        print(*latency_table(), "", learning_seconds(), sep="\n")


if __name__ == "__main__":
    main()
