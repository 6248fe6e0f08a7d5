"""Dropped files are ingested once they are whole and then removed; what can't be ingested stays, with its reason."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from discovery_pipeline.cli.tenants import wipe
from discovery_pipeline.domain.errors import TenantBusy, Unreachable, UsageError
from discovery_pipeline.services.delivery import drops
from discovery_pipeline.services.delivery.drops import take_drops
from discovery_pipeline.services.delivery.ingest import IngestReport, ingest_found
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.locks import drops_taker
from discovery_pipeline.store.sources import counted
from discovery_pipeline.store.tenants import add_tenant


@pytest.fixture
def workspace(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(drops, "SETTLED_S", 0.0)
    with open_workspace(settings) as opened:
        add_tenant(opened.database, "acme")
        opened.landing.make_drop_folder("acme")
        yield opened


def drop(workspace: Workspace, name: str, text: str = "Name\nweb1\n") -> Path:
    path = workspace.landing.drop_folder("acme") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def counting(workspace: Workspace) -> list[tuple[str, str]]:
    return [(record.source, record.file) for record in counted(workspace.database, "acme")]


@pytest.mark.parametrize("name", ["servers.csv", "rvtools/2025/vInfo.csv", "db/c.csv", f"db/{'e' * 64}", "cmdb"])
def test_a_drop_becomes_a_file_that_counts_and_leaves_the_folder(workspace: Workspace, name: str) -> None:
    path = drop(workspace, name)
    taken = take_drops(workspace, "acme")
    assert [(file.file, file.outcome) for file in taken.files] == [(name, "added")]
    assert [file for _, file in counting(workspace)] == [name]
    assert not path.exists()
    assert path.parent.exists()  # a folder that somebody made to drop into stays
    assert workspace.landing.path("acme", taken.files[0].sha256).read_text() == "Name\nweb1\n"


def test_what_is_dropped_together_is_one_delivery(workspace: Workspace) -> None:
    drop(workspace, "servers_1.csv")
    drop(workspace, "servers_2.csv", "Name\nweb2\n")
    take_drops(workspace, "acme")
    assert counting(workspace) == [("servers", "servers_1.csv"), ("servers", "servers_2.csv")]


@pytest.mark.parametrize("other", ["link", "pipe", "folder of links"])
def test_only_the_file_that_was_found_is_taken(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, other: str
) -> None:
    """Who may write to the folder is let into no other, however quickly he puts something else in a drop's place."""
    (tmp_path / "servers.csv").write_text("Name\nsecret\n")
    path = drop(workspace, "in/servers.csv")

    def swapped(*given: Any) -> IngestReport:
        path.unlink()
        if other == "link":
            path.symlink_to(tmp_path / "servers.csv")
        elif other == "pipe":
            os.mkfifo(path)
        else:
            path.parent.rmdir()
            path.parent.symlink_to(tmp_path)
        return ingest_found(*given)

    monkeypatch.setattr(drops, "ingest_found", swapped)
    with pytest.raises(UsageError, match="another file"):
        take_drops(workspace, "acme")
    assert counting(workspace) == []


def test_contents_already_landed_are_no_drops(workspace: Workspace) -> None:
    drop(workspace, "servers.csv")
    take_drops(workspace, "acme")
    assert take_drops(workspace, "acme") == drops.TakenDrops()
    assert len(counting(workspace)) == 1


def test_the_same_content_again_is_removed_and_changes_nothing(workspace: Workspace) -> None:
    for _ in range(2):
        path = drop(workspace, "servers.csv")
        taken = take_drops(workspace, "acme")
    assert [file.outcome for file in taken.files] == ["unchanged"]
    assert not path.exists()
    assert len(counting(workspace)) == 1


@pytest.mark.parametrize("name", [".hidden.csv", "big.csv.part", "big.csv.TMP", "big.csv.crdownload"])
def test_unfinished_and_hidden_names_are_left_alone(workspace: Workspace, name: str) -> None:
    path = drop(workspace, name)
    assert take_drops(workspace, "acme") == drops.TakenDrops()
    assert path.exists()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("~$servers.xlsx", "lock file", id="office lock file"),
        pytest.param("readme.md", "no data by its ending", id="documentation"),
    ],
)
def test_what_is_no_data_stays_and_says_why(workspace: Workspace, name: str, reason: str) -> None:
    path = drop(workspace, name)
    drop(workspace, "servers.csv")
    taken = take_drops(workspace, "acme")
    assert [notice.file for notice in taken.stay] == [name]
    assert reason in taken.stay[0].detail
    assert path.exists()
    assert [file.file for file in taken.files] == ["servers.csv"]


def test_nothing_is_taken_while_anything_changes(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drops, "SETTLED_S", 5.0)
    long_ago = time.time() - 3600
    for name in ("servers.csv", "flows.csv.part"):
        # A copy that keeps the original's modification time is new all the same.
        os.utime(drop(workspace, name), (long_ago, long_ago))
    taken = take_drops(workspace, "acme")
    assert [(n.file, n.detail) for n in taken.stay] == [
        ("flows.csv.part", "is still being written"),
        ("servers.csv", "is still being written"),
    ]
    assert counting(workspace) == []


def test_a_modification_time_in_the_future_does_not_hold_a_file_up(workspace: Workspace) -> None:
    path = drop(workspace, "servers.csv")
    os.utime(path, (time.time() + 86_400,) * 2)
    assert [file.file for file in take_drops(workspace, "acme").files] == ["servers.csv"]


def test_a_link_is_not_followed(workspace: Workspace, tmp_path: Path) -> None:
    """Else a link to a content would let the content itself be removed."""
    outside = tmp_path / "outside.csv"
    outside.write_text("Name\nweb1\n")
    (workspace.landing.drop_folder("acme") / "link.csv").symlink_to(outside)
    assert take_drops(workspace, "acme") == drops.TakenDrops()
    assert outside.exists()


def test_a_file_rewritten_while_it_was_taken_stays_and_is_taken_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(workspace, "servers.csv")
    ingest = drops.ingest_found

    def rewritten_meanwhile(*arguments: object) -> object:
        report = ingest(*arguments)  # type: ignore[arg-type]
        path.write_text("Name\nweb2\n")
        return report

    with monkeypatch.context() as patched:
        patched.setattr(drops, "ingest_found", rewritten_meanwhile)
        taken = take_drops(workspace, "acme")
    assert [notice.detail for notice in taken.stay] == ["changed while it was being taken, and will be taken again"]
    assert path.read_text() == "Name\nweb2\n"
    assert [file.outcome for file in take_drops(workspace, "acme").files] == ["added"]


def test_what_could_not_be_registered_stays(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drop(workspace, "servers.csv")

    def down(*_: object) -> None:
        raise Unreachable("connection refused")

    monkeypatch.setattr(drops, "ingest_found", down)
    with pytest.raises(Unreachable):
        take_drops(workspace, "acme")
    assert path.exists()


@pytest.mark.parametrize(
    "missing", [pytest.param(os.R_OK, id="reading"), pytest.param(os.W_OK | os.X_OK, id="removing")]
)
def test_a_file_that_may_not_be_read_or_removed_stays(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, missing: int
) -> None:
    """Asked before: a file that can't be removed would be copied again and again. (Root may do everything.)"""
    path = drop(workspace, "servers.csv")
    monkeypatch.setattr(os, "access", lambda _, mode: mode != missing)
    taken = take_drops(workspace, "acme")
    assert "permission denied" in taken.stay[0].detail
    assert path.exists()
    assert counting(workspace) == []


def test_two_takers_do_not_meet(workspace: Workspace) -> None:
    path = drop(workspace, "servers.csv")
    with drops_taker(workspace.database, "acme"), pytest.raises(TenantBusy, match="taking dropped files"):
        take_drops(workspace, "acme")
    assert path.exists()


def test_a_tenant_without_a_folder_has_no_drops(workspace: Workspace) -> None:
    add_tenant(workspace.database, "globex")
    assert take_drops(workspace, "globex") == drops.TakenDrops()


def test_a_tenant_is_not_removed_while_its_drops_are_taken(workspace: Workspace) -> None:
    """What is copied after the removal would stay on the disk of a tenant that is gone."""
    path = drop(workspace, "servers.csv")
    with drops_taker(workspace.database, "acme"), pytest.raises(TenantBusy, match="taking dropped files"):
        wipe(workspace, "acme")
    assert path.exists()


def test_removing_a_tenant_removes_its_drops(workspace: Workspace) -> None:
    path = drop(workspace, "rvtools/servers.csv")
    workspace.landing.remove("acme")
    assert not path.exists()
