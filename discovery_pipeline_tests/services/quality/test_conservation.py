"""Where the rows of an estate went, in figures that add up to what was read."""

from __future__ import annotations

from pathlib import Path

from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.quality.conservation import conservation
from discovery_pipeline_tests.services.hand_built import publish_estate, publish_records


def test_every_row_of_a_whole_estate_has_one_place(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path)).open("acme")
    publish_estate(frames)
    found = conservation(frames)
    assert found is not None
    assert (found.rows, found.complete, found.unaccounted) == (11, True, 0)
    assert dict(found.places) == {
        "records of assets": 5, "exact repeats of a record": 1, "relationships and connections": 3, "quarantined": 1,
        "dropped as no record": 1,
    }  # fmt: skip


def test_of_a_run_that_stopped_early_not_all_have_one_yet(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path)).open("acme")
    publish_records(frames)
    found = conservation(frames)
    assert found is not None
    assert not found.complete
    assert found.unaccounted == 10


def test_before_anything_was_read_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert conservation(FrameStore(str(tmp_path)).open("acme")) is None
