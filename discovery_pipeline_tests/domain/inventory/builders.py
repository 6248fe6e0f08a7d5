"""Small pieces that the inventory tests share: a run over plain rows, and who ended up where."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from math import comb

import polars as pl

from discovery_pipeline.domain.handoffs import REGISTRY, CleanTable, empty
from discovery_pipeline.domain.inventory.changes import Before, find_changes
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome, reconcile
from discovery_pipeline.domain.learning.rules import Rules


def run(
    *tables: CleanTable,
    registry: pl.DataFrame | None = None,
    baseline: pl.DataFrame | None = None,
    before: Before | None = None,
    rules: Rules | None = None,
) -> InventoryOutcome:
    """Reconcile for tenant "acme". baseline: the inventory of the run before, over other files."""
    seen = empty(REGISTRY) if registry is None else registry
    there = Before() if baseline is None else Before(baseline, baseline.lazy())
    return reconcile(tables, seen, before or there, "acme", rules=rules or Rules())


def rerun(before: InventoryOutcome, *tables: CleanTable) -> InventoryOutcome:
    """The next run: the registry as it stands after `before`, whose inventory is the baseline."""
    return run(*tables, registry=before.registry, baseline=before.inventory)


def changes(outcome: InventoryOutcome, since: InventoryOutcome | None = None) -> pl.DataFrame:
    """CHANGES of a run since another one."""
    return find_changes(outcome.inventory, since.inventory if since else None, outcome.merged)


def assets_of(outcome: InventoryOutcome) -> dict[tuple[int, int], str]:
    """(table_no, row) -> asset_id."""
    return {(t, r): a for t, r, a in outcome.lineage.select("table_no", "row", "asset_id").iter_rows()}


def asset(outcome: InventoryOutcome, table_no: int = 0, row: int = 0) -> dict[str, object]:
    """The inventory row of the asset that this input row belongs to."""
    found = outcome.inventory.filter(pl.col("asset_id") == assets_of(outcome)[(table_no, row)])
    return found.to_dicts()[0]


def pairwise_f1(found: Mapping[tuple[int, int], str], truth: Mapping[tuple[int, int], int]) -> float:
    """Over all pairs of rows that are, or were said to be, one thing."""
    groups: dict[str, list[int]] = defaultdict(list)
    for key, asset_id in found.items():
        groups[asset_id].append(truth[key])
    right = sum(comb(n, 2) for members in groups.values() for n in Counter(members).values())
    said = sum(comb(len(members), 2) for members in groups.values())
    true = sum(comb(n, 2) for n in Counter(truth.values()).values())
    return 2 * right / (said + true)
