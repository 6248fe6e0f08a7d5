"""Things that rows name but none describes: applications, hypervisors, clusters.

A name that belongs to a described asset never makes a second one. Keep out: names in stated relations (stated_ends.py)
and the ids of the new assets (identity.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from discovery_pipeline.domain.handoffs import AssetType
from discovery_pipeline.domain.inventory.classification.classify import AS_IT_IS, Typed, classify
from discovery_pipeline.domain.inventory.classification.hints import TYPES
from discovery_pipeline.domain.inventory.tables import Infos, text_of_table
from discovery_pipeline.domain.membership import application_key
from discovery_pipeline.domain.names import name_key
from discovery_pipeline.domain.schema import clean_schema

NAMED_TYPES: tuple[AssetType, ...] = ("application", "hypervisor", "cluster")

# key: the normalised name. name: its commonest spelling. rows: how many name it. sources: whose rows they are.
# evidence: what speaks for the type, on the scale of the classification.
NAMES = {
    "type": pl.String(), "key": pl.String(), "name": pl.String(), "rows": pl.Int64(), "sources": pl.List(pl.String()),
    "evidence": pl.Float64(),
}  # fmt: skip
# rows: how many rows of the source say the same.
MENTIONS = {
    "type": pl.String(), "key": pl.String(), "name": pl.String(), "source": pl.String(), "evidence": pl.Float64(),
    "rows": pl.UInt32(),
}  # fmt: skip
_NAMING_FIELDS: tuple[tuple[str, AssetType], ...] = (
    ("application_name", "application"), ("hypervisor_host", "hypervisor"), ("cluster", "cluster"),
)  # fmt: skip
_NAMED_ONCE = 3.0
_NAMED_AGAIN = 0.5


def names_given(rows: Sequence[pl.DataFrame], tables: Infos) -> pl.DataFrame:
    """NAMES of all that the rows (asset records and details) name in their columns, by type and key.

    The column says the type; every further row that uses the name adds a little.
    """
    given = [(frame, field, kind) for frame in rows for field, kind in _NAMING_FIELDS if field in frame.columns]
    names = summarise(pl.concat([pl.LazyFrame(schema=MENTIONS), *(_mentions(*each, tables) for each in given)]))
    return names.with_columns(pl.col("evidence") + _NAMED_AGAIN * pl.col("rows").log())


def _mentions(frame: pl.DataFrame, field: str, kind: AssetType, tables: Infos) -> pl.LazyFrame:
    column = frame.lazy().select("table_no", pl.col(field).alias("name"))
    if isinstance(frame.schema[field], pl.List):
        column = column.explode("name", empty_as_null=False, keep_nulls=False)
    name = _cluster_name(pl.col("name")) if kind == "cluster" else pl.col("name")
    key = application_key(name) if kind == "application" else name_key(name)
    # Many rows name the same few things.
    distinct = column.drop_nulls("name").group_by("table_no", "name").agg(pl.len().alias("rows"))
    return distinct.select(
        pl.lit(kind).alias("type"),
        key.alias("key"),
        name.str.strip_chars().alias("name"),
        text_of_table({no: table.source for no, table in tables.items()}).alias("source"),
        pl.lit(_NAMED_ONCE).alias("evidence"),
        "rows",
    )


def _cluster_name(name: pl.Expr) -> pl.Expr:
    """vSphere shows a resource pool by its path, "/datacenter/cluster/Resources/pool": the cluster is what counts."""
    return pl.coalesce(name.str.extract("([^/]+)/Resources(?:/|$)", 1), name.str.extract("^/.*?([^/]+)/?$", 1), name)


def summarise(mentions: pl.LazyFrame) -> pl.DataFrame:
    """MENTIONS -> NAMES; mentions without a key are left out."""
    spelt = (
        mentions.drop_nulls("key")
        .group_by("type", "key", "name")
        .agg(pl.col("rows").sum(), pl.col("source").unique(), pl.col("evidence").max())
    )
    return (
        spelt.sort(["type", "key", "rows", "name"], descending=[False, False, True, False])
        .group_by("type", "key", maintain_order=True)
        .agg(
            pl.col("name").first(),
            pl.col("rows").sum().cast(pl.Int64),
            pl.col("source").explode(empty_as_null=False).drop_nulls().unique().sort().alias("sources"),
            pl.col("evidence").max(),
        )
        .collect()
    )


def undescribed(names: pl.DataFrame, described: pl.DataFrame) -> pl.DataFrame:
    """NAMES without those that a described asset answers to. described: Described.keys.

    Applications are looked for among applications only: "jira" may run on a host of that name. A hypervisor or
    cluster is the host or cluster of its name.
    """
    is_application = pl.col("type") == "application"
    applications = described.filter(pl.col("family") == "application").select("key")
    machines = described.filter(pl.col("family").is_in(["host", "cluster"])).select("key")
    return pl.concat(
        [
            names.filter(is_application).join(applications, on="key", how="anti"),
            names.filter(~is_application).join(machines, on="key", how="anti"),
        ]
    ).sort("type", "key")


def named_types(names: pl.DataFrame) -> Typed:
    """Type and confidence of things that are only named, on the scale of described assets."""
    evidence = np.zeros((len(names), len(TYPES)), dtype=np.float32)
    columns = [TYPES.index(name) for name in names["type"]]
    evidence[np.arange(len(names)), columns] = names["evidence"].to_numpy()
    return classify(evidence, AS_IT_IS)


def named_rows(names: pl.DataFrame) -> pl.DataFrame:
    """The inventory rows of things that are only named: their name, their type and who names them."""
    typed = named_types(names)
    is_application = pl.col("type") == "application"
    return names.select(
        pl.when(~is_application).then("name").alias("hostname"),
        pl.when(is_application).then(pl.concat_list("name")).alias("application_name"),
        typed.names,
        typed.confidence,
        "sources",
        pl.lit(0, pl.Int64()).alias("record_count"),
    ).cast({"application_name": clean_schema("asset")["application_name"]})
