"""Assets by a part of their name, as a person types it. Keep out: identifiers and addresses (inventory/search.py)."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.services.dependencies.network import Network


def find_nodes(network: Network, text: str, limit: int = 20) -> list[tuple[str, str, str]]:
    """(key, name, type) of assets whose name holds every word of text, whatever its case.

    Exact names first, then those that begin like it, applications before others; at most `limit`.
    """
    words = text.lower().split()
    if not words:
        return []
    lower = network.nodes.head(network.assets).with_columns(lower=pl.col("name").str.to_lowercase())
    holds = pl.all_horizontal(pl.col("lower").str.contains(word, literal=True) for word in words)
    found = lower.filter(holds)
    wanted = " ".join(words)
    begins = pl.col("lower").str.starts_with(wanted)
    ordered = found.sort(
        pl.col("lower") != wanted, ~begins, pl.col("type") != "application", pl.col("lower").str.len_chars(), "lower",
        "key",
    )  # fmt: skip
    return [(key, name, kind) for key, name, kind in ordered.head(limit).select("key", "name", "type").iter_rows()]
