"""Walking through columns under review."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from discovery_pipeline.domain.mapping.places import Place
from discovery_pipeline.domain.vocabulary.profile import ColumnProfile
from discovery_pipeline.services.mapping.corrections import Corrected
from discovery_pipeline.services.mapping.queue import is_open, newest_of, next_undecided, step, surer_than
from discovery_pipeline.services.mapping.review import ReviewColumn
from discovery_pipeline.services.mapping.stakes import Stake

PROFILE = ColumnProfile(0, 2, 2, 2, {}, None, None, None, 1.0, 0.0, ())
NOON, LATER = datetime(2026, 1, 2, 12, tzinfo=UTC), datetime(2026, 1, 2, 13, tzinfo=UTC)


def column(position: int, confidence: float = 0.5, field: str | None = "hostname") -> ReviewColumn:
    return ReviewColumn(
        0, "s", "s.csv", "s", position, f"h{position}", "asset", field, confidence, "review" if field else "unmapped",
        "lexicon", (), (), (), 2, 2, 2, PROFILE, ("", ""), Stake(0.5, 2, 1.0, ""),
    )  # fmt: skip


def decided(of: ReviewColumn, number: int, author: str = "ann", at: datetime = NOON) -> ReviewColumn:
    place = Place(of.source, "s", of.table, of.header, 0)
    said = Corrected(
        number, "accepted", of.source, of.file, of.table, of.position, of.header, of.field, of.field, author, "", at,
        place,
    )  # fmt: skip
    return replace(of, decided=said, waiting=said, history=(said,))


A, B, C = column(0), column(1), column(2)


@pytest.mark.parametrize(
    ("at", "by", "expected"),
    [
        pytest.param(A, 1, B, id="next"),
        pytest.param(B, -1, A, id="previous"),
        pytest.param(C, 1, None, id="behind the last"),
        pytest.param(A, -1, None, id="before the first"),
        pytest.param(decided(B, 1), 1, C, id="decided meanwhile"),
        pytest.param(column(9), 1, A, id="from outside"),
        pytest.param(None, 1, A, id="from nowhere"),
    ],
)
def test_steps(at: ReviewColumn | None, by: int, expected: ReviewColumn | None) -> None:
    assert step([A, B, C], at, by) == expected


def test_a_step_through_nothing_leads_nowhere() -> None:
    assert step([], A, 1) is None


@pytest.mark.parametrize(
    ("columns", "after", "expected"),
    [
        pytest.param([A, B, C], A, B, id="the next"),
        pytest.param([A, decided(B, 1), C], A, C, id="past what is decided"),
        pytest.param([A, B, C], C, A, id="from the first again"),
        pytest.param([decided(A, 1), B], B, None, id="no other is left"),
        pytest.param([A, B], column(9), A, id="from outside"),
    ],
)
def test_the_next_that_nobody_decided(
    columns: list[ReviewColumn], after: ReviewColumn, expected: ReviewColumn | None
) -> None:
    assert next_undecided(columns, after) == expected


def test_open_is_what_is_for_review_and_undecided() -> None:
    assert is_open(A)
    assert not is_open(decided(A, 1))
    assert not is_open(column(3, field=None))


def test_the_surer_ones_come_least_sure_first() -> None:
    columns = [column(0, 0.9), column(1, 0.7), column(2, 0.8), decided(column(3, 0.95), 1), column(4, 0.9, None)]
    assert [c.position for c in surer_than(columns, 0.8)] == [2, 0]


def test_what_was_decided_together_is_the_newest_together() -> None:
    columns = [decided(A, 1), decided(B, 2, at=LATER), decided(C, 3, at=LATER), decided(column(3), 4, "bob", LATER)]
    assert [one.number for one in newest_of(columns, "ann")] == [2, 3]
    used = [replace(each, waiting=None) for each in columns]
    assert newest_of(used, "ann") == []
