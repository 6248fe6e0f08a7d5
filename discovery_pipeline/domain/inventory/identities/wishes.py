"""What people's decisions say of ids: which asset keeps one, which must not take it. Keep out: recognising assets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

# More than all that an asset can be recognised by is worth together.
_DECIDED = 1000.0


@dataclass(frozen=True)
class Wishes:
    """barred: asset (number), asset_id that it must not take. claimed: asset, asset_id that is its own where the
    registry knows it, score (the newer decision has the higher one)."""

    barred: pl.DataFrame
    claimed: pl.DataFrame

    def granted(self, candidates: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
        """The candidates (asset, asset_id, score) as the wishes leave them."""
        claimed = self.claimed.join(registry, on="asset_id", how="semi")
        told = claimed.with_columns(pl.col("score") + _DECIDED)
        return pl.concat([candidates, told]).join(self.barred, on=["asset", "asset_id"], how="anti")


def wishes(barred: Sequence[tuple[int, str]] = (), claimed: Sequence[tuple[int, str, float]] = ()) -> Wishes:
    """Wishes from rows."""
    pair = {"asset": pl.UInt32(), "asset_id": pl.String()}
    return Wishes(
        pl.DataFrame(list(barred), schema=pair, orient="row"),
        pl.DataFrame(list(claimed), schema={**pair, "score": pl.Float64()}, orient="row"),
    )


NO_WISHES = wishes()
