"""Who uses which shared service, and when that moves. Keep out: what sets an order (needs.py)."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.waves.given import WaveInput

_SHARED = ("infrastructure", "management")
# What fewer manage is one machine's own affair: a backup or a scan of it makes no shared service of it.
_MANAGED = 20


def shared_uses(given: WaveInput, names: pl.DataFrame, believed: float) -> pl.DataFrame:
    """Columns from_asset, to_asset, name: who uses which shared service. names: asset_id, name."""
    used = given.dependencies.filter(
        pl.col("confidence") >= believed, pl.col("kind").is_in(_SHARED), pl.col("to_asset").is_not_null()
    ).select("from_asset", "to_asset", "kind")
    many = pl.col("from_asset").n_unique().over("to_asset", "kind") >= _MANAGED
    ends = used.filter((pl.col("kind") == "infrastructure") | many).select("from_asset", "to_asset").unique()
    return ends.join(names.select("name", to_asset="asset_id"), on="to_asset")


def with_waves(uses: pl.DataFrame, waves: pl.DataFrame) -> pl.DataFrame:
    """uses plus `at`: the wave that the service moves in, or null. waves: asset_id, wave."""
    return uses.join(waves.select(to_asset="asset_id", at="wave"), on="to_asset", how="left")
