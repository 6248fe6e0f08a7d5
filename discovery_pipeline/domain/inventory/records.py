"""The tables of asset records as one frame: numbering, exact repeats, records without any identity.

Keep out: what identifiers mean (identifiers.py) and which records belong together (matching.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.handoffs import RECORD_KEY, SET_ASIDE, CleanTable, Grain, empty
from discovery_pipeline.domain.identity_fields import NEEDED
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.schema import clean_schema

RECORD_COLUMNS = ("record_no", *RECORD_KEY)
(IDENTIFYING,) = NEEDED["asset"]
NO_IDENTIFIER = "no_identifier"


@dataclass(frozen=True)
class AssetRecords:
    """Rows of the asset-kind tables: RECORD_COLUMNS, then the canonical fields that any of them carries.

    assets: rows that describe an asset, with `duplicate` (an exact repeat) and `original` (record_no of what it
    repeats, itself otherwise). details: rows of detail tables. set_aside: rows without any identity, as SET_ASIDE.
    """

    assets: pl.DataFrame
    details: pl.DataFrame
    set_aside: pl.DataFrame


def gather_records(tables: Sequence[CleanTable]) -> AssetRecords:
    """Collect and number the rows of every asset-kind table, by table_no and row."""
    frames: dict[Grain, list[pl.DataFrame]] = {"asset": [], "detail": []}
    offset = 0
    for table in sorted(tables, key=lambda t: t.info.table_no):
        if table.kind.record == "asset":
            frame = _numbered(table, offset)
            offset += len(frame)
            frames[table.kind.grain].append(_with_repeats(frame) if table.kind.grain == "asset" else frame)
    repeats = {"original": pl.UInt32(), "duplicate": pl.Boolean()}
    assets, nameless = _split_nameless(_stacked(frames["asset"], repeats))
    return AssetRecords(assets, _stacked(frames["detail"], {}), nameless)


def _numbered(table: CleanTable, offset: int) -> pl.DataFrame:
    schema = clean_schema("asset")
    present = table.frame.collect_schema().names()
    columns = [pl.col(name).cast(dtype) for name, dtype in schema.items() if name in present]
    key = [pl.lit(table.info.table_no, pl.UInt32()).alias("table_no"), pl.col("row", "line").cast(pl.Int64())]
    frame = table.frame.select(*key, *columns).collect()
    # Nearly always it is, and sorting what is sorted would copy every column.
    ordered = frame if frame["row"].is_sorted() else frame.sort("row")
    return ordered.with_row_index("record_no", offset)


def _with_repeats(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds original and duplicate. Rows are compared by a 64-bit hash of all their fields."""
    fields = [c for c in frame.columns if c not in RECORD_COLUMNS]
    own = frame["record_no"]
    if not fields:
        return frame.with_columns(original=own, duplicate=pl.lit(value=False))
    content = frame.select(fields).hash_rows()
    repeated = content.is_duplicated()
    again = frame.filter(repeated).with_columns(content.filter(repeated).alias("content")).filter(has_identity(fields))
    firsts = again.select("record_no", pl.col("record_no").min().over("content").alias("original"))
    original = own.replace(firsts["record_no"], firsts["original"])
    return frame.with_columns(original=original, duplicate=original != own)


def originals(assets: pl.DataFrame) -> Nodes:
    """Per record the position of what it repeats, its own where it repeats nothing. assets: AssetRecords.assets."""
    places = pl.int_range(len(assets), dtype=pl.Int64, eager=True)
    if assets.is_empty():
        return places.to_numpy()
    return assets["original"].replace_strict(assets["record_no"], places, return_dtype=pl.Int64()).to_numpy()


def has_identity(columns: Sequence[str]) -> pl.Expr:
    """Whether a row names something: any identity field holds a value. Lists of clean records hold no nulls."""
    schema = clean_schema("asset")
    given = [
        (pl.col(name).list.len() > 0).fill_null(value=False) if isinstance(schema[name], pl.List)
        else pl.col(name).is_not_null()
        for name in IDENTIFYING
        if name in columns
    ]  # fmt: skip
    return pl.any_horizontal(given) if given else pl.lit(value=False)


def _stacked(frames: list[pl.DataFrame], extra: dict[str, pl.DataType]) -> pl.DataFrame:
    if not frames:
        return empty({"record_no": pl.UInt32(), **RECORD_KEY, **extra})
    stacked = pl.concat(frames, how="diagonal")
    carried = [name for name in clean_schema("asset") if name in stacked.columns]
    return stacked.select(*RECORD_COLUMNS, *extra, *carried)


def _split_nameless(assets: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    known = assets.select(has_identity(assets.columns)).to_series()
    nameless = set_aside(
        assets.filter(~known), NO_IDENTIFIER, "no name, id, serial, address or tag: nothing to recognise the asset by"
    )
    return assets if known.all() else assets.filter(known), nameless


def set_aside(rows: pl.DataFrame, reason: str, detail: str) -> pl.DataFrame:
    """SET_ASIDE rows (quarantined) for these records."""
    return rows.select(
        *(pl.col(name).cast(dtype) for name, dtype in RECORD_KEY.items()),
        pl.lit(reason).alias("reason"),
        pl.lit(detail).alias("detail"),
        pl.lit("quarantined").alias("disposition"),
    ).select(list(SET_ASIDE))
