"""Identifiers of hardware that several assets bear: what a maker forgot to fill in, clones, blades of one chassis.

They prove nothing, and people should know who bears them. Keep out: guarding against them (guards.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import finding, findings_frame
from discovery_pipeline.domain.inventory.matching.components import Nodes
from discovery_pipeline.domain.inventory.matching.identifiers import Identifiers, Kind

CODE = "shared_identifier"
# Kind -> what a person calls it.
_TOLD: Mapping[Kind, str] = {"serial": "serial number", "uuid": "uuid", "mac": "MAC address", "tag": "asset tag"}
_SAMPLES = 3
_ADVICE = (
    "look whether it is a placeholder or a clone: records that share nothing else were not brought together; correct "
    "it in the source, or merge the assets if they are one"
)


def find_shared(identifiers: Identifiers, cluster: Nodes, ids: pl.Series, most: int) -> pl.DataFrame:
    """FINDINGS of the values that most assets bear, by kind and value, at most `most` of them.

    identifiers: by record, without placeholders. cluster: asset number per record. ids: asset_id per asset number.
    """
    parts = [_shared(kind, identifiers[kind], cluster) for kind in _TOLD]
    worst = pl.concat(parts).sort(["assets", "kind", "value"], descending=[True, False, False]).head(most)
    return findings_frame(_finding(row, ids) for row in worst.iter_rows(named=True))


def _shared(kind: Kind, values: pl.DataFrame, cluster: Nodes) -> pl.DataFrame:
    """Columns kind, value, assets (how many bear it), sample (numbers of the first). Most values stand on one."""
    borne = values.select("value", pl.Series("asset", cluster[values["node"].to_numpy()])).with_columns(
        pl.col("value").hash().alias("key")
    )
    spread = borne.lazy().group_by("key").agg((pl.col("asset").min() != pl.col("asset").max()).alias("several"))
    several = spread.filter("several").select("key").collect()
    return (
        borne.join(several, on="key", how="semi")
        .group_by("value")
        .agg(
            pl.col("asset").n_unique().cast(pl.Int64).alias("assets"),
            pl.col("asset").unique().sort().head(_SAMPLES).alias("sample"),
        )
        .select(pl.lit(kind).alias("kind"), "value", "assets", "sample")
    )


def _finding(row: Mapping[str, Any], ids: pl.Series) -> dict[str, Any]:
    sample = sorted(ids.gather(row["sample"]).to_list())
    more = f" and {row['assets'] - len(sample)} more" if row["assets"] > len(sample) else ""
    detail = f"{_TOLD[row['kind']]} {row['value']} stands on {row['assets']} assets: {', '.join(sample)}{more}"
    return finding("inventory", "info", CODE, detail, _ADVICE, asset_id=sample[0])
