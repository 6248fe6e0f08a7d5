"""Claims: what each record of an asset says about one field, and which of them made the inventory's value.

Claims are never stored (27 a row): they are joined when asked from lineage, clean and canonical records, and judged by
the inventory's origin. Keep out: choosing values (domain.inventory); writing them.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema, TableInfo
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.services.run_frames import RunFrames, part_name

# claim: the clean value in the field's own type. grain: that of the table the record stands in.
CLAIM_PLACE: FrameSchema = {
    "asset_id": pl.String(), "table_no": pl.UInt32(), "row": pl.Int64(), "line": pl.Int64(), "record_no": pl.UInt32(),
}  # fmt: skip
LOST = "outranked"


def asset_records(run: RunFrames) -> pl.LazyFrame:
    """The rows that became part of an asset, with the columns that claims need."""
    return run.scan("inventory", "lineage").filter(pl.col("asset_id").is_not_null()).select(list(CLAIM_PLACE))


def field_claims(run: RunFrames, field: str, records: pl.DataFrame) -> pl.DataFrame:
    """Every claim of these records on a field: CLAIM_PLACE, claim, raw, detail.

    records: CLAIM_PLACE. raw: the text of the cell, or of the cells joined by ` | ` where several columns stand for the
    field. detail: whether the row is a detail of its asset rather than the asset itself.
    """
    kinds = run.kinds()
    schema = {**CLAIM_PLACE, "claim": fields("asset")[field].dtype, "raw": pl.String(), "detail": pl.Boolean()}
    found = [pl.DataFrame(schema=schema)]
    for info, rows in _by_table(run, records):
        if _carries(run, info, field):
            grain = kinds[info.table_no].grain
            found.append(_table_claims(run, info, field, rows).with_columns(detail=pl.lit(grain == "detail")))
    return pl.concat([frame.select(list(schema)) for frame in found])


def judged(claims: pl.DataFrame, field: str, run: RunFrames) -> pl.DataFrame:
    """The claims with `rule` and `chosen`.

    Chosen are the record whose value won, records that say the same, members of a united list, and the detail rows of
    a sum. Their rule is the one that chose; other claims name why they lost.
    """
    origin = run.scan("inventory", "origin").select("asset_id", winner=field, rule=f"{field}__rule")
    values = run.scan("inventory", "inventory").select("asset_id", value=field)
    beside = claims.lazy().join(origin, on="asset_id", how="left").join(values, on="asset_id", how="left")
    chosen = (pl.col("record_no") == pl.col("winner")).fill_null(False) | _agrees(field)
    summed = pl.col("winner").is_null() & pl.col("detail") & pl.col("value").is_not_null()
    if not fields("asset")[field].is_list:
        chosen = chosen | summed
    rule = pl.when(pl.col("chosen")).then(pl.col("rule")).otherwise(pl.lit(LOST))
    judged = beside.with_columns(chosen=chosen).with_columns(rule=rule)
    return judged.drop("winner", "value").collect()


def _agrees(field: str) -> pl.Expr:
    """Whether the claim says what the inventory says; for lists, whether an item of it is in there."""
    if fields("asset")[field].is_list:
        shared = pl.col("claim").list.set_intersection(pl.col("value"))
        return (shared.list.len() > 0).fill_null(False)
    return (pl.col("claim") == pl.col("value")).fill_null(False)


def _by_table(run: RunFrames, records: pl.DataFrame) -> Iterator[tuple[TableInfo, pl.DataFrame]]:
    parts = records.partition_by("table_no", as_dict=True)
    for info in run.tables():
        if (info.table_no,) in parts:
            yield info, parts[(info.table_no,)]


def _carries(run: RunFrames, info: TableInfo, field: str) -> bool:
    return field in run.scan("clean_records", part_name(info.table_no)).collect_schema().names()


def _table_claims(run: RunFrames, info: TableInfo, field: str, rows: pl.DataFrame) -> pl.DataFrame:
    part = part_name(info.table_no)
    clean = run.scan("clean_records", part).select("row", claim=field).filter(_says_something(field))
    columns = [b.column for b in run.bindings(info.table_no) if b.field == field]
    raw = pl.concat_str(columns, separator=" | ", ignore_nulls=True) if columns else pl.lit(None, pl.String)
    cells = run.scan("canonical_records", part).select("row", raw=raw)
    return rows.lazy().join(clean, on="row").join(cells, on="row", how="left").collect()


def _says_something(field: str) -> pl.Expr:
    if fields("asset")[field].is_list:
        return pl.col("claim").list.len() > 0
    return pl.col("claim").is_not_null()
