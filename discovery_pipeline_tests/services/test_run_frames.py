"""Frames are read as one set: an inventory never meets rows of another run."""

from __future__ import annotations

from pathlib import Path

import pytest

from discovery_pipeline.files.frames import FrameStore, MissingFrame, TenantFrames
from discovery_pipeline.services.run_frames import frames_of, run_frames


@pytest.fixture
def frames(tmp_path: Path) -> TenantFrames:
    return FrameStore(str(tmp_path)).open("acme")


def publish(frames: TenantFrames, asset: str, *inputs: str) -> str:
    """Publish an asset made from what is published of its inputs; the versions in use stay readable."""
    in_use = run_frames(frames).versions.get(asset)
    with frames.stage(asset) as staged:
        staged.set_meta({"inputs": {name: frames.version(name) for name in inputs}})
        return staged.publish(keep={in_use} if in_use else set())


def publish_run(frames: TenantFrames, *assets: str) -> dict[str, str]:
    inputs = {
        "raw_export": (),
        "clean_records": ("raw_export",),
        "quarantined_records": ("clean_records", "raw_export"),
        "inventory": ("clean_records",),
        "analysis": ("inventory",),
    }
    return {asset: publish(frames, asset, *inputs[asset]) for asset in assets or inputs}


def test_a_whole_run_is_read_as_it_is(frames: TenantFrames) -> None:
    published = publish_run(frames)
    run = run_frames(frames)
    assert run.versions == published
    assert run.outdated == ()
    assert not run.newer_files_wait


def test_a_run_stopped_before_its_inventory_leaves_the_older_set(frames: TenantFrames) -> None:
    published = publish_run(frames)
    for _ in range(3):
        publish_run(frames, "raw_export", "clean_records", "quarantined_records")
    run = run_frames(frames)
    assert {a: run.versions[a] for a in ("raw_export", "clean_records", "inventory", "analysis")} == {
        a: published[a] for a in ("raw_export", "clean_records", "inventory", "analysis")
    }
    assert run.outdated == ("quarantined_records",)
    assert run.newer_files_wait
    assert run.parts("raw_export") == []


def test_results_of_an_older_inventory_are_outdated(frames: TenantFrames) -> None:
    publish_run(frames)
    publish_run(frames, "inventory")
    run = run_frames(frames)
    assert run.outdated == ("analysis",)
    with pytest.raises(MissingFrame, match="analysis is not there yet"):
        run.meta("analysis")


def test_before_an_inventory_the_furthest_asset_decides(frames: TenantFrames) -> None:
    first = publish_run(frames, "raw_export", "clean_records")
    publish_run(frames, "raw_export")
    assert run_frames(frames).versions == first


def test_a_version_that_is_gone_is_no_part_of_the_set(frames: TenantFrames) -> None:
    publish_run(frames)
    for _ in range(2):
        with frames.stage("raw_export") as staged:
            staged.publish()
    run = run_frames(frames)
    assert "raw_export" in run.outdated
    assert not run.has("raw_export")


def test_nothing_published_is_an_empty_set(frames: TenantFrames) -> None:
    run = run_frames(frames)
    assert run.versions == {}
    assert not run.newer_files_wait


def test_the_frames_of_an_asset_are_its_newest_and_what_that_was_made_from(frames: TenantFrames) -> None:
    assert frames_of(frames, "clean_records").versions == {}
    publish_run(frames)
    stopped = publish_run(frames, "raw_export", "clean_records")
    publish_run(frames, "raw_export")
    assert frames_of(frames, "clean_records").versions == stopped
