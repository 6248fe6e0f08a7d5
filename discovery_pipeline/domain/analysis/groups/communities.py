"""Communities of the constant Potts model, sought by the Leiden algorithm, and the contraction before it.

Modularity is the wrong objective: it merged distinct applications as the estate grew (V. Traag et al., "Narrow scope
for resolution-limit-free community detection", 2011; "From Louvain to Leiden", 2019). Keep out: what the nodes are.
"""

from __future__ import annotations

import random

import igraph
import numpy as np
import numpy.typing as npt
import polars as pl

Labels = npt.NDArray[np.int64]
ITERATIONS = 4


def components(size: int, pairs: pl.DataFrame) -> Labels:
    """The component of each of `size` nodes, numbered by first node. pairs: a, b."""
    graph = igraph.Graph(n=size, edges=pairs.select("a", "b").to_numpy())
    return np.asarray(graph.connected_components(mode="weak").membership, dtype=np.int64)


def contracted(ties: pl.DataFrame, blocks: Labels) -> pl.DataFrame:
    """a, b, weight: ties between blocks, both directions as one, weights summed; sorted."""
    ends = ties.select(
        x=pl.Series(blocks[ties["a"].to_numpy()]), y=pl.Series(blocks[ties["b"].to_numpy()]), weight="weight"
    ).filter(pl.col("x") != pl.col("y"))
    paired = ends.select(a=pl.min_horizontal("x", "y"), b=pl.max_horizontal("x", "y"), weight="weight")
    # Summed in a fixed order, so that ties of equal strength stay equal.
    return paired.sort("a", "b", "weight").group_by("a", "b", maintain_order=True).agg(pl.col("weight").sum())


def communities(sizes: Labels, ties: pl.DataFrame, density: float, seed: int, iterations: int = ITERATIONS) -> Labels:
    """The community of each node. sizes: assets per node; ties: a, b, weight, each pair once.

    Nodes without ties are communities of their own and stay out of the search.
    """
    found = np.arange(len(sizes), dtype=np.int64)
    if ties.is_empty():
        return found
    a, b = ties["a"].to_numpy(), ties["b"].to_numpy()
    number = np.zeros(len(sizes), dtype=np.int64)
    number[a] = number[b] = 1
    tied = np.flatnonzero(number)
    number[tied] = np.arange(len(tied))
    graph = igraph.Graph(n=len(tied), edges=np.column_stack([number[a], number[b]]))
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - a search, not a secret
    try:
        clustering = graph.community_leiden(
            objective_function="CPM",
            weights=ties["weight"].to_list(),
            resolution=density,
            node_weights=sizes[tied].tolist(),
            n_iterations=iterations,
        )
    finally:
        igraph.set_random_number_generator(random)
    inside = np.asarray(clustering.membership, dtype=np.int64)
    # A community is called by its first node, which no node outside it is.
    first = np.full(int(inside.max()) + 1, len(sizes), dtype=np.int64)
    np.minimum.at(first, inside, tied)
    found[tied] = first[inside]
    return found
