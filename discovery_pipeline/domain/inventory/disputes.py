"""Settling what an asset's value is when its sources disagree, and naming the rule that decided.

Keep out: assets whose sources agree (merge.py).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from discovery_pipeline.domain.inventory.claims import Claims
from discovery_pipeline.domain.inventory.components import Nodes

# Names of the rules by their codes; 0 = no value.
RULES = (
    "", "only_claim", "agreed", "majority", "source_precedence", "plausibility", "newest", "first_listed", "oldest",
    "detail_sum",
)  # fmt: skip
# A machine has some of each; zero is a gap that a tool filled.
_POSITIVE = (
    "cpu_count", "cpu_cores", "cpu_sockets", "cores_per_socket", "memory_mib", "storage_total_gib", "disk_count",
)  # fmt: skip
_IMPLAUSIBLE_FACTOR = 0.1


def settle(field: str, claims: Claims, group: str, given: Nodes, keys: pl.Series) -> tuple[Nodes, NDArray[np.int8]]:
    """Winning row and code of the rule per disputed asset, in the order of the assets.

    given: rows of the disputed claims by asset, the most trusted first. keys: their values as they are compared. A
    value weighs the trust of the tables that state it. Equal weights: the most trusted, then the newest claim.
    """
    plausible = (keys > 0) if field in _POSITIVE else pl.repeat(True, len(keys), dtype=pl.Boolean(), eager=True)
    trust = claims.trust[group][given] * np.where(plausible.to_numpy(), 1.0, _IMPLAUSIBLE_FACTOR)
    stated = (
        claims.frame.select(pl.col("asset", "table_no", "seen", "stale").gather(given))
        .with_columns(
            keys.alias("key"), pl.Series("trust", trust), pl.Series("row", given), plausible.alias("plausible")
        )
        .with_row_index("place")
    )
    ranked = _by_value(stated).sort(
        ["asset", "weight", "trust", "seen", "place"], descending=[False, True, True, True, False]
    )
    winners = ranked.with_columns(*_rivalry()).group_by("asset", maintain_order=True).first()
    return winners["row"].to_numpy(), winners.select(_rule()).to_series().to_numpy()


def _by_value(stated: pl.DataFrame) -> pl.DataFrame:
    """One row per asset and value; a table counts once, however often it says it."""
    return (
        stated.group_by("asset", "key", "table_no", maintain_order=True)
        .agg(pl.col("trust", "seen").max(), pl.col("row", "place", "plausible").first(), pl.col("stale").all())
        .group_by("asset", "key", maintain_order=True)
        .agg(
            pl.col("trust").sum().alias("weight"),
            pl.col("trust", "seen").max(),
            pl.len().alias("tables"),
            pl.col("row", "place", "plausible").first(),
            pl.col("stale").all(),
        )
    )


def _rivalry() -> list[pl.Expr]:
    """How each value stands among those of its asset."""
    top = pl.col("trust").max().over("asset")
    return [
        (pl.col("trust") == top).alias("is_top"),
        ((pl.col("trust") == top).sum().over("asset") == 1).alias("top_alone"),
        ((pl.col("seen") == pl.col("seen").max().over("asset")) & (pl.col("seen") > 0)).alias("is_newest"),
        (pl.col("stale").any().over("asset") & ~pl.col("stale")).alias("beats_stale"),
        (~pl.col("plausible").all().over("asset") & pl.col("plausible")).alias("beats_implausible"),
    ]


def _rule() -> pl.Expr:
    """Which consideration decided, told from the winner and its rivals."""
    cases = {
        "majority": ~pl.col("is_top"),
        "plausibility": pl.col("beats_implausible"),
        "newest": pl.col("beats_stale") & pl.col("is_newest"),
        "source_precedence": pl.col("top_alone"),
    }
    ties = pl.when(pl.col("tables") > 1).then(RULES.index("majority")).when("is_newest").then(RULES.index("newest"))
    decided = [pl.when(test).then(RULES.index(name)) for name, test in cases.items()]
    return pl.coalesce([*decided, ties, pl.lit(RULES.index("first_listed"))]).cast(pl.Int8)
