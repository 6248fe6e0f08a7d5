"""Which deliveries count, told as stories: each step ingests or withdraws, the last line says what counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from discovery_pipeline.store.snapshots import FileRecord, counting

TODAY = datetime(2025, 6, 15, 12, 0)


def delivered(batch: int, file: str, as_of: date | None = None, source: str = "cmdb", series: str = "") -> FileRecord:
    """A delivery whose hash tells its batch; batches are a minute apart."""
    now = TODAY + timedelta(minutes=batch)
    moment = datetime(as_of.year, as_of.month, as_of.day) if as_of else now
    return FileRecord(batch, source, file, series or file, f"{file}@{batch}", 1, moment, as_of is not None, now, None)


def withdrawn(record: FileRecord) -> FileRecord:
    return replace(record, withdrawn_at=TODAY)


def contents(records: list[FileRecord]) -> list[str]:
    return [record.sha256 for record in counting(records)]


MARCH, APRIL, TODAY_DATE = date(2025, 3, 1), date(2025, 4, 1), TODAY.date()


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([delivered(1, "a"), delivered(1, "b")], ["a@1", "b@1"], id="together count together"),
        pytest.param([delivered(1, "a"), delivered(2, "a")], ["a@2"], id="a newer delivery supersedes"),
        pytest.param([delivered(1, "a"), delivered(1, "b"), delivered(2, "a")], ["a@2"], id="and so whole snapshots"),
        pytest.param(
            [delivered(1, "a", source="x"), delivered(2, "a", source="y")], ["a@1", "a@2"], id="sources stand alone"
        ),
        pytest.param(
            [delivered(1, "a", MARCH), delivered(2, "b", MARCH)],
            ["a@1", "b@2"],
            id="the same stated date counts together",
        ),
        pytest.param(
            [delivered(1, "a", MARCH), delivered(1, "b", MARCH), delivered(2, "a", MARCH)],
            ["a@2", "b@1"],
            id="in a snapshot the same name replaces",
        ),
        pytest.param([delivered(1, "a", APRIL), delivered(2, "a", MARCH)], ["a@1"], id="an older date is history"),
        pytest.param([delivered(1, "a"), delivered(2, "b", MARCH)], ["a@1"], id="older than an undated delivery too"),
        pytest.param(
            [delivered(1, "a"), delivered(2, "b", TODAY_DATE)], ["b@2"], id="on one day the later ingestion wins"
        ),
        pytest.param(
            [delivered(1, "b", TODAY_DATE), delivered(2, "a")],
            ["a@2"],
            id="on one day the later ingestion wins, undated",
        ),
    ],
)
def test_the_newest_snapshot_counts(records: list[FileRecord], expected: list[str]) -> None:
    assert contents(records) == expected
    assert contents(records[::-1]) == expected


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([withdrawn(delivered(1, "a"))], [], id="nothing before it"),
        pytest.param([delivered(1, "a"), withdrawn(delivered(2, "a"))], ["a@1"], id="the delivery before counts again"),
        pytest.param(
            [delivered(1, "a"), delivered(1, "b"), withdrawn(delivered(2, "a"))],
            ["a@1", "b@1"],
            id="a whole snapshot withdrawn brings back a whole snapshot",
        ),
        pytest.param(
            [delivered(1, "a"), delivered(1, "b"), withdrawn(delivered(2, "a")), delivered(2, "b")],
            ["a@1", "b@2"],
            id="one of two files withdrawn",
        ),
        pytest.param(
            [delivered(1, "a"), delivered(2, "a"), withdrawn(delivered(2, "c"))],
            ["a@2"],
            id="a file without a version before",
        ),
        pytest.param(
            [delivered(1, "a"), delivered(2, "b"), withdrawn(delivered(3, "a")), delivered(3, "b")],
            ["b@3"],
            id="what had been superseded stays so",
        ),
        pytest.param(
            [delivered(1, "a"), withdrawn(delivered(2, "a")), withdrawn(delivered(3, "a"))], ["a@1"], id="two in a row"
        ),
        pytest.param(
            [delivered(1, "a", MARCH), withdrawn(delivered(2, "a", MARCH))], ["a@1"], id="a replacement in the snapshot"
        ),
        pytest.param(
            [
                delivered(1, "srv_03", series="srv"),
                delivered(1, "disk_03", series="disk"),
                withdrawn(delivered(2, "srv_04", series="srv")),
                delivered(2, "disk_04", series="disk"),
            ],
            ["disk_04@2", "srv_03@1"],
            id="dated names: the file of the same series before",
        ),
        pytest.param(
            [
                delivered(1, "srv_03", series="srv"),
                withdrawn(delivered(2, "srv_04", series="srv")),
                delivered(2, "srv_05", series="srv"),
            ],
            ["srv_05@2"],
            id="dated names: not while another of the series counts",
        ),
    ],
)
def test_withdrawing_undoes_a_delivery(records: list[FileRecord], expected: list[str]) -> None:
    assert contents(records) == expected


def test_order_is_by_source_and_file() -> None:
    records = [delivered(1, f, source=s) for s, f in [("b", "x"), ("a", "z"), ("a", "B"), ("a", "a")]]
    assert [(r.source, r.file) for r in counting(records)] == [("a", "B"), ("a", "a"), ("a", "z"), ("b", "x")]


def test_snapshots_have_names() -> None:
    assert delivered(1, "a", MARCH).snapshot == "2025-03-01"
    assert delivered(7, "a").snapshot == "ingestion 7"
