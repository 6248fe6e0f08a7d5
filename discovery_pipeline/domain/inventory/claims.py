"""Claims: every value that a record or a table of details states about an asset, ready to be weighed.

Keep out: weighing them (merge.py, united.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.components import Nodes
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.precedence import OBSERVING, SourceKind, precedence, source_kind
from discovery_pipeline.domain.inventory.tables import Tables
from discovery_pipeline.domain.schema import clean_schema

# The sum of an asset's disks is good evidence, yet the source that states the total knows it better.
_DETAIL_FACTOR = 0.5


@dataclass(frozen=True)
class Claims:
    """frame: one row per claimant: asset, record_no, table_no, detail, stale, observed, seen, then fields.

    Sorted by asset and record_no. trust: per group of fields the trust in each row, after staleness. assets: how many
    assets there are.
    """

    frame: pl.DataFrame
    trust: Mapping[str, NDArray[np.float64]]
    assets: int

    def order(self, group: str) -> Nodes:
        """Row positions by asset, then trust (most first), then last seen (newest first), then record_no."""
        seen = self.frame["seen"].to_numpy()
        return np.lexsort(
            (self.frame["record_no"].to_numpy(), -seen, -self.trust[group], self.frame["asset"].to_numpy())
        )


def gather_claims(
    records: pl.DataFrame,
    details: pl.DataFrame,
    tables: Tables,
    assets: int,
    params: InventoryParams,
) -> Claims:
    """records: asset records with `asset`, without exact repeats. details: summarise_details."""
    stacked = pl.concat(
        [
            records.drop("row", "line", "original", "duplicate").with_columns(detail=pl.lit(value=False)),
            details.drop("rows").with_columns(detail=pl.lit(value=True)),
        ],
        how="diagonal",
    ).sort("asset", "record_no")
    kinds = _kinds(stacked, tables)
    frame = stacked.with_columns(_seen(stacked), _observed(stacked, kinds)).with_columns(_stale(params))
    return Claims(frame, {group: _trust(frame, kinds, group, params) for group in precedence().trust}, assets)


def _kinds(stacked: pl.DataFrame, tables: Tables) -> dict[int, SourceKind]:
    """Per table its source kind, told by the fields in which it holds any value."""
    schema = clean_schema("asset")
    present = [c for c in stacked.columns if c in schema]
    filled = stacked.group_by("table_no").agg(pl.col(present).is_not_null().any())
    carried = {
        row.pop("table_no"): {name for name, any_ in row.items() if any_} for row in filled.iter_rows(named=True)
    }
    return {no: source_kind(*tables[no], names) for no, names in carried.items()}


def _seen(stacked: pl.DataFrame) -> pl.Series:
    """When the claimant last saw the asset, as microseconds since 1970; 0 where it does not say."""
    if "last_seen" not in stacked.columns:
        return pl.repeat(0, len(stacked), dtype=pl.Int64, eager=True).alias("seen")
    return stacked["last_seen"].dt.timestamp("us").fill_null(0).alias("seen")


def _stale(params: InventoryParams) -> pl.Expr:
    limit = params.stale_days * 86_400_000_000
    return ((pl.col("seen") > 0) & (pl.col("seen").max().over("asset") - pl.col("seen") > limit)).alias("stale")


def _observed(stacked: pl.DataFrame, kinds: Mapping[int, SourceKind]) -> pl.Series:
    observing = [no for no, kind in kinds.items() if kind in OBSERVING]
    return stacked["table_no"].is_in(observing).alias("observed")


def _trust(
    frame: pl.DataFrame, kinds: Mapping[int, SourceKind], group: str, params: InventoryParams
) -> NDArray[np.float64]:
    by_table = {no: precedence().trust[group][kind] for no, kind in kinds.items()}
    base = frame["table_no"].replace_strict(by_table, return_dtype=pl.Float64()).to_numpy()
    stale = np.where(frame["stale"].to_numpy(), params.stale_factor, 1.0)
    return base * stale * np.where(frame["detail"].to_numpy(), _DETAIL_FACTOR, 1.0)
