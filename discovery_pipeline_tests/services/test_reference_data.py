"""Reference data: what ships holds until something newer is refreshed, for every process of the installation."""

from __future__ import annotations

from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from discovery_pipeline.domain.analysis.lifecycle.table import packaged_table_text
from discovery_pipeline.domain.errors import PermanentError, UsageError
from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.reference_data import (
    DATA_SETS,
    FOLDER,
    refresh,
    reset,
    standing,
    standings,
    text_in_force,
)

NOW = "2027-01-02T03:04:05+00:00"


@pytest.fixture(params=["local", "remote"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "local":
        return str(tmp_path / "frames")
    MemoryFileSystem.store.clear()
    return "memory://frames"


def dated(day: str) -> str:
    return packaged_table_text().replace("as_of: 2026-11-01", f"as_of: {day}", 1)


def test_what_ships_holds_first(location: str) -> None:
    found = standings(location)
    assert [s.name for s in found] == ["lifecycle", "prices", "ports"]
    assert {s.origin for s in found} == {"packaged"}
    assert all(s.entries > 100 and s.source for s in found)
    for name, data_set in DATA_SETS.items():
        assert text_in_force(location, name) == data_set.packaged()


def test_a_newer_table_holds_for_whoever_opens_the_place(location: str) -> None:
    before, after = refresh(location, "lifecycle", dated("2027-01-01"), "new.yaml", NOW)
    assert (before.origin, after.origin, str(after.as_of)) == ("packaged", "refreshed", "2027-01-01")
    assert (after.file, after.refreshed_at) == ("new.yaml", NOW)
    assert standing(location, "lifecycle") == after
    assert after.sha256 != before.sha256
    assert reset(location, "lifecycle") == before


def test_an_older_table_is_refused_unless_forced(location: str) -> None:
    old = dated("2020-01-01")
    with pytest.raises(UsageError, match="those in force of 2026-11-01"):
        refresh(location, "lifecycle", old, "old.yaml", NOW)
    assert standing(location, "lifecycle").origin == "packaged"
    assert str(refresh(location, "lifecycle", old, "old.yaml", NOW, force=True)[1].as_of) == "2020-01-01"


def test_a_table_that_ships_later_holds_over_what_was_refreshed(location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    refresh(location, "lifecycle", dated("2027-01-01"), "new.yaml", NOW)
    newer = DATA_SETS["lifecycle"].__class__("lifecycle", "", lambda: dated("2028-01-01"), DATA_SETS["lifecycle"].read)
    monkeypatch.setitem(DATA_SETS, "lifecycle", newer)
    assert (standing(location, "lifecycle").origin, str(standing(location, "lifecycle").as_of)) == (
        "packaged", "2028-01-01",
    )  # fmt: skip


def test_what_is_no_table_is_refused_and_changes_nothing(location: str) -> None:
    with pytest.raises(UsageError, match="there is no systems"):
        refresh(location, "lifecycle", "as_of: 2030-01-01", "x.yaml", NOW)
    assert standing(location, "lifecycle").origin == "packaged"


def test_a_kept_table_that_this_version_cannot_read_says_what_to_do(tmp_path: Path) -> None:
    place = tmp_path / FOLDER / "lifecycle.json"
    place.parent.mkdir()
    for content in ("{", '{"text": "x: 1", "file": "f", "refreshed_at": "t", "forced": false}', "[]"):
        place.write_text(content)
        with pytest.raises(PermanentError, match="data reset lifecycle"):
            standing(str(tmp_path), "lifecycle")


@pytest.mark.parametrize("name", ["ports", "weather"])
def test_what_cannot_be_refreshed_is_told(location: str, name: str) -> None:
    with pytest.raises(UsageError, match="ports"):
        refresh(location, name, "x", "f", NOW)


def test_no_tenant_can_have_the_name_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(PermanentError):
        FrameStore(str(tmp_path)).open(FOLDER)
