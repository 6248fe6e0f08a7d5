"""What the changes between two inventories add up to: counts for a person and for the checks.

Keep out: finding the changes (changes.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class ChangeCounts:
    """by_change: added, changed, vanished, returned -> how many rows. by_field: field -> assets that changed in it.

    told_twice: rows that say what another one says. unexplained: assets by which the inventory differs from what was
    there, added, returned and vanished. vanished_share: of the assets that were there, in [0, 1]. widest_share: of the
    assets that are in both, those that changed in the field that changed most.
    """

    by_change: Mapping[str, int]
    by_field: Mapping[str, int]
    told_twice: int
    unexplained: int
    vanished_share: float
    widest_share: float

    def facts(self) -> dict[str, float]:
        """What the checks look at."""
        return {
            "changes_told_twice": self.told_twice,
            "unexplained_assets": self.unexplained,
            "vanished_share": self.vanished_share,
            "widest_change_share": self.widest_share,
        }


def count_changes(changes: pl.DataFrame, inventory: pl.DataFrame, baseline: pl.DataFrame | None) -> ChangeCounts:
    """changes: CHANGES from the baseline to the inventory. inventory, baseline: with asset_id and vanished."""
    by_change = _counted(changes["change"])
    by_field = _counted(changes.filter(pl.col("change") == "changed")["field"])
    added, vanished, returned = (by_change.get(name, 0) for name in ("added", "vanished", "returned"))
    now, before = _here(inventory), _here(baseline) if baseline is not None else 0
    stayed = before - vanished + returned
    return ChangeCounts(
        by_change,
        by_field,
        len(changes) - changes.select("asset_id", "change", "field").n_unique(),
        abs(now - stayed - added),
        vanished / before if before else 0.0,
        max(by_field.values(), default=0) / stayed if stayed else 0.0,
    )


def _here(inventory: pl.DataFrame) -> int:
    return len(inventory) - int(inventory["vanished"].sum())


def _counted(values: pl.Series) -> dict[str, int]:
    """The most frequent first, equals by name."""
    counts = values.value_counts().sort(["count", values.name], descending=[True, False])
    return dict(counts.iter_rows())
