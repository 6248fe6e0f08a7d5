"""What an export is made of: the results of a run, as frames. Keep out: what a vendor makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import polars as pl

from discovery_pipeline.domain.handoffs import (
    ANALYSIS,
    APPLICATIONS,
    DEPENDENCIES,
    MOVE_GROUPS,
    FrameSchema,
    empty,
)

# Single disks where a source lists them; label: the source's, or "disk 1", ... by size.
DISKS: FrameSchema = {
    "asset_id": pl.String(), "label": pl.String(), "size_gib": pl.Float64(), "used_gib": pl.Float64(),
}  # fmt: skip
# Edges at or above count (the contract's 0.5).
BELIEVED = 0.5


@dataclass(frozen=True)
class Estate:
    """Frames of these schemas, or of more columns; what was not made yet is empty."""

    inventory: pl.DataFrame
    analysis: pl.DataFrame = field(default_factory=partial(empty, ANALYSIS))
    applications: pl.DataFrame = field(default_factory=partial(empty, APPLICATIONS))
    move_groups: pl.DataFrame = field(default_factory=partial(empty, MOVE_GROUPS))
    dependencies: pl.DataFrame = field(default_factory=partial(empty, DEPENDENCIES))
    disks: pl.DataFrame = field(default_factory=partial(empty, DISKS))
