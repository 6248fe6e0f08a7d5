"""What would break if an asset moved or went: everything that needs it, step by step. Keep out: how likely that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from discovery_pipeline.domain.analysis.groups.structure.needs import NEEDING
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.dependencies.model import SERVES
from discovery_pipeline.services.dependencies.network import Flags, Network, Numbers
from discovery_pipeline.services.dependencies.numbering import LABELS
from discovery_pipeline.services.learning.deciding.estate import BELIEVED

# Steps after which nothing is looked for any more: beyond, nearly everything depends on everything.
MAX_STEPS = 6
_REACHED = {"number": pl.Int64(), "step": pl.Int64(), "kind": pl.String(), "via": pl.Int64()}


@dataclass(frozen=True)
class Impact:
    """reached: key, name, type, step, kind (of the edge, or "serves"), via (name of what it needs); nearest first.

    steps, types: how many at each number of steps and of each type. applications: how many of them are applications.
    """

    reached: pl.DataFrame
    steps: tuple[tuple[int, int], ...]
    types: tuple[tuple[str, int], ...]
    applications: int

    @property
    def total(self) -> int:
        return len(self.reached)


def impact(network: Network, key: str, steps: int = MAX_STEPS, kinds: Sequence[str] = NEEDING) -> Impact:
    """The assets that need this one, over at most so many believed edges of these kinds.

    An application needs what serves it, and goes with it; edges between applications that only follow from others are
    not counted twice.
    Raises UsageError when there is no asset of this key.
    """
    start = network.number(key)
    if start is None:
        raise UsageError(f"no asset has the id {key!r}", where=network.tenant, advice="search for it by its name")
    serving = network.members.filter(pl.col("application_id") == start)["asset_id"]
    frontier = np.array([start, *serving], dtype=np.int64)
    seen = np.zeros(len(network.nodes), dtype=np.bool_)
    seen[frontier] = True
    found = [pl.DataFrame(schema=_REACHED)]
    for step in range(1, min(steps, MAX_STEPS) + 1):
        needing = _needing(network, frontier, kinds, seen)
        seen[needing["number"].to_numpy()] = True
        found.append(needing.with_columns(step=pl.lit(step, pl.Int64)).select(*_REACHED))
        frontier = needing["number"].to_numpy()
        if not len(frontier):
            break
    return _impact(network, pl.concat(found))


def _needing(network: Network, frontier: Numbers, kinds: Sequence[str], seen: Flags) -> pl.DataFrame:
    """number, kind, via: what needs one of these directly and was not reached before."""
    edges = network.edges_at(network.incident(frontier, outward=False))
    evidence = network.edges["evidence"].gather(edges["row"]).cast(pl.String).fill_null("")
    derived = evidence.str.starts_with("derived:") & ~evidence.str.contains(LABELS, literal=True)
    believed = edges.filter(
        pl.col("confidence") >= BELIEVED - 1e-6,
        pl.col("kind").cast(pl.String).is_in(list(kinds)),
        ~(derived & (edges["kind"] == "application")),
    )
    served = network.members.filter(pl.col("asset_id").is_in(pl.Series(frontier).implode()))
    both = pl.concat([
        believed.select(number="other", kind=pl.col("kind").cast(pl.String), via="anchor"),
        served.select(number="application_id", kind=pl.lit(SERVES), via="asset_id"),
    ])  # fmt: skip
    new = both.filter(~pl.Series(seen).gather(both["number"]))
    return new.sort("number", "kind", "via").unique("number", keep="first", maintain_order=True)


def _impact(network: Network, reached: pl.DataFrame) -> Impact:
    nodes = network.nodes[reached["number"]]
    told = reached.select(
        nodes["key"], nodes["name"], nodes["type"], "step", "kind", via=network.nodes["name"].gather(reached["via"])
    ).sort("step", (pl.col("type") != "application"), "name")
    types = told.group_by("type").len().sort("len", "type", descending=[True, False])
    steps = told.group_by("step").len().sort("step")
    applications = int((told["type"] == "application").sum())
    return Impact(told, tuple(steps.iter_rows()), tuple(types.iter_rows()), applications)
