"""Decisions of every kind on the sample tenant: a run follows them, undoing or forgetting them restores every frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.defs.launch import RunSummary, run_tenant
from discovery_pipeline.services.learning.deciding.decide import decide
from discovery_pipeline.services.learning.deciding.decisions import (
    AnyDecision,
    AssetValueDecision,
    EdgeDecision,
    MergeDecision,
    RowValueDecision,
    SplitDecision,
    StrategyDecision,
    TypeDecision,
    ValueDecision,
)
from discovery_pipeline.services.learning.history import forget, history, undo
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.defs.conftest import TENANT
from discovery_pipeline_tests.defs.test_taken_back import changed, published


@dataclass(frozen=True)
class Chosen:
    """What is decided about: five machines, a row of the third, an edge, a relation
    without a parent."""

    assets: list[str]
    split: SplitDecision
    edge: tuple[str, str]
    nameless: RowValueDecision

    @property
    def decisions(self) -> list[AnyDecision]:
        merged, other, _, typed, valued = self.assets
        return [
            MergeDecision(merged, other), self.split, TypeDecision(typed, "printer"),
            StrategyDecision(valued, "retain"), AssetValueDecision(valued, "memory_mib", "12345"),
            EdgeDecision(*self.edge, holds=False), ValueDecision("environment", "Production", "test"),
            MergeDecision(other, typed, holds=False), self.nameless,
        ]  # fmt: skip


def part(home: Settings, asset: str, name: str) -> pl.DataFrame:
    with open_workspace(home) as workspace:
        return workspace.frames.open(TENANT).scan(asset, name).collect()


def row(home: Settings, asset: str, name: str, **where: Any) -> dict[str, Any]:
    return part(home, asset, name).filter(**where).row(0, named=True)


def chosen(home: Settings) -> Chosen:
    several = (pl.col("record_count") > 2) & (pl.col("classified_type") == "virtual_machine")
    assets = part(home, "inventory", "inventory").filter(several)["asset_id"].head(5).to_list()
    with open_workspace(home) as workspace:
        tables = workspace.frames.open(TENANT).meta("raw_export")["tables"]
    vinfo = next(table for table in tables if table["table"] == "vInfo")
    stands = row(home, "inventory", "lineage", asset_id=assets[2], table_no=vinfo["table_no"], duplicate=False)
    edges = part(home, "dependencies", "dependencies").drop_nulls("to_asset").filter(pl.col("confidence") >= 0.5)
    split = SplitDecision(assets[2], vinfo["file"], "vInfo", stands["row"], vinfo["source"])
    aside = row(home, "quarantined_records", "rows", reason="missing_end", row=210)
    parent = row(home, "inventory", "inventory", asset_id=assets[4])["hostname"]
    nameless = RowValueDecision(aside["file"], aside["table"], 210, "parent", parent, aside["source"])
    return Chosen(assets, split, edges.select("from_asset", "to_asset").row(0), nameless)


def rerun(home: Settings) -> None:
    assert run_tenant(home, TENANT, None, lambda _: None, only_corrections=True).status == "done"


def test_what_was_decided_is_followed_and_what_is_taken_back_leaves_no_trace(home: Settings, run: RunSummary) -> None:
    assert run.status == "done"
    never, about = published(home), chosen(home)
    before = part(home, "inventory", "inventory")
    with open_workspace(home) as workspace:
        decide(workspace, TENANT, about.decisions, "ann")
    rerun(home)
    _is_followed(home, about, before)
    with open_workspace(home) as workspace:
        assert not any(entry.waits for entry in history(workspace, TENANT).entries)
        undo(workspace, TENANT, range(1, 10), "bob")
    rerun(home)
    assert changed(published(home), never) == set()
    with open_workspace(home) as workspace:
        assert sum(forget(workspace, TENANT, None, "bob").values()) == 9
    rerun(home)
    assert changed(published(home), never) == set()


def _is_followed(home: Settings, about: Chosen, before: pl.DataFrame) -> None:
    merged, other, split, typed, valued = about.assets
    inventory = part(home, "inventory", "inventory")
    now = set(inventory["asset_id"])
    assert len({merged, other} & now) == 1
    assert split in now
    assert len(now - set(before["asset_id"])) == 1
    assert row(home, "inventory", "inventory", asset_id=typed)["classified_type"] == "printer"
    assert row(home, "inventory", "inventory", asset_id=valued)["memory_mib"] == 12345.0
    of_production = [(frame["environment"] == "production").sum() for frame in (before, inventory)]
    assert of_production[1] < of_production[0]
    assert row(home, "analysis", "analysis", asset_id=valued)["strategy"] == "retain"
    told = part(home, "inventory", "corrected").filter(field="asset_id")
    assert typed in told["asset_id"]
    aside = part(home, "quarantined_records", "rows").filter(reason="missing_end")
    assert aside["row"].to_list() == [226]
    from_asset, to_asset = about.edge
    denied = part(home, "dependencies", "dependencies").filter(from_asset=from_asset, to_asset=to_asset)
    assert (denied["confidence"] < 0.5).all()
