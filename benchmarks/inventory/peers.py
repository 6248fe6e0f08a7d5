"""Other ways to bring records together, on the same clean records: exact keys, guarded keys, Splink.

`python -m benchmarks.inventory.peers records|keys|guarded WORK` reads what `stages clean` left. `records` writes
records.parquet, the rows of tables with a row per asset: what every peer gets. Each method writes its clusters
(table_no, row, cluster) to METHOD.parquet. Splink runs in an environment of its own: see splink_peer.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from benchmarks.inventory.stages import clean_tables, spent

# A value on more records than this identifies nothing; six exports name a machine once each, a few of them twice.
COMMON = 12
KEYS = ("uuid", "serial_number", "mac_address", "fqdn", "hostname")
_TEXTS = ("hostname", "fqdn", "serial_number", "uuid", "os_name", "asset_type", "manufacturer", "model")
_LISTS = ("mac_address", "ip_address")


def records(work: Path) -> int:
    """All rows that are an asset each as one frame: identifiers and what describes them, UUIDs in one order."""
    frames = []
    for table in clean_tables(work):
        if table.kind.record != "asset" or table.kind.grain != "asset":
            continue
        columns = set(table.frame.collect_schema().names())
        texts = [(pl.col(c).str.to_lowercase() if c in columns else pl.lit(None, pl.String)).alias(c) for c in _TEXTS]
        lists = [(pl.col(c) if c in columns else pl.lit(None, pl.List(pl.String))).alias(c) for c in _LISTS]
        memory = (pl.col("memory_mib") if "memory_mib" in columns else pl.lit(None, pl.Float64)).alias("memory_mib")
        place = pl.lit(table.info.table_no, pl.UInt32).alias("table_no")
        frames.append(table.frame.select(place, "row", *texts, *lists, memory))
    whole = pl.concat(frames).with_columns(uuid=_one_order(pl.col("uuid"))).collect()
    whole.with_row_index("unique_id").write_parquet(work / "records.parquet")
    return whole.height


def _one_order(uuid: pl.Expr) -> pl.Expr:
    """The smaller of the two orders of bytes that tools write a UUID in."""
    byte = [uuid.str.slice(at, 2) for at in (6, 4, 2, 0, 11, 9, 16, 14)]
    dash = pl.lit("-")
    swapped = pl.concat_str(*byte[:4], dash, *byte[4:6], dash, *byte[6:], uuid.str.slice(18))
    return pl.min_horizontal(uuid, swapped)


def by_keys(work: Path, common: int | None) -> int:
    """Records that share the value of any key are one. common: a value on more records is no key; None = no guard."""
    frame = pl.read_parquet(work / "records.parquet")
    pairs = [_pairs(frame, key, common) for key in KEYS]
    left, right = (np.concatenate([p[:, side] for p in pairs]) for side in (0, 1))
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(frame.height, frame.height))
    _, labels = connected_components(graph, directed=False)
    name = "keys" if common is None else "guarded"
    frame.select("table_no", "row", cluster=pl.Series(labels)).write_parquet(work / f"{name}.parquet")
    return frame.height


def _pairs(frame: pl.DataFrame, key: str, common: int | None) -> np.ndarray:
    """The first record with each value beside every other with it."""
    values = frame.select("unique_id", value=key)
    if isinstance(frame.schema[key], pl.List):
        values = values.explode("value", empty_as_null=False)
    held = values.drop_nulls("value").with_columns(
        first=pl.col("unique_id").min().over("value"), many=pl.col("unique_id").n_unique().over("value")
    )
    kept = held.filter(pl.col("many") > 1) if common is None else held.filter(pl.col("many").is_between(2, common))
    return kept.select("first", "unique_id").to_numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("method", choices=("records", "keys", "guarded"))
    parser.add_argument("work", type=Path)
    given = parser.parse_args()
    guard = COMMON if given.method == "guarded" else None
    print(json.dumps(spent(lambda: records(given.work) if given.method == "records" else by_keys(given.work, guard))))


if __name__ == "__main__":
    main()
