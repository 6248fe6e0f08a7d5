"""Facts about a frame that no rule on a single column tells.

Keep out: what they are held to (suites).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema


def columns_of_other_types(frame: pl.DataFrame | pl.LazyFrame, wanted: FrameSchema) -> int:
    """How many of the frame's columns that the schema knows have another type than it says."""
    schema = frame.collect_schema()
    return sum(dtype != wanted[name] for name, dtype in schema.items() if name in wanted)
