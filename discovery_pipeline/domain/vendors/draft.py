"""What a vendor's module hands to the pre-flight: rows as text, not yet checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Draft:
    """tables: per table of the vendor asset_id, name and the vendor's columns, all text; the first holds a row per
    asset, the others its details. issues: what was already changed on the way, as ISSUES."""

    tables: Mapping[str, pl.DataFrame]
    issues: pl.DataFrame
