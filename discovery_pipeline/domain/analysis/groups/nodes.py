"""The assets that move, numbered: what groups are made of. Keep out: ties between them."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.waves.labels import planned_waves

# Strategies that carry an asset somewhere; a replaced one is switched over in a wave, too.
MOVING = ("rehost", "replatform", "refactor", "rearchitect", "replace")
# bucket: stages that move together (0 development and test, 1 staging, 2 production and unknown). planned: the wave
# that the data asks for. cluster: of machines that form one themselves (hypervisors' guests form none).
NODES = {
    "asset_id": pl.String(), "node": pl.Int64(), "type": pl.String(), "name": pl.String(), "bucket": pl.String(),
    "planned": pl.Int64(), "cluster": pl.String(),
}  # fmt: skip
# Servers without a label are mostly production's: they go with it where their application has some.
_BUCKETS = {"sandbox": "0", "development": "0", "test": "0", "qa": "0", "staging": "1"}
BUCKET_NAMES = {"0": "development and test", "1": "staging", "2": "production"}


def moving_nodes(facts: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """NODES: the living assets whose strategy moves them, numbered by id. decisions: asset_id, strategy."""
    moving = decisions.filter(pl.col("strategy").is_in(MOVING)).select("asset_id")
    few = facts.lazy().filter(~pl.col("vanished").fill_null(value=False))
    own_cluster = pl.when(pl.col("classified_type") == "physical_server").then(pl.col("cluster").str.to_lowercase())
    ordered = (
        few.select(
            "asset_id",
            "planned_wave",
            type=pl.col("classified_type").fill_null("other"),
            name=pl.coalesce("hostname", pl.col("application_name").list.first(), "asset_id"),
            bucket=pl.col("environment").replace_strict(_BUCKETS, default="2", return_dtype=pl.String),
            cluster=own_cluster,
        )
        .join(moving.lazy(), on="asset_id", how="semi")
        .sort("asset_id")
        .collect()
    )
    labels = planned_waves(ordered["planned_wave"])
    told = ordered.join(labels, left_on="planned_wave", right_on="label", how="left", maintain_order="left")
    return told.with_row_index("node").select(pl.col(n).cast(t) for n, t in NODES.items())
