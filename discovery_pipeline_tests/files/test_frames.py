"""The frame store: versions, publication, what a killed writer leaves, on a local folder and on a second filesystem."""

from __future__ import annotations

import resource
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fsspec
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.errors import PermanentError, Unreachable
from discovery_pipeline.files.folders import LocalFolder, RemoteFolder
from discovery_pipeline.files.frames import FrameStore, MissingFrame, TenantFrames

ROWS = pl.DataFrame({"name": ["a", None], "cores": [4, 8], "tags": [["x"], []]})
MANY = pl.DataFrame({"number": range(100_000)})


@pytest.fixture(params=["local", "memory"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A local folder and an object store that has no rename and no folders."""
    if request.param == "local":
        yield str(tmp_path / "frames")
        return
    root = f"/{uuid.uuid4().hex}"
    yield f"memory:/{root}"
    memory = fsspec.filesystem("memory")
    if memory.exists(root):
        memory.rm(root, recursive=True)


@pytest.fixture
def frames(location: str) -> TenantFrames:
    return FrameStore(location).open("bank")


def publish(frames: TenantFrames, number: int, keep: tuple[str, ...] = ()) -> str:
    with frames.stage("inventory") as staged:
        staged.write("inventory", pl.DataFrame({"number": [number]}))
        return staged.publish(keep)


def shown(frames: TenantFrames, version: str | None = None) -> int:
    return int(frames.scan("inventory", "inventory", version).collect().item())


def folders(location: str) -> set[str]:
    """The versions that lie in the store, published or not."""
    filesystem, root = fsspec.core.url_to_fs(location)
    return {name.rsplit("/", 1)[-1] for name in filesystem.ls(f"{root}/bank/inventory", detail=False)} - {
        "current.json"
    }


@pytest.mark.parametrize("frame", [ROWS, ROWS.lazy()], ids=["frame", "lazy frame"])
def test_a_part_reads_back_as_written(frames: TenantFrames, frame: pl.DataFrame | pl.LazyFrame) -> None:
    with frames.stage("inventory") as staged:
        assert staged.write("inventory", frame) == 2
        staged.publish()
    assert_frame_equal(frames.scan("inventory", "inventory").collect(), ROWS)


def test_scans_push_filters_and_columns_down(frames: TenantFrames) -> None:
    with frames.stage("inventory") as staged:
        staged.write("inventory", ROWS)
        staged.publish()
    found = frames.scan("inventory", "inventory").filter(pl.col("cores") > 4).select("cores").collect()
    assert found["cores"].to_list() == [8]


def test_files_and_the_document_belong_to_the_version(frames: TenantFrames, location: str) -> None:
    with frames.stage("discovery_report") as staged:
        staged.write_bytes("report.html", b"<p>")
        staged.write("rows", ROWS)
        staged.set_meta({"tables": [1, {"a": "ü"}]})
        staged.publish()
    assert frames.read_bytes("discovery_report", "report.html") == b"<p>"
    assert frames.meta("discovery_report") == {"tables": [1, {"a": "ü"}]}
    assert frames.parts("discovery_report") == ["rows"]
    place = frames.location("discovery_report", "report.html")
    assert place.endswith("/report.html")
    assert fsspec.open(place).open().read() == b"<p>"


def test_a_staged_version_is_seen_only_by_its_writer(frames: TenantFrames) -> None:
    publish(frames, 1)
    with frames.stage("inventory") as staged:
        staged.write("inventory", pl.DataFrame({"number": [2]}))
        assert staged.scan("inventory").collect().item() == 2
        assert shown(frames) == 1
        staged.publish()
    assert shown(frames) == 2


def test_a_stage_that_is_not_published_leaves_nothing(frames: TenantFrames, location: str) -> None:
    version = publish(frames, 1)
    with pytest.raises(ZeroDivisionError), frames.stage("inventory") as staged:
        staged.write("inventory", pl.DataFrame({"number": [1 // 0]}))
    with frames.stage("inventory") as staged:
        staged.write("inventory", pl.DataFrame({"number": [2]}))
    assert folders(location) == {version}


def test_a_published_version_never_changes(frames: TenantFrames) -> None:
    with frames.stage("inventory") as staged:
        staged.write("inventory", ROWS)
        staged.publish()
    with pytest.raises(ValueError, match="closed"):
        staged.write("inventory", ROWS)
    with pytest.raises(ValueError, match="closed"):
        staged.publish()


def test_the_new_the_previous_and_the_kept_versions_stay(frames: TenantFrames, location: str) -> None:
    first, second = publish(frames, 1), publish(frames, 2)
    third = publish(frames, 3, keep=(first,))
    assert folders(location) == {first, second, third}
    fourth = publish(frames, 4, keep=(first,))
    assert folders(location) == {first, third, fourth}
    assert [shown(frames, v) for v in (first, third, fourth)] == [1, 3, 4]
    assert first < second < third < fourth


def test_kept_versions_survive_the_next_stage(frames: TenantFrames) -> None:
    first = publish(frames, 1)
    publish(frames, 2)
    publish(frames, 3, keep=(first,))
    with frames.stage("inventory"):
        assert shown(frames, first) == 1


def test_what_a_killed_writer_left_goes_with_the_next_stage(frames: TenantFrames, location: str) -> None:
    version = publish(frames, 1)
    killed = frames.stage("inventory")
    killed.write("inventory", pl.DataFrame({"number": [2]}))
    assert len(folders(location)) == 2
    with frames.stage("inventory"):
        assert folders(location) <= {version}
    assert shown(frames) == 1


@pytest.mark.parametrize("killed_at", ["manifest.json", "current.json"])
def test_killed_while_publishing_the_old_version_stays(
    frames: TenantFrames, location: str, killed_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = publish(frames, 1)

    def killed(self: object, data: bytes, *names: str) -> None:
        if names[-1] == killed_at:
            raise KeyboardInterrupt
        original(self, data, *names)

    kind = LocalFolder if "://" not in location else RemoteFolder
    original = kind.put
    monkeypatch.setattr(kind, "put", killed)
    with pytest.raises(KeyboardInterrupt):
        publish(frames, 2)
    monkeypatch.undo()
    assert (frames.version("inventory"), shown(frames)) == (version, 1)
    publish(frames, 3)
    assert shown(frames) == 3
    assert len(folders(location)) == 2


def test_a_put_that_failed_after_it_worked_keeps_its_version(
    frames: TenantFrames, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store may report a time-out for a pointer it did write: the version the pointer names must still be there."""

    def late(self: object, data: bytes, *names: str) -> None:
        original(self, data, *names)
        if names[-1] == "current.json":
            raise Unreachable("time-out")

    kind = LocalFolder if "://" not in location else RemoteFolder
    original = kind.put
    monkeypatch.setattr(kind, "put", late)
    with pytest.raises(Unreachable):
        publish(frames, 1)
    monkeypatch.undo()
    assert shown(frames) == 1


def test_what_is_missing_says_what_to_do(frames: TenantFrames) -> None:
    assert not frames.has("inventory")
    assert frames.version("inventory") is None
    with pytest.raises(MissingFrame, match="run the phases"):
        frames.scan("inventory", "inventory")
    version = publish(frames, 1)
    with pytest.raises(MissingFrame, match="its parts: inventory"):
        frames.scan("inventory", "lineage")
    with pytest.raises(MissingFrame, match="has no file"):
        frames.read_bytes("inventory", "report.html")
    with pytest.raises(MissingFrame, match="has no version"):
        frames.meta("inventory", version.replace("1-", "7-"))


def test_removing_a_tenant_leaves_the_others(location: str) -> None:
    store = FrameStore(location)
    publish(store.open("bank"), 1)
    publish(store.open("shop"), 2)
    store.remove("bank")
    store.remove("never-there")
    assert not store.open("bank").has("inventory")
    assert shown(store.open("shop")) == 2


def test_a_filesystem_that_cannot_be_opened_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="DISCOVERY_FRAMES_URL"):
        FrameStore("nosuchstore://bucket/frames")


def test_an_object_store_that_fails_is_worth_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = FrameStore("memory://down").open("bank")

    def fails(*_: object, **__: object) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr(fsspec.filesystem("memory").__class__, "cat_file", fails)
    with pytest.raises(Unreachable, match="connection refused"):
        frames.has("inventory")


@pytest.mark.parametrize("part", [MANY, MANY.lazy()], ids=["frame", "lazy frame"])
def test_a_full_disk_is_said_and_nothing_is_published(tmp_path: Path, part: pl.DataFrame | pl.LazyFrame) -> None:
    frames = FrameStore(str(tmp_path)).open("bank")
    with (
        pytest.raises(PermanentError, match="can't be written: File too large"),
        frames.stage("inventory") as staged,
        files_of_at_most(10_000),
    ):
        staged.write("inventory", part)
    assert not frames.has("inventory")
    assert list(tmp_path.rglob("*.parquet")) == []


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The system refuses to write further, as it does where there is no space."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
