"""The family of each record: hosts, applications, databases and clusters are never one thing with each other.

Keep out: types and their evidence (classify.py).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.classification.classify import FAMILIES
from discovery_pipeline.domain.inventory.matching.identifiers import Identifiers

_HOST, _CLUSTER = FAMILIES.index("host"), FAMILIES.index("cluster")


# What a row says of a machine and not of an address.
_OF_A_MACHINE = (
    "asset_type", "os_name", "model", "manufacturer", "uuid", "serial_number", "memory_mib", "cpu_count", "power_state",
    "is_virtual", "hypervisor_host",
)  # fmt: skip


def with_clusters(records: pl.DataFrame, family: NDArray[np.int8], identifiers: Identifiers) -> NDArray[np.int8]:
    """Families, where a row that does not say what it is goes to the cluster whose name or address it bears.

    A scanner sees a cluster's address and name and nothing else. family: per record. A name counts where no host says
    it is called so; an address where the row has no name.
    """
    if not (family == _CLUSTER).any():
        return family
    silent = pl.all_horizontal(
        [pl.lit(value=True), *(pl.col(c).is_null() for c in _OF_A_MACHINE if c in records.columns)]
    )
    unclear = (family == _HOST) & records.select(silent).to_series().to_numpy()
    hosts, clusters = (family == _HOST) & ~unclear, family == _CLUSTER
    named = np.zeros(len(family), dtype=np.bool_)
    named[identifiers["name"]["node"].to_numpy()] = True
    by_name = _bearing(identifiers["name"], unclear, clusters, hosts)
    by_address = _bearing(identifiers["ip"], unclear & ~named, clusters, np.zeros_like(hosts))
    return np.where(by_name | by_address, np.int8(_CLUSTER), family)


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
