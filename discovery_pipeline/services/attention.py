"""What of a tenant's results wants a person's look, counted; and how much there is in all.

Keep out: how it is worded and where it leads (the application), what is worth most within one kind (its own page).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

from discovery_pipeline.domain.inventory.classification.doubts import UNSURE
from discovery_pipeline.services.overview import result_counts
from discovery_pipeline.services.run_frames import ASSETS, RunFrames

# A type below UNSURE is told with its alternatives; an edge below BELIEVED is a lead (the contract's threshold).
BELIEVED = 0.5
# In the order in which one rests on the other: a wrong column makes wrong values, pairs and edges.
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
    return tuple(found for kind in get_args(Wanting) for found in _COUNTED[kind](run))


def _checks(run: RunFrames) -> Iterator[Attention]:
    checks = [check for asset in ASSETS if run.has(asset) for check in run.meta(asset).get("checks", ())]
    if checks:
        yield Attention("checks", sum(not check["passed"] for check in checks), len(checks))


def _mappings(run: RunFrames) -> Iterator[Attention]:
    if run.has("column_mapping", "mapping"):
        yield _share(run, "mappings", "column_mapping", "mapping", pl.col("status") == "review")


def _quarantine(run: RunFrames) -> Iterator[Attention]:
    if run.has("quarantined_records", "rows"):
        aside = run.scan("quarantined_records", "rows").filter(pl.col("disposition") == "quarantined")
        yield Attention("quarantine", _count(aside), sum(table.rows for table in run.tables()))


def _disputed(run: RunFrames) -> Iterator[Attention]:
    if run.has("inventory", "conflicts"):
        assets = run.scan("inventory", "conflicts").select("asset_id").unique()
        yield Attention("disputed", _count(assets), _rows(run, "inventory", "inventory"))


def _pairs(run: RunFrames) -> Iterator[Attention]:
    if run.has("inventory", "look_alikes"):
        yield Attention("pairs", _rows(run, "inventory", "look_alikes"))


def _types(run: RunFrames) -> Iterator[Attention]:
    if run.has("inventory", "inventory"):
        yield _share(run, "types", "inventory", "inventory", pl.col("type_confidence") < UNSURE)


def _leads(run: RunFrames) -> Iterator[Attention]:
    if run.has("dependencies", "dependencies"):
        yield _share(run, "leads", "dependencies", "dependencies", pl.col("confidence") < BELIEVED)


def _questions(run: RunFrames) -> Iterator[Attention]:
    if run.has("analysis", "questions"):
        yield Attention("questions", _rows(run, "analysis", "questions"))


_COUNTED: dict[Wanting, Callable[[RunFrames], Iterator[Attention]]] = {
    "checks": _checks, "mappings": _mappings, "quarantine": _quarantine, "disputed": _disputed, "pairs": _pairs,
    "types": _types, "leads": _leads, "questions": _questions,
}  # fmt: skip


def _share(run: RunFrames, kind: Wanting, asset: str, part: str, wants: pl.Expr) -> Attention:
    found = run.scan(asset, part).select(wants.sum().alias("wanting"), pl.len().alias("all")).collect()
    return Attention(kind, int(found.item(0, "wanting") or 0), int(found.item(0, "all")))


def _rows(run: RunFrames, asset: str, part: str) -> int:
    return _count(run.scan(asset, part)) if run.has(asset, part) else 0


def _count(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect().item())
