"""Values about which sources disagree and nobody has decided, those most worth settling first.

Keep out: what each source says of one of them (services/inventory/explain), settling it (a correction).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from discovery_pipeline.services.records.pages import Found, containing, named, named_assets, page_of
from discovery_pipeline.services.run_frames import RunFrames

PART = "conflicts"
SEARCHED = ("name", "asset_id", "field")


def fields_in_dispute(run: RunFrames) -> tuple[tuple[str, int], ...]:
    """Fields with how many assets' values are in dispute, the most frequent first. Raises MissingFrame for an inventory
    made before disputes were published."""
    counted = run.scan("inventory", PART).group_by("field").len().collect()
    return tuple(counted.sort("len", "field", descending=[True, False]).iter_rows())


def disputes(run: RunFrames, field: str, text: str, first: int, count: int) -> Found:
    """CONFLICTS with name and classified_type of the asset, the weightiest first. field: "" = all.

    text: words that all stand in SEARCHED. Raises MissingFrame for an inventory made before disputes were published.
    """
    open_ones = run.scan("inventory", PART)
    if field:
        open_ones = open_ones.filter(pl.col("field") == field)
    if text.strip():
        all_named = named_assets(run.scan("inventory", "inventory"))
        searched = open_ones.join(all_named, on="asset_id", maintain_order="left")
        return page_of(searched.filter(containing(text, *SEARCHED)), first, count)
    found = page_of(open_ones, first, count)
    return Found(with_names(run, found.rows), found.total)


def dispute_about(run: RunFrames, key: str) -> tuple[Mapping[str, Any], ...]:
    """The one about "asset_id/field", as `disputes` has it; none where there is none."""
    asset_id, _, field = key.partition("/")
    found = run.scan("inventory", PART).filter(asset_id=asset_id, field=field).collect()
    return tuple(with_names(run, found).iter_rows(named=True))


def with_names(run: RunFrames, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with asset_id, with the asset's name and classified_type."""
    own = named(run.scan("inventory", "inventory"), rows["asset_id"])
    return rows.lazy().join(own, on="asset_id", how="left", maintain_order="left").collect()
