"""Which entries are worth comparing: those that share an identifier that may identify.

So the number of pairs grows with the entries, not with their square. Keep out: what speaks for and against a pair
(comparison.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from discovery_pipeline.domain.inventory.matching.comparison import AGREES, ANY, NEAR, OFFSET, Bits, Mask
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.guards import UNIQUE
from discovery_pipeline.domain.inventory.matching.identifiers import KINDS, Identifiers, Kind
from discovery_pipeline.domain.inventory.matching.near import near_names, near_serials

Where = Literal["across", "within"]
# Two rows of one table that share an address are a cluster's nodes or a proxy's clients as often as not.
_WITHIN: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind != "ip")
_NEAR: Mapping[Kind, Callable[[pl.Series, pl.Series], Mask]] = {
    "serial": near_serials,
    "name": near_names,
}


@dataclass(frozen=True)
class Pairs:
    """left < right: entries, sorted. agreed: in which kinds they agree, as in comparison.py."""

    left: Nodes
    right: Nodes
    agreed: Bits

    def __len__(self) -> int:
        return len(self.left)


def find_pairs(values: Identifiers, where: Where) -> Pairs:
    """Pairs of one family that share a value: of different tables (across), or of one (within).

    values: Guarded.values. Within a table a shared address alone makes no pair.
    """
    size = 1 + max((int(frame["node"].max()) for frame in values.values() if len(frame)), default=0)  # type: ignore[arg-type]
    blocking = KINDS if where == "across" else _WITHIN
    parts = [_sharing(kind, values[kind], where, size) for kind in blocking]
    found = pl.concat(parts).group_by("pair").agg(pl.col("agreed").bitwise_or()).collect()
    if where == "within":
        address = _sharing("ip", values["ip"], where, size).group_by("pair").agg(pl.col("agreed").bitwise_or())
        agreed = pl.col("agreed") | pl.col("agreed_right").fill_null(0)
        found = found.lazy().join(address, on="pair", how="left").select("pair", agreed).collect()
    found = found.sort("pair")
    left, right = np.divmod(found["pair"].to_numpy(), size)
    return _with_near(Pairs(left, right, found["agreed"].to_numpy()), values)


def _sharing(kind: Kind, values: pl.DataFrame, where: Where, size: int) -> pl.LazyFrame:
    """Columns pair (left * size + right) and agreed."""
    agreed = (pl.lit(AGREES << OFFSET[kind], pl.Int64()) * pl.lit(2, pl.Int64()).pow("spread")).cast(pl.Int64)
    side = (
        values.lazy()
        .filter(~pl.col("alone"))
        .select(pl.col("node").cast(pl.Int64), "table_no", "key", agreed.alias("agreed"))
    )
    met = side.join(side, on="key", suffix="_right")
    in_one = pl.col("table_no") == pl.col("table_no_right")
    met = met.filter((pl.col("node") < pl.col("node_right")) & (in_one if where == "within" else ~in_one))
    return met.select((pl.col("node") * size + pl.col("node_right")).alias("pair"), "agreed")


def _with_near(pairs: Pairs, values: Identifiers) -> Pairs:
    agreed = pairs.agreed.copy()
    for kind, near in _NEAR.items():
        agreed[_nearly(pairs, kind, values[kind], near)] |= NEAR << OFFSET[kind]
    return Pairs(pairs.left, pairs.right, agreed)


def _nearly(pairs: Pairs, kind: Kind, values: pl.DataFrame, near: Callable[[pl.Series, pl.Series], Mask]) -> Nodes:
    """Places of the pairs that do not agree in the kind, but in values that are spelt nearly alike."""
    none = np.flatnonzero((pairs.agreed >> OFFSET[kind]) & ANY == 0)
    ends = pl.DataFrame({"place": none, "left": pairs.left[none], "right": pairs.right[none]})
    firm = values.filter(pl.col("spread") == UNIQUE).select(pl.col("node").cast(pl.Int64), "value")
    first = firm.sort("node", "value").unique("node", keep="first", maintain_order=True) if len(ends) else firm
    both = ends.join(first, left_on="left", right_on="node").join(
        first, left_on="right", right_on="node", suffix="_right"
    )
    met = both.filter(pl.Series(near(both["value"], both["value_right"]), dtype=pl.Boolean()))
    return met["place"].to_numpy()
