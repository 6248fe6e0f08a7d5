"""Statements of which one end is known and the other is a name that nothing answers to."""

from __future__ import annotations

import polars as pl

# name: as written. asset_id: the end that is known. provider: whether the name is what the known end depends on; else
# it is what depends on it. relation and label: of the evidence that it would be. records: rows that state it.
LOOSE: dict[str, pl.DataType] = {
    "name": pl.String(), "asset_id": pl.String(), "provider": pl.Boolean(), "relation": pl.String(),
    "label": pl.String(), "records": pl.Int64(),
}  # fmt: skip


def loose_frame(frame: pl.DataFrame, **constants: object) -> pl.DataFrame:
    """LOOSE from a frame with some of its columns; constants fill the others."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(constants[name])).cast(dtype).alias(name)
        for name, dtype in LOOSE.items()
    )
