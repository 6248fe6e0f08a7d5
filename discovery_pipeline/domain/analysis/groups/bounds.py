"""Groups that would be too large, cut where their ties are loosest. Keep out: how communities are found."""

from __future__ import annotations

import numpy as np
import polars as pl

from discovery_pipeline.domain.analysis.groups.communities import Labels, communities

# Each round asks for ties this many times as dense; what is still too large after the last is cut by name.
_STEP, _ROUNDS = 4.0, 6


def bounded(labels: Labels, ties: pl.DataFrame, limit: int, density: float, seed: int) -> Labels:
    """labels, each used by at most `limit` nodes. ties: a, b, weight between nodes, those that hold for certain too.

    A community above the limit is split into denser and denser ones, and these are put together again in the order in
    which they came apart as long as there is room: the loosest ties are cut, and no more than needed.
    """
    size = np.bincount(labels, minlength=int(labels.max(initial=-1)) + 1)
    large = np.flatnonzero(size[labels] > limit)
    if not len(large):
        return labels
    number = np.full(len(labels), -1, dtype=np.int64)
    number[large] = np.arange(len(large))
    path = [labels[large]]
    local = _inside(ties, number)
    for step in range(1, _ROUNDS + 1):
        current = path[-1]
        counts = np.bincount(current, minlength=int(current.max()) + 1)
        open_ones = counts[current] > limit
        if not open_ones.any():
            break
        within = local.filter(pl.Series(_tied(local, current, open_ones)))
        finer = communities(np.ones(len(large), dtype=np.int64), within, density * _STEP**step, seed + step)
        # What is small enough stays as it is; numbers stay apart.
        path.append(np.where(open_ones, len(counts) + finer, current))
    result = labels.copy()
    result[large] = len(size) + _packed(path, limit)
    return result


def _inside(ties: pl.DataFrame, number: Labels) -> pl.DataFrame:
    """Ties among the numbered nodes, by their numbers, each pair once."""
    x, y = number[ties["a"].to_numpy()], number[ties["b"].to_numpy()]
    frame = pl.DataFrame({"a": np.minimum(x, y), "b": np.maximum(x, y), "weight": ties["weight"]})
    among = frame.filter(pl.col("a") >= 0, pl.col("a") != pl.col("b"))
    return among.sort("a", "b", "weight").group_by("a", "b", maintain_order=True).agg(pl.col("weight").sum())


def _tied(ties: pl.DataFrame, labels: Labels, open_ones: np.ndarray) -> np.ndarray:
    a, b = ties["a"].to_numpy(), ties["b"].to_numpy()
    return np.asarray((labels[a] == labels[b]) & open_ones[a])


def _packed(path: list[Labels], limit: int) -> Labels:
    """Numbers of the final groups: the pieces in the order of their path, as many in one as there is room for.

    Pieces of one community follow each other, so what came apart last is put together first.
    """
    pieces = pl.DataFrame({f"p{n}": labels for n, labels in enumerate(path)}).with_row_index("node")
    keys = [name for name in pieces.columns if name != "node"]
    # A piece that is still too large is cut by the order of its nodes.
    cut = pieces.with_columns(chunk=pl.int_range(pl.len()).over(keys) // limit)
    sizes = cut.group_by([*keys, "chunk"]).agg(size=pl.len()).sort([*keys, "chunk"])
    group, room, last = -1, 0, None
    groups = []
    for community, size in sizes.select("p0", "size").iter_rows():
        if community != last or size > room:
            group, room, last = group + 1, limit, community
        room -= size
        groups.append(group)
    numbered = sizes.with_columns(group=pl.Series(groups, dtype=pl.Int64))
    joined = cut.join(numbered, on=[*keys, "chunk"], how="left", maintain_order="left")
    return np.asarray(joined["group"].to_numpy(), dtype=np.int64)
