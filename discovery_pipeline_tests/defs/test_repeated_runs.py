"""The same files again give the same bytes; a changed row changes its own asset, and that is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant

HEADER = "Name,IP Address,Operating System,RAM (GB),Serial Number\n"
ROWS = [
    "web1,10.0.0.1,Red Hat Enterprise Linux 8,8,CZ1111111\n",
    "web2,10.0.0.9,Red Hat Enterprise Linux 8,16,CZ2222222\n",
    "db1,10.0.0.2,AIX 7.2,64,CZ3333333\n",
]
ASSETS = ("clean_records", "inventory", "inventory_changes")


@pytest.fixture
def workspace(settings: Settings, tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(settings) as opened:
        add_tenant(opened.database, "acme")
        deliver(opened, tmp_path / "one", *ROWS)
        yield opened


def deliver(workspace: Workspace, folder: Path, *rows: str) -> None:
    folder.mkdir()
    (folder / "servers.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    ingest(workspace.settings, workspace.database, "acme", [folder])


def run(workspace: Workspace) -> dict[str, bytes]:
    """The Parquet files after a run, by asset and part."""
    assert run_tenant(workspace.settings, "acme", "inventory", lambda _: None).status == "done"
    frames, root = workspace.frames.open("acme"), Path(workspace.settings.frames_location) / "acme"
    versions = {asset: root / asset / str(frames.version(asset)) for asset in ASSETS}
    return {
        f"{a}/{path.name}": path.read_bytes() for a, folder in versions.items() for path in folder.glob("*.parquet")
    }


def part(workspace: Workspace, asset: str) -> pl.DataFrame:
    return workspace.frames.open("acme").scan(asset, asset).collect()


def test_the_same_files_give_the_same_bytes(workspace: Workspace) -> None:
    first = run(workspace)
    assert run(workspace) == first
    assert set(part(workspace, "inventory_changes")["change"]) == {"added"}


def test_one_changed_row_is_one_changed_asset_and_told_until_something_else_changes(
    workspace: Workspace, tmp_path: Path
) -> None:
    run(workspace)
    before = part(workspace, "inventory")
    deliver(workspace, tmp_path / "two", ROWS[0], ROWS[1].replace(",16,", ",32,"), ROWS[2])
    changed = run(workspace)
    told, after = part(workspace, "inventory_changes"), part(workspace, "inventory")
    web2 = before.filter(pl.col("hostname") == "web2")["asset_id"].item()
    assert told.rows() == [(web2, "changed", "memory_mib", "16384.0", "32768.0")]
    others = (frame.filter(pl.col("asset_id") != web2).drop("first_run") for frame in (before, after))
    assert next(others).equals(next(others))
    assert run(workspace) == changed
