"""What of a tenant's results wants a person's look, counted; and how much there is in all.

Keep out: how it is worded and where it leads (the application), what is worth most within one kind (its own page).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from discovery_pipeline.services.overview import result_counts
from discovery_pipeline.services.records.counts import record_counts
from discovery_pipeline.services.run_frames import ASSETS, RunFrames

# An edge below it is a lead (the contract's threshold).
BELIEVED = 0.5
Wanting = Literal["checks", "mappings", "quarantine", "disputed", "pairs", "types", "leads", "questions"]


@dataclass(frozen=True)
class Attention:
    """count of `of` things of this kind want a look; of: None where there is no whole to compare with."""

    kind: Wanting
    count: int
    of: int | None = None


@dataclass(frozen=True)
class Estate:
    """Sizes of a tenant's results. counts: title -> value -> how many, as services.overview tells them."""

    assets: int
    dependencies: int
    applications: int
    rows: int
    tables: int
    counts: dict[str, dict[str, int]]


def estate(run: RunFrames) -> Estate:
    """How much there is; zeros of what was not made yet."""
    tables = run.tables() if run.has("raw_export") else []
    return Estate(
        _rows(run, "inventory", "inventory"),
        _rows(run, "dependencies", "dependencies"),
        _rows(run, "analysis", "applications"),
        sum(table.rows for table in tables),
        len(tables),
        result_counts(run),
    )


def attention(run: RunFrames) -> tuple[Attention, ...]:
    """Every kind that the run could tell about, with 0 where nothing wants a look."""
    return tuple(found for counted in _COUNTED for found in counted(run))


def _checks(run: RunFrames) -> Iterator[Attention]:
    checks = [check for asset in ASSETS if run.has(asset) for check in run.meta(asset).get("checks", ())]
    if checks:
        yield Attention("checks", sum(not check["passed"] for check in checks), len(checks))


def _mappings(run: RunFrames) -> Iterator[Attention]:
    if run.has("column_mapping", "mapping"):
        yield _share(run, "mappings", "column_mapping", "mapping", pl.col("status") == "review")


def _records(run: RunFrames) -> Iterator[Attention]:
    """Rows set aside and what of the inventory is in doubt, as the page of records lists them."""
    if not run.has("quarantined_records", "rows"):
        return
    counts = record_counts(run)
    assets = _rows(run, "inventory", "inventory") or None
    yield Attention("quarantine", counts.aside, sum(table.rows for table in run.tables()))
    told: dict[Wanting, int | None] = {"disputed": counts.disputed, "pairs": counts.pairs, "types": counts.types}
    for kind, count in told.items():
        if count is not None:
            yield Attention(kind, count, assets if kind == "types" else None)


def _leads(run: RunFrames) -> Iterator[Attention]:
    if run.has("dependencies", "dependencies"):
        yield _share(run, "leads", "dependencies", "dependencies", pl.col("confidence") < BELIEVED)


def _questions(run: RunFrames) -> Iterator[Attention]:
    if run.has("analysis", "questions"):
        yield Attention("questions", _rows(run, "analysis", "questions"))


# In the order in which one rests on the other: a wrong column makes wrong values, pairs and edges.
_COUNTED: tuple[Callable[[RunFrames], Iterator[Attention]], ...] = (_checks, _mappings, _records, _leads, _questions)


def _share(run: RunFrames, kind: Wanting, asset: str, part: str, wants: pl.Expr) -> Attention:
    found = run.scan(asset, part).select(wants.sum().alias("wanting"), pl.len().alias("all")).collect()
    return Attention(kind, int(found.item(0, "wanting") or 0), int(found.item(0, "all")))


def _rows(run: RunFrames, asset: str, part: str) -> int:
    return _count(run.scan(asset, part)) if run.has(asset, part) else 0


def _count(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect().item())
