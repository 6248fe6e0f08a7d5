"""The family of each record: hosts, applications, databases and clusters are never one thing with each other.

Keep out: types and their evidence (classify.py).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.classify import FAMILIES
from discovery_pipeline.domain.inventory.identifiers import Identifiers

_HOST, _CLUSTER = FAMILIES.index("host"), FAMILIES.index("cluster")


def with_clusters(family: NDArray[np.int8], kinds: NDArray[np.int8], identifiers: Identifiers) -> NDArray[np.int8]:
    """Families, where a row that does not say what it is goes to the cluster whose name or address it bears.

    A scanner sees a cluster's address and name and nothing else. family: per record. kinds: its clear type, -1 where
    unclear. A name counts where no host says it is called so; an address where the row has no name.
    """
    if not (family == _CLUSTER).any():
        return family
    unclear = (family == _HOST) & (kinds < 0)
    hosts, clusters = (family == _HOST) & ~unclear, family == _CLUSTER
    named = np.zeros(len(family), dtype=np.bool_)
    named[identifiers["name"]["node"].to_numpy()] = True
    taken = _bearing(identifiers["name"], unclear, clusters, hosts) | (
        _bearing(identifiers["ip"], unclear, clusters, np.zeros_like(hosts)) & ~named
    )
    return np.where(taken, np.int8(_CLUSTER), family)


def _bearing(
    values: pl.DataFrame, unclear: NDArray[np.bool_], clusters: NDArray[np.bool_], rivals: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The unclear records that share a value with a cluster and with no rival."""
    node = values["node"].to_numpy()
    of_clusters, of_rivals = (
        values.filter(pl.Series(mask[node]))["value"].unique().implode() for mask in (clusters, rivals)
    )
    met = values.filter(pl.Series(unclear[node])).filter(
        pl.col("value").is_in(of_clusters) & ~pl.col("value").is_in(of_rivals)
    )
    found = np.zeros(len(unclear), dtype=np.bool_)
    found[met["node"].to_numpy()] = True
    return found
