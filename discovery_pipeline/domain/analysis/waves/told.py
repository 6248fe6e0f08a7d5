"""How findings about waves are put. Keep out: what is found."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import Severity, finding

_EXAMPLES = 5
Row = dict[str, Any]


def told(severity: Severity, code: str, detail: str, advice: str) -> Row:
    """A row of `finding` about the plan as a whole."""
    return finding("analysis", severity, code, detail, advice)


def examples(values: pl.Series) -> str:
    """The first few distinct values, and how many more there are."""
    distinct = values.drop_nulls().unique().sort()
    more = len(distinct) - _EXAMPLES
    return ", ".join(distinct.head(_EXAMPLES)) + (f" and {more} more" if more > 0 else "")
