"""Assets whose type is doubtful, the least sure first, and what else each may be.

Keep out: classifying (domain/inventory/classification).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.inventory.classification.doubts import UNSURE
from discovery_pipeline.services.inventory.claims import records_of
from discovery_pipeline.services.inventory.type_reasons import type_reasons, type_shares
from discovery_pipeline.services.records.pages import Found, containing, named_assets, page_of
from discovery_pipeline.services.run_frames import RunFrames

SEARCHED = ("name", "asset_id", "classified_type")
_OFFERED = 4


@dataclass(frozen=True)
class Possible:
    """A type that an asset may be of. share: what its own rows say for it, of 1 in all. reasons: as type_reasons."""

    classified_type: str
    share: float
    reasons: tuple[dict[str, Any], ...]


def types_in_doubt(run: RunFrames) -> tuple[tuple[str, int], ...]:
    """Types with how many assets may be of another, the most frequent first."""
    counted = _doubtful(run).group_by("classified_type").len().collect()
    return tuple(counted.sort("len", "classified_type", descending=[True, False]).iter_rows())


def doubtful_types(run: RunFrames, classified_type: str, text: str, first: int, count: int) -> Found:
    """asset_id, name, classified_type, type_confidence, record_count; the least sure first, then those of most rows.

    classified_type: "" = all. text: words that all stand in SEARCHED.
    """
    found = _doubtful(run)
    if classified_type:
        found = found.filter(pl.col("classified_type") == classified_type)
    order = ["type_confidence", "record_count", "asset_id"]
    return page_of(found.filter(containing(text, *SEARCHED)).sort(order, descending=[False, True, False]), first, count)


def doubtful_type_of(run: RunFrames, asset_id: str) -> tuple[Mapping[str, Any], ...]:
    """The asset's row as `doubtful_types` has it; none where its type is in no doubt."""
    return tuple(_doubtful(run).filter(asset_id=asset_id).collect().iter_rows(named=True))


def possible_types(run: RunFrames, asset_id: str) -> tuple[Possible, ...]:
    """What the asset may be by its own rows, the likeliest first; none for one that no row describes.

    What only the estate as a whole says (others name it as their host) is not among it.
    """
    records = records_of(run, asset_id)
    shares = sorted(type_shares(records).items(), key=lambda item: (-item[1], item[0]))[:_OFFERED]
    return tuple(Possible(name, share, tuple(type_reasons(records, name))) for name, share in shares)


def _doubtful(run: RunFrames) -> pl.LazyFrame:
    """Of assets that are there and whose type nobody has decided."""
    inventory = run.scan("inventory", "inventory")
    there = inventory.filter(~pl.col("vanished") & (pl.col("type_confidence") < UNSURE))
    if run.has("inventory", "corrected"):
        decided = run.scan("inventory", "corrected").filter(pl.col("field") == "classified_type")
        there = there.join(decided, on="asset_id", how="anti")
    figures = there.select("asset_id", "type_confidence", "record_count")
    return named_assets(there).join(figures, on="asset_id", maintain_order="left")
