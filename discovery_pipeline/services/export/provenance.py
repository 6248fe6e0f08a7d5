"""The provenance table: every claim on every inventory cell, derived field by field so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.services.claims import Records, all_records, field_claims
from discovery_pipeline.services.export.ordering import BATCH_ROWS, ranges
from discovery_pipeline.services.export.writers import as_text
from discovery_pipeline.services.run_frames import RunFrames

PROVENANCE: FrameSchema = {
    "asset_id": pl.String(), "field": pl.String(), "value": pl.String(), "file": pl.String(), "table": pl.String(),
    "row": pl.Int64(), "raw": pl.String(), "rule": pl.String(), "chosen": pl.Boolean(), "source": pl.String(),
    "line": pl.Int64(),
}  # fmt: skip
_KEYS = ["asset_id", "field", "file", "table", "source", "row"]


def provenance(run: RunFrames, scratch: Path) -> Iterator[pl.DataFrame]:
    """PROVENANCE by asset, field and place. scratch: an empty folder for the fields' claims on their way (Parquet)."""
    records = all_records(run)
    paths = [path for field in fields("asset") if (path := _write_field(records, field, scratch))]
    if not paths:
        return
    assets = run.scan("inventory", "inventory").select("asset_id").collect().to_series()
    claims = pl.scan_parquet(paths).join(_places(run), on="table_no").select(list(PROVENANCE))
    for within in ranges(assets, BATCH_ROWS):
        yield claims.filter(within).collect().sort(_KEYS)


def _write_field(records: Records, field: str, scratch: Path) -> Path | None:
    """A field's claims, sorted by asset so that a range of assets is a partial read; None when there are none."""
    claims = field_claims(records, field)
    if claims.is_empty():
        return None
    value = as_text("claim", fields("asset")[field].dtype)
    named = claims.with_columns(pl.lit(field).alias("field"), value.alias("value"))
    columns = ["asset_id", "field", "value", "table_no", "row", "line", "raw", "rule", "chosen"]
    path = scratch / f"{field}.parquet"
    named.select(columns).sort("asset_id").write_parquet(path, row_group_size=BATCH_ROWS)
    return path


def _places(run: RunFrames) -> pl.LazyFrame:
    rows = [(t.table_no, t.source, t.file, t.table) for t in run.tables()]
    schema = {"table_no": pl.UInt32(), "source": pl.String(), "file": pl.String(), "table": pl.String()}
    return pl.LazyFrame(rows, schema=schema, orient="row")
