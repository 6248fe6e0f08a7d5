"""The provenance table: every claim on every inventory cell, derived field by field so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.services.export.writers import as_text
from discovery_pipeline.services.inventory.claims import Records, all_records, field_claims
from discovery_pipeline.services.run_frames import RunFrames

# Some 26 claims each: about a million rows in memory at a time.
BATCH_ASSETS = 25_000
PROVENANCE: FrameSchema = {
    "asset_id": pl.String(), "field": pl.String(), "value": pl.String(), "file": pl.String(), "table": pl.String(),
    "row": pl.Int64(), "raw": pl.String(), "rule": pl.String(), "chosen": pl.Boolean(), "source": pl.String(),
    "line": pl.Int64(),
}  # fmt: skip
_STAGED = ["asset_no", "field_no", "table_rank", "row", "line", "value", "raw", "rule", "chosen"]


def provenance_batches(run: RunFrames, scratch: Path) -> Iterator[pl.DataFrame]:
    """PROVENANCE by asset, field and place; a person's decision has none and comes first.

    scratch: an empty folder for the fields' claims on their way (Parquet).
    """
    records = all_records(run)
    names = sorted(fields("asset"))
    places = _places(run)
    paths = [path for no, field in enumerate(names) if (path := _stage_field(records, field, no, places, scratch))]
    if not paths:
        return
    claims = pl.scan_parquet(paths)
    by_field = pl.Series("field", names)
    for first in range(0, len(records.assets), BATCH_ASSETS):
        within = pl.col("asset_no").is_between(first, first + BATCH_ASSETS - 1)
        batch = claims.filter(within).collect().sort("asset_no", "field_no", "table_rank", "row")
        yield (
            batch.join(places, on="table_rank", how="left", maintain_order="left")
            .with_columns(asset_id=records.assets.gather(batch["asset_no"]), field=by_field.gather(batch["field_no"]))
            .select(list(PROVENANCE))
        )


def _stage_field(records: Records, field: str, field_no: int, places: pl.DataFrame, scratch: Path) -> Path | None:
    """A field's claims, sorted by asset so that a range of assets is a partial read; None when there are none."""
    claims = field_claims(records, field)
    stated = pl.concat([_decided(records, field), claims], how="diagonal")
    if stated.is_empty():
        return None
    value = as_text("claim", fields("asset")[field].dtype)
    ranked = stated.join(places.select("table_no", "table_rank"), on="table_no", how="left")
    staged = ranked.with_columns(pl.lit(field_no, pl.UInt16).alias("field_no"), value.alias("value"))
    path = scratch / f"{field}.parquet"
    staged.select(_STAGED).sort("asset_no").write_parquet(path, compression="lz4", row_group_size=BATCH_ASSETS)
    return path


def _decided(records: Records, field: str) -> pl.DataFrame:
    """A claim for each asset of which a person decided this field; its rule is the correction."""
    told = records.corrected.filter(pl.col("field") == field).select("asset_no", rule="told", chosen=True)
    values = records.inventory.select("asset_no", claim=pl.col(field).cast(fields("asset")[field].dtype))
    return values.join(told.lazy(), on="asset_no").collect()


def _places(run: RunFrames) -> pl.DataFrame:
    """The tables in the order of their names: table_rank, table_no, source, file, table."""
    schema = {"table_no": pl.UInt32(), "source": pl.String(), "file": pl.String(), "table": pl.String()}
    rows = [(t.table_no, t.source, t.file, t.table) for t in run.tables()]
    return pl.DataFrame(rows, schema=schema, orient="row").sort("file", "table", "source").with_row_index("table_rank")
