"""How much the claims on an asset count: the kind of their source, how old they are, and the trust that follows.

Keep out: what they claim (claims.py); which wins (domain.inventory).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.values.claims import age_of, trust_of
from discovery_pipeline.domain.inventory.values.precedence import precedence
from discovery_pipeline.services.inventory.claims import Records, TableRecords


@dataclass(frozen=True)
class Standing:
    """Of one claim. kind: of its source. seen: as of when it speaks, None where nobody can tell. days_behind: how long
    before the asset's newest claim. trust: in (0, 1]; the trust of sources that agree is added up."""

    kind: str
    seen: datetime | None
    days_behind: int | None
    trust: float


def standings_of(records: Records, field: str, stated: pl.DataFrame) -> Mapping[tuple[int, int], Standing]:
    """Per (table_no, row) of one asset. records: of one asset; empty for an inventory that does not tell its trust.

    stated: moments_of the records.
    """
    known = stated.join(records.standings, on="table_no").with_columns(pl.coalesce("seen", "as_of").alias("seen"))
    moment, newest = pl.col("seen").cast(pl.Int64), pl.col("seen").cast(pl.Int64).max()
    aged = known.with_columns(
        age_of(moment, newest, InventoryParams()).alias("age"),
        (pl.col("seen").max() - pl.col("seen")).dt.total_days().alias("behind"),
    )
    kinds = dict(records.standings.select("table_no", "kind").iter_rows())
    trusted = aged.with_columns(pl.Series("trust", trust_of(precedence().group_of[field], aged, kinds)))
    rows = trusted.select("table_no", "row", "kind", "seen", "behind", "trust").iter_rows()
    return {(no, row): Standing(kind, seen, behind, round(trust, 3)) for no, row, kind, seen, behind, trust in rows}


def moments_of(records: Records) -> pl.DataFrame:
    """As of when each record of one asset speaks: table_no, row, seen (null where it does not say), detail."""
    return pl.concat([_MOMENTS, *(_moments(table) for table in records.tables)])


_MOMENTS = pl.DataFrame(
    schema={"table_no": pl.UInt32(), "row": pl.Int64(), "seen": pl.Datetime("us"), "detail": pl.Boolean()}
)


def _moments(table: TableRecords) -> pl.DataFrame:
    has_date = "last_seen" in table.clean.collect_schema().names()
    seen = pl.col("last_seen") if has_date else pl.lit(None, pl.Datetime("us"))
    return table.clean.select(
        pl.lit(table.info.table_no, pl.UInt32).alias("table_no"),
        "row",
        seen.cast(pl.Datetime("us")).alias("seen"),
        pl.lit(table.kind.grain == "detail").alias("detail"),
    ).collect()
