"""The grid: what a list shows of each asset and what it is searched by, in the order of the names, made once per run.

Keep out: finding rows of it (search.py); where its values came from (explain.py).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from discovery_pipeline.domain.analysis.data_day import data_date
from discovery_pipeline.domain.analysis.lifecycle.support import identified_systems
from discovery_pipeline.domain.analysis.lifecycle.table import LifecycleTable
from discovery_pipeline.domain.handoffs import CONFLICTS, FrameSchema
from discovery_pipeline.services.run_frames import RunFrames

# Part of the analysis that holds it.
PART = "grid"
# The names are those of asset_schema.yaml, shortened where a person reads them as well. type_confidence,
# strategy_confidence: in [0, 1]. readiness: 0 to 100. support: of the operating system (lifecycle.Support), null where
# no system is stated. disputed: the fields of CONFLICTS.
GRID: FrameSchema = {
    "name": pl.String(), "type": pl.String(), "type_confidence": pl.Float64(), "environment": pl.String(),
    "os": pl.String(), "support": pl.String(), "cpus": pl.Int64(), "memory_gib": pl.Float64(),
    "storage_gib": pl.Float64(), "ip_addresses": pl.List(pl.String()), "applications": pl.List(pl.String()),
    "site": pl.String(), "owner": pl.String(), "strategy": pl.String(), "strategy_confidence": pl.Float64(),
    "readiness": pl.Float64(), "wave": pl.Int64(), "sources": pl.List(pl.String()), "records": pl.Int64(),
    "disputed": pl.List(pl.String()), "new": pl.Boolean(), "vanished": pl.Boolean(), "asset_id": pl.String(),
}  # fmt: skip
# Between the items of a list: how lists are stored. Few texts are distinct, and DuckDB counts texts by their codes in
# the file: a million assets by source in 15 ms, where lists took 350.
SEPARATOR = "\x1f"
# position: of the row, from 0. search_text: everything that a search looks at, in lower case.
STORED: FrameSchema = {
    **{name: pl.String() if isinstance(dtype, pl.List) else dtype for name, dtype in GRID.items()},
    "position": pl.UInt32(), "search_text": pl.String(),
}  # fmt: skip
_SEARCHED = (
    "name", "hostname", "fqdn", "source_id", "serial_number", "uuid", "asset_tag", "os_name", "location", "datacenter",
    "business_owner", "technical_owner",
)  # fmt: skip
_NO_ANALYSIS: FrameSchema = {
    "asset_id": pl.String(), "strategy": pl.String(), "confidence": pl.Float64(), "readiness": pl.Float64(),
    "wave": pl.Int64(),
}  # fmt: skip


def grid(
    inventory: pl.DataFrame,
    conflicts: pl.LazyFrame,
    analysis: pl.DataFrame | None = None,
    day: date | None = None,
    table: LifecycleTable | None = None,
) -> pl.DataFrame:
    """STORED, one row per asset, ordered by name in lower case, then asset_id.

    inventory: as published. conflicts: `conflicts_of` it. analysis: ANALYSIS, None before there is one. day: on which
    support is judged, None for the day the data speaks of. table: of support dates, None for the packaged one.
    """
    assessed = pl.LazyFrame(schema=_NO_ANALYSIS) if analysis is None else analysis.lazy().select(list(_NO_ANALYSIS))
    rows = (
        inventory.lazy()
        .join(assessed, on="asset_id", how="left")
        .join(_disputed(conflicts), on="asset_id", how="left")
        .join(_support(inventory, day, table), on=["os_name", "os_version"], how="left", nulls_equal=True)
        .with_columns(name=_name())
        .select(search_text=_search_text(), **_columns())
        .collect()
    )
    # Sorted by its keys alone: rows as wide as these are moved once.
    keys = rows.select(pl.col("name").str.to_lowercase(), "asset_id").with_row_index("position")
    ordered = rows[keys.sort("name", "asset_id").get_column("position")]
    return ordered.with_row_index("position").select(list(STORED)).cast(pl.Schema(STORED))


def shown(stored: pl.DataFrame) -> pl.DataFrame:
    """Rows of STORED, or some columns of them, as GRID has them."""
    lists = [name for name in stored.columns if isinstance(GRID[name], pl.List)]
    none = pl.lit([], pl.List(pl.String()))
    split = [pl.when(pl.col(name) == "").then(none).otherwise(pl.col(name).str.split(SEPARATOR)) for name in lists]
    return stored.with_columns(each.alias(name) for each, name in zip(split, lists, strict=True)).cast(
        {name: GRID[name] for name in stored.columns}
    )


def grid_of(run: RunFrames) -> pl.DataFrame:
    """STORED of a published inventory, made now: for one that is not analysed yet, or was before there were grids."""
    analysis = run.scan("analysis", "analysis").collect() if run.has("analysis") else None
    return grid(run.scan("inventory", "inventory").collect(), conflicts_of(run), analysis)


def conflicts_of(run: RunFrames) -> pl.LazyFrame:
    """CONFLICTS; none of an inventory that was made before they were published."""
    part = ("inventory", "conflicts")
    return run.scan(*part) if run.has(*part) else pl.LazyFrame(schema=CONFLICTS)


def _name() -> pl.Expr:
    """As asset_search.display_name has it."""
    own = pl.when(pl.col("classified_type") == "application").then(pl.col("application_name").list.first())
    return pl.coalesce(own, "hostname", "fqdn", "source_id", "asset_id")


def _columns() -> dict[str, pl.Expr | str]:
    return {
        "name": "name", "type": "classified_type", "type_confidence": "type_confidence", "environment": "environment",
        "os": "os_name", "support": "support", "cpus": "cpu_count", "memory_gib": pl.col("memory_mib") / 1024,
        "storage_gib": "storage_total_gib", "ip_addresses": _joined("ip_address"),
        "applications": _joined("application_name"), "site": pl.coalesce("location", "datacenter"),
        "owner": pl.coalesce("business_owner", "technical_owner"), "strategy": "strategy",
        "strategy_confidence": "confidence", "readiness": "readiness", "wave": "wave", "sources": _joined("sources"),
        "records": "record_count", "disputed": pl.col("disputed").fill_null(""), "new": "first_run",
        "vanished": "vanished", "asset_id": "asset_id",
    }  # fmt: skip


def _joined(column: str) -> pl.Expr:
    return pl.col(column).list.join(SEPARATOR).fill_null("")


def _search_text() -> pl.Expr:
    lists = (pl.col(name).list.join(" ") for name in ("ip_address", "application_name"))
    return pl.concat_str(*_SEARCHED, *lists, "asset_id", separator=" ", ignore_nulls=True).str.to_lowercase()


def _disputed(conflicts: pl.LazyFrame) -> pl.LazyFrame:
    """asset_id and its disputed fields, joined, those most worth settling first."""
    ordered = conflicts.sort("weight", "field", descending=[True, False])
    return ordered.group_by("asset_id", maintain_order=True).agg(disputed=pl.col("field").str.join(SEPARATOR))


def _support(inventory: pl.DataFrame, day: date | None, table: LifecycleTable | None) -> pl.LazyFrame:
    """os_name, os_version and the support of that system."""
    pairs = inventory.select(name="os_name", version="os_version").unique()
    told = identified_systems(pairs, day or data_date(inventory, table), table)
    return told.lazy().select("support", os_name="name", os_version="version")
