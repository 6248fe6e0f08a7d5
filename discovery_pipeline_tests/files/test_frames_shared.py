"""A part that two versions of an asset hold: neither writing, nor dropping, nor dying reaches the other one's."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import fsspec
import polars as pl
import pytest

from discovery_pipeline.domain.errors import IsolationViolation, Unreachable
from discovery_pipeline.files.frames import FrameStore, MissingFrame, TenantFrames

PART = "t0001"


@pytest.fixture(params=["local", "without hard links", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FrameStore]:
    if request.param != "memory":
        if request.param == "without hard links":
            monkeypatch.setattr(Path, "hardlink_to", _not_permitted)
        yield FrameStore(str(tmp_path / "frames"))
        return
    root = f"/{uuid.uuid4().hex}"
    yield FrameStore(f"memory:/{root}")
    fsspec.filesystem("memory").rm(root, recursive=True)


def _not_permitted(*_: object) -> None:
    raise PermissionError("no hard links here")


@pytest.fixture
def frames(store: FrameStore) -> TenantFrames:
    return store.open("bank")


def publish(frames: TenantFrames, number: int) -> str:
    with frames.stage("clean_records") as staged:
        staged.write(PART, pl.DataFrame({"number": [number] * 3}))
        return staged.publish()


def take_over(frames: TenantFrames, version: str) -> str:
    with frames.stage("clean_records") as staged:
        assert staged.take_over(PART, version) == 3
        assert staged.scan(PART).collect()["number"].len() == 3
        return staged.publish()


def shown(frames: TenantFrames, version: str | None = None) -> list[int]:
    return frames.scan("clean_records", PART, version).collect()["number"].to_list()


def test_a_part_taken_over_outlives_the_version_it_came_from(frames: TenantFrames) -> None:
    first = publish(frames, 1)
    version = first
    for _ in range(3):
        version = take_over(frames, version)
    with pytest.raises(MissingFrame):
        frames.scan("clean_records", PART, first)
    assert shown(frames) == [1, 1, 1]


def test_a_local_part_is_not_written_again(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path)).open("bank")
    versions = [first := publish(frames, 1), take_over(frames, first)]
    places = [tmp_path / "bank" / "clean_records" / version / f"{PART}.parquet" for version in versions]
    assert os.path.samefile(*places)


@pytest.mark.parametrize("lazy", [False, True], ids=["frame", "lazy frame"])
def test_writing_over_a_part_taken_over_leaves_the_earlier_version(frames: TenantFrames, lazy: bool) -> None:
    version = publish(frames, 1)
    with frames.stage("clean_records") as staged:
        staged.take_over(PART, version)
        rows = pl.DataFrame({"number": [2] * 5})
        assert staged.write(PART, rows.lazy() if lazy else rows) == 5
        staged.publish()
    assert (shown(frames, version), shown(frames)) == ([1] * 3, [2] * 5)


def test_a_part_written_before_is_replaced(frames: TenantFrames) -> None:
    version = publish(frames, 1)
    with frames.stage("clean_records") as staged:
        staged.write(PART, pl.DataFrame({"number": [2] * 5}))
        assert staged.take_over(PART, version) == 3
        staged.publish()
    assert shown(frames) == [1] * 3


def test_a_part_taken_over_twice_leaves_the_version_it_was_first_taken_from(frames: TenantFrames) -> None:
    first, second = publish(frames, 1), publish(frames, 2)
    with frames.stage("clean_records") as staged:
        staged.take_over(PART, first)
        staged.take_over(PART, second)
        assert (shown(frames, first), shown(frames, second)) == ([1] * 3, [2] * 3)


def test_a_writer_killed_after_taking_over_leaves_the_earlier_version(frames: TenantFrames) -> None:
    version = publish(frames, 1)
    killed = frames.stage("clean_records")
    killed.take_over(PART, version)
    assert shown(frames) == [1] * 3
    with frames.stage("clean_records"):
        assert shown(frames) == [1] * 3
    assert frames.version("clean_records") == version
    take_over(frames, version)
    assert shown(frames) == [1] * 3


def test_killed_while_copying_the_earlier_version_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are no hard links, half a copy may lie in a stage that nobody publishes."""
    frames = FrameStore(str(tmp_path)).open("bank")
    version = publish(frames, 1)

    def half(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:20])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "hardlink_to", _not_permitted)
    monkeypatch.setattr(shutil, "copyfile", half)
    killed = frames.stage("clean_records")
    with pytest.raises(KeyboardInterrupt):
        killed.take_over(PART, version)
    monkeypatch.undo()
    assert shown(frames) == [1] * 3
    take_over(frames, version)
    assert shown(frames) == [1] * 3


@pytest.mark.parametrize("part", ["t0009", "t0002"], ids=["unknown part", "file that is gone"])
def test_what_is_missing_is_not_taken_over(tmp_path: Path, part: str) -> None:
    frames = FrameStore(str(tmp_path)).open("bank")
    with frames.stage("clean_records") as staged:
        staged.write("t0002", pl.DataFrame({"number": [1]}))
        version = staged.publish()
    (tmp_path / "bank" / "clean_records" / version / "t0002.parquet").unlink()
    with frames.stage("clean_records") as staged:
        with pytest.raises(MissingFrame, match=part):
            staged.take_over(part, version)
        with pytest.raises(MissingFrame):
            staged.scan(part)


def test_a_version_of_another_tenant_or_asset_is_none_of_ones_own(store: FrameStore) -> None:
    shop, bank = store.open("shop"), store.open("bank")
    version = publish(shop, 7)
    with bank.stage("clean_records") as staged, pytest.raises(MissingFrame):
        staged.take_over(PART, version)
    with shop.stage("inventory") as staged, pytest.raises(MissingFrame):
        staged.take_over(PART, version)


@pytest.mark.parametrize("name", ["../shop", "..", "", "/etc", "a/b", "a\x00b"], ids=repr)
def test_no_name_leads_to_another_place(frames: TenantFrames, name: str) -> None:
    version = publish(frames, 1)
    with frames.stage("clean_records") as staged:
        with pytest.raises(IsolationViolation):
            staged.take_over(name, version)
        with pytest.raises(IsolationViolation):
            staged.take_over(PART, name)


def test_a_link_to_another_tenants_part_is_refused(tmp_path: Path) -> None:
    store = FrameStore(str(tmp_path))
    shop, bank = store.open("shop"), store.open("bank")
    theirs, own = publish(shop, 7), publish(bank, 1)
    stolen = tmp_path / "bank" / "clean_records" / own / f"{PART}.parquet"
    stolen.unlink()
    stolen.symlink_to(tmp_path / "shop" / "clean_records" / theirs / f"{PART}.parquet")
    with bank.stage("clean_records") as staged, pytest.raises(IsolationViolation, match="symbolic link"):
        staged.take_over(PART, own)


def test_removing_a_tenant_takes_no_shared_part_of_another(store: FrameStore) -> None:
    for tenant, number in (("bank", 1), ("shop", 2)):
        take_over(store.open(tenant), publish(store.open(tenant), number))
    store.remove("bank")
    assert shown(store.open("shop")) == [2] * 3


def test_an_object_store_that_cannot_copy_is_worth_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = FrameStore(f"memory://{uuid.uuid4().hex}").open("bank")
    version = publish(frames, 1)

    def fails(*_: object, **__: object) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr(fsspec.filesystem("memory").__class__, "cp_file", fails)
    with frames.stage("clean_records") as staged, pytest.raises(Unreachable, match="connection refused"):
        staged.take_over(PART, version)
