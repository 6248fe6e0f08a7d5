"""What becomes of each file of a batch. A file is written source/name:content."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from discovery_pipeline.store.batches import NewFile, decide
from discovery_pipeline.store.snapshots import FileRecord, counting

MARCH = date(2025, 3, 1)
NOW = datetime(2025, 6, 15)


def new(text: str) -> NewFile:
    path, content = text.split(":")
    source, name = path.split("/")
    return NewFile(source, name, name, content, 1)


def there(text: str, as_of: date | None = None, batch: int = 1) -> FileRecord:
    file = new(text)
    moment = datetime(as_of.year, as_of.month, as_of.day) if as_of else NOW
    return FileRecord(batch, file.source, file.file, file.series, file.sha256, 1, moment, bool(as_of), NOW, None)


def outcomes(batch: list[str], records: list[FileRecord], as_of: date | None = None) -> list[str]:
    return [d.outcome for d in decide([new(text) for text in batch], as_of, records, counting(records))]


@pytest.mark.parametrize(
    ("before", "batch", "expected"),
    [
        pytest.param([], ["s/a:1", "s/b:2"], ["added", "added"], id="new"),
        pytest.param([], ["s/a:1", "s/copy:1"], ["added", "duplicate"], id="one content twice in a batch"),
        pytest.param([], ["s/a:1", "t/copy:1"], ["added", "duplicate"], id="twice in two sources"),
        pytest.param(["s/a:1"], ["s/a:1"], ["unchanged"], id="again"),
        pytest.param(["s/a:1", "s/b:2"], ["s/b:2"], ["unchanged"], id="a part of it again"),
        pytest.param(["s/a:1"], ["s/renamed:1"], ["unchanged"], id="again under another name"),
        pytest.param(["s/a:1"], ["s/a:2"], ["added"], id="changed"),
        pytest.param(["s/a:1", "s/b:2"], ["s/a:1", "s/b:3"], ["added", "added"], id="an unchanged file among changed"),
        pytest.param(["s/a:1"], ["t/a:1"], ["duplicate"], id="counts under another source"),
        pytest.param(
            ["s/a:1", "t/b:2", "t/c:3"],
            ["t/a:1", "t/b:2"],
            ["duplicate", "unchanged"],
            id="a duplicate makes no new snapshot",
        ),
        pytest.param(["s/a:1", "t/b:2"], ["s/a:2", "t/b:1"], ["added", "added"], id="two sources swap their contents"),
        pytest.param(["s/a:1"], ["r/b:1", "s/a:2"], ["added", "added"], id="a content moves to another source"),
        pytest.param(["s/a:1"], ["r/b:1", "s/a:1"], ["duplicate", "unchanged"], id="it stays where it counts"),
    ],
)
def test_outcome_per_file(before: list[str], batch: list[str], expected: list[str]) -> None:
    assert outcomes(batch, [there(text) for text in before]) == expected


@pytest.mark.parametrize(
    ("before", "batch", "expected"),
    [
        pytest.param([there("s/a:1", MARCH)], ["s/a:1"], ["unchanged"], id="again, of the same date"),
        pytest.param([there("s/a:1", MARCH)], ["s/a:1", "s/b:2"], ["unchanged", "added"], id="joins the snapshot"),
        pytest.param([there("s/a:1", MARCH)], ["s/a:2"], ["added"], id="replaces"),
        pytest.param([there("s/a:1")], ["s/a:1"], ["added"], id="the same content as of a stated date"),
        pytest.param(
            [there("s/a:1", MARCH), there("s/a:2", batch=2)], ["s/a:1"], ["unchanged"], id="of a superseded snapshot"
        ),
    ],
)
def test_with_a_stated_date_the_snapshot_of_that_date_is_compared(
    before: list[FileRecord], batch: list[str], expected: list[str]
) -> None:
    assert outcomes(batch, before, MARCH) == expected


def test_a_duplicate_names_the_file_that_has_the_content() -> None:
    (decision,) = decide([new("t/b:1")], None, [there("s/a:1")], [there("s/a:1")])
    assert decision.same_as == there("s/a:1")
