"""What the pre-flight says of rows and cells: as a frame, in words for people. Keep out: finding it (preflight.py)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import polars as pl

from discovery_pipeline.domain.handoffs import FrameSchema, empty
from discovery_pipeline.domain.packaged import packaged_yaml
from discovery_pipeline.domain.vendors.rules import Outcome

# table: of the vendor's import. rule: its code. value: as it was; became: what stands in the file instead, if it does.
ISSUES: FrameSchema = {
    "asset_id": pl.String(), "name": pl.String(), "table": pl.String(), "column": pl.String(), "value": pl.String(),
    "became": pl.String(), "rule": pl.String(), "outcome": pl.String(), "why": pl.String(), "advice": pl.String(),
}  # fmt: skip
_KEYS = ["outcome", "name", "asset_id", "table", "column", "rule", "value"]


@cache
def wordings() -> dict[str, dict[str, str]]:
    """code -> why and advice, as templates."""
    words: dict[str, dict[str, str]] = packaged_yaml(__package__, "issues.yaml")
    return words


def issues(rows: pl.DataFrame, table: str, column: str, rule: str, outcome: Outcome, limit: str = "") -> pl.DataFrame:
    """ISSUES of rows with asset_id and name, and value and became where there are any. limit: what the rule takes."""
    if rows.is_empty():
        return empty(ISSUES)
    said = {key: text.format(column=column, limit=limit) for key, text in wordings()[rule].items()}
    fixed = {"table": table, "column": column, "rule": rule, "outcome": outcome, **said}
    absent = [pl.lit(None, pl.String).alias(name) for name in ("value", "became") if name not in rows.columns]
    return rows.with_columns(*absent, *(pl.lit(text).alias(name) for name, text in fixed.items())).select(
        pl.col(name).cast(dtype) for name, dtype in ISSUES.items()
    )


def gathered(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All of them as one ISSUES, in the order of their keys."""
    return pl.concat([empty(ISSUES), *parts]).sort(_KEYS, maintain_order=True)
