"""What each agent gains on labelled worlds when an oracle answers its questions, as Markdown.

Run: make bench-agents (python -m benchmarks.agents.bench [--seeds N] [--agents NAME...]). Oracles are right with a set
probability, drawn anew per thing and seed, or lie. The gain of one that is mostly right has to exceed its noise: the
deviation of the result over seeds. Those that are wrong as often as right have to change nothing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from benchmarks.agents.columns import clean_file, column_worlds
from benchmarks.agents.edges import edge_worlds
from benchmarks.agents.inventory import pair_worlds, type_worlds
from benchmarks.agents.oracle import PRICED_AS, Cost, Oracle
from benchmarks.agents.overhead import overhead_table, overheads
from benchmarks.agents.values import value_worlds
from benchmarks.agents.worlds import After, World
from benchmarks.mapping.datasheet import table

RIGHT = (0.9, 0.6, 0.5, 0.0)
ALWAYS = (Oracle("right always"), Oracle("first offer", always=0), Oracle("last offer", always=-1))
WORLDS: dict[str, Callable[[], Sequence[World]]] = {
    "mapping": lambda: column_worlds(tenants=2, each=30),
    "cleansing": lambda: list(value_worlds(tenants=2)),
    "classification": lambda: list(type_worlds()),
    "reconciliation": lambda: list(pair_worlds()),
    "dependencies": lambda: list(edge_worlds(tenants=3)),
}
_HEADER = (
    "oracle", "accuracy before", "after", "gain, points", "noise, points", "harmed", "weighed", "calls", "tokens",
    f"US$ as {PRICED_AS}",
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """An oracle on all worlds of an agent, seed by seed. after: per seed, summed over worlds."""

    oracle: str
    values: int
    before: int
    after: Sequence[After]

    @property
    def gains(self) -> list[float]:
        """Per seed, in points of accuracy."""
        return [100 * (after.right - self.before) / self.values for after in self.after]

    @property
    def gain(self) -> float:
        return mean(self.gains)

    @property
    def noise(self) -> float:
        """Standard deviation of the gain over seeds."""
        return stdev(self.gains) if len(self.gains) > 1 else 0.0

    @property
    def row(self) -> tuple[str, ...]:
        one = self.after[0]
        return (
            self.oracle, f"{self.before / self.values:.4f}", f"{mean(a.right for a in self.after) / self.values:.4f}",
            f"{self.gain:+.2f}", f"{self.noise:.2f}", f"{mean(a.harmed for a in self.after):.1f}",
            f"{sum(a.earned for a in self.after)} of {len(self.after)}", f"{one.cost.calls}", f"{one.cost.tokens:,}",
            f"{one.cost.usd:.4f}",
        )  # fmt: skip


def judged(worlds: Sequence[World], oracles: Sequence[Oracle]) -> Judged:
    """The same oracle with several seeds."""
    after = [_summed([world.ask(oracle) for world in worlds]) for oracle in oracles]
    return Judged(oracles[0].name, sum(w.values for w in worlds), sum(w.right for w in worlds), after)


def _summed(found: Sequence[After]) -> After:
    costs = [after.cost for after in found]
    cost = Cost(sum(c.calls for c in costs), sum(c.tokens for c in costs), sum(c.usd for c in costs))
    earned = any(after.earned for after in found)
    return After(sum(a.right for a in found), sum(a.harmed for a in found), earned, cost)


def oracles(seeds: int) -> list[list[Oracle]]:
    """Each with all its seeds; those that always do the same have none."""
    drawn = [[Oracle(f"right {right:.0%}", right, seed) for seed in range(seeds)] for right in RIGHT]
    return [*drawn, *([oracle] for oracle in ALWAYS)]


def report(agent: str, worlds: Sequence[World], seeds: int) -> Iterator[str]:
    """The lines about one agent."""
    doubts, values = sum(w.doubts for w in worlds), sum(w.values for w in worlds)
    yield f"### {agent}: {len(worlds)} tenants, {values:,} values, {doubts} in doubt"
    yield ""
    found = [judged(worlds, group) for group in oracles(seeds)]
    yield table(_HEADER, [one.row for one in found])
    best = found[0]
    verdict = "exceeds" if best.gain > best.noise else "does NOT exceed"
    yield ""
    yield (
        f"Gain with an oracle right 90 % of the time: {best.gain:+.2f} points, which {verdict} its noise "
        f"({best.noise:.2f}); {best.after[0].cost.calls / max(1, doubts):.3f} calls per doubt. Better answers, by "
        f"whatever tools, could add {found[len(RIGHT)].gain - best.gain:.2f} points."
    )
    yield ""


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--agents", nargs="+", choices=list(WORLDS), default=list(WORLDS))
    given = parser.parse_args()
    for agent in given.agents:
        begun = time.perf_counter()
        for line in report(agent, WORLDS[agent](), given.seeds):
            print(line, flush=True)
        print(f"{time.perf_counter() - begun:.0f} s.\n", flush=True)
    print(f"### What the desk adds to the raw client\n\n{overhead_table(overheads())}\n", flush=True)
    clean = clean_file()
    print(f"A file without a doubtful column ({clean.values} columns): {clean.ask(Oracle('any')).cost.calls} calls.")


if __name__ == "__main__":
    main()
