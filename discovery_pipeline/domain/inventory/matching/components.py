"""Connected components of links between numbered nodes. Keep out: what a link means."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Nodes = NDArray[np.int64]


def components(size: int, left: Nodes, right: Nodes) -> Nodes:
    """The least node of each node's component.

    size: number of nodes. left, right: the ends of the links. Each round hooks every root below the least root that a
    link reaches and then flattens the trees, so rounds grow with the logarithm of the longest chain.
    """
    label = np.arange(size, dtype=np.int64)
    while len(left):
        ends = label[left], label[right]
        open_links = ends[0] != ends[1]
        left, right = left[open_links], right[open_links]
        low = np.minimum(*ends)[open_links]
        high = np.maximum(*ends)[open_links]
        np.minimum.at(label, high, low)
        label = _flattened(label)
    return label


def _flattened(label: Nodes) -> Nodes:
    while True:
        above = label[label]
        if np.array_equal(above, label):
            return label
        label = above


def dense(labels: Nodes) -> Nodes:
    """Labels renumbered 0 ... n-1 in the order of the labels."""
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
