"""The evidence frame: what speaks for a field of a column, from every kind of source. Adds nothing up.

One row says: this column carries this field ("" = none of them), with this many log-odds, because of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from discovery_pipeline.domain.vocabulary.profile import ColumnProfile

Source = Literal["lexicon", "values", "context", "examples", "meaning", "product", "model", "pattern"]

EVIDENCE: dict[str, pl.DataType] = {
    "table_no": pl.UInt32(), "position": pl.Int64(), "field": pl.String(), "source": pl.String(),
    "weight": pl.Float64(), "why": pl.String(),
}  # fmt: skip
PROFILES: dict[str, pl.DataType] = {
    "table_no": pl.UInt32(), "position": pl.Int64(), "header": pl.String(), "concepts": pl.List(pl.String()),
    "unit": pl.String(), "rows": pl.Int64(), "filled": pl.Int64(), "distinct": pl.Int64(), "mean_length": pl.Float64(),
    "low": pl.Float64(), "middle": pl.Float64(), "high": pl.Float64(), "placeholders": pl.Float64(),
    "shapes": pl.List(pl.Struct({"shape": pl.String(), "share": pl.Float64()})), "samples": pl.List(pl.String()),
}  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """One reason. field: canonical, or "" for 'none of them'. weight: log-odds, negative when it speaks against."""

    table_no: int
    position: int
    field: str
    source: Source
    weight: float
    why: str


def evidence_frame(found: Iterable[Evidence]) -> pl.DataFrame:
    """EVIDENCE, in a fixed order whatever order the reasons were found in."""
    rows = [(e.table_no, e.position, e.field, e.source, e.weight, e.why) for e in found]
    frame = pl.DataFrame(rows, schema=EVIDENCE, orient="row")
    return frame.sort(["table_no", "position", "field", "source", "weight", "why"])


def profile_of(row: Mapping[str, Any]) -> ColumnProfile:
    """The profile that a row of PROFILES was made from."""
    return ColumnProfile(
        row["position"], row["rows"], row["filled"], row["distinct"], {s["shape"]: s["share"] for s in row["shapes"]},
        row["low"], row["middle"], row["high"], row["mean_length"], row["placeholders"], tuple(row["samples"]),
    )  # fmt: skip
