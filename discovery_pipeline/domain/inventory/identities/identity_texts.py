"""The texts by which assets are remembered ("uuid:4c4c...", "application:billing"), out of their identifiers and names.

Keep out: looking them up (identity.py).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.inventory.identities.hashing import stated_first
from discovery_pipeline.domain.inventory.identities.identity import TEXTS, Texts
from discovery_pipeline.domain.inventory.matching.identifiers import KINDS, SCOPE_END, Identifiers, Kind
from discovery_pipeline.domain.inventory.named import NAMED_TYPES
from discovery_pipeline.domain.inventory.tables import Infos, text_of_table

_NAME_RANK = 0
_FIRST_KIND_RANK = 1
_ROW_RANK = _FIRST_KIND_RANK + len(KINDS)


def described_texts(records: pl.DataFrame, identifiers: Identifiers, family: pl.Series, tables: Infos) -> Texts:
    """Texts of assets that records describe.

    records: with `asset`; identifiers: theirs. family: per asset. Assets that are no hosts speak under their family
    ("database/name:orders"), for they may share every name with the host they run on. A row's own place is the last
    resort.
    """
    owners = records.select("asset", family.gather(records["asset"]).alias("family"))
    parts = [_of_kind(kind, identifiers[kind], owners) for kind in KINDS]
    first = records.select("asset", "table_no", "row").unique("asset", keep="first", maintain_order=True)
    row = _texts(first["asset"], _ROW_RANK, "row", first.select(pl.format("row:{}", place_of_row(tables))).to_series())
    return pl.concat([*parts, row])


def place_of_row(tables: Infos) -> pl.Expr:
    """Where a record stands: "source:table:row"."""
    return pl.format("{}:{}", text_of_table({no: f"{info.source}:{info.table}" for no, info in tables.items()}), "row")


def remembered_source_id(value: pl.Expr) -> pl.Expr:
    """An id of a source as it is remembered: without the file, which has another name in the next delivery."""
    return value.str.replace(f"^([^{SCOPE_END}]*){SCOPE_END}[^{SCOPE_END}]*{SCOPE_END}", "${1}:")


def _of_kind(kind: Kind, values: pl.DataFrame, owners: pl.DataFrame) -> Texts:
    """owners: asset and family per record."""
    value = remembered_source_id(pl.col("value")) if kind == "source_id" else pl.col("value")
    prefix = pl.when(pl.col("family") == "host").then(pl.lit("")).otherwise(pl.col("family") + "/")
    said = (
        owners.select(pl.all().gather(values["node"]))
        .with_columns(values.select(value))
        .filter(pl.col("family") != "application")
        .filter(stated_first(pl.col("asset"), pl.col("value")))
    )
    text = said.select(pl.concat_str(prefix, pl.lit(f"{kind}:"), "value")).to_series()
    return _texts(said["asset"], _FIRST_KIND_RANK + KINDS.index(kind), kind, text)


def _texts(asset: pl.Series, rank: int, kind: str, text: pl.Series) -> Texts:
    columns = {"asset": asset.alias("asset"), "text": text.alias("text")}
    return pl.DataFrame(columns).select(
        pl.col("asset").cast(TEXTS["asset"]),
        pl.lit(rank, TEXTS["rank"]).alias("rank"),
        pl.lit(kind, TEXTS["kind"]).alias("kind"),
        "text",
    )


def typed_name_texts(asset: pl.Series, type_name: pl.Series, key: pl.Series) -> Texts:
    """Texts "type:name" of the assets whose type is known by name; null keys are left out."""
    frame = pl.DataFrame({"asset": asset, "type": type_name, "key": key})
    named = frame.filter(pl.col("type").is_in(NAMED_TYPES) & pl.col("key").is_not_null())
    return named.select(
        pl.col("asset").cast(TEXTS["asset"]),
        pl.when(pl.col("type") == "application")
        .then(_NAME_RANK)
        .otherwise(_ROW_RANK - 1)
        .cast(pl.Int8())
        .alias("rank"),
        pl.col("type").cast(TEXTS["kind"]).alias("kind"),
        pl.format("{}:{}", "type", "key").alias("text"),
    )
