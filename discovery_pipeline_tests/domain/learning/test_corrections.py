"""Which decision stands follows from the log: the newest about a thing that nobody took back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from discovery_pipeline.domain.learning.corrections import (
    Correction,
    NewCorrection,
    digest,
    lesson_of,
    not_undone,
    rival_of,
    says_otherwise,
    standing,
)
from discovery_pipeline_tests.domain.learning.corrected import OWNER, VALUE, elsewhere, mapped, numbered, undoing

BUSINESS = mapped("business_owner", "bob")


@pytest.mark.parametrize(
    ("decided", "left"),
    [
        pytest.param([OWNER], [1], id="one"),
        pytest.param([OWNER, BUSINESS], [1, 2], id="overruled ones are kept"),
        pytest.param([OWNER, BUSINESS, undoing(2, BUSINESS)], [1], id="the second undone"),
        pytest.param([OWNER, BUSINESS, undoing(1, OWNER)], [2], id="the first undone"),
        pytest.param([OWNER, undoing(1, OWNER), OWNER], [3], id="decided again"),
    ],
)
def test_what_was_taken_back_is_gone_with_its_undoing(decided: list[NewCorrection], left: list[int]) -> None:
    log = numbered(decided)
    assert [c.number for c in not_undone(reversed(log))] == left
    assert [c.number for c in standing(log).values()] == left[-1:]


def test_each_thing_has_its_own_standing_decision() -> None:
    other = elsewhere(OWNER, table="vms")
    found = standing(numbered([OWNER, other, VALUE, BUSINESS]))
    assert {key: c.number for key, c in found.items()} == {
        OWNER.target_key: 4, other.target_key: 2, VALUE.target_key: 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    "same",
    [
        replace(OWNER, said={"field": None}, action="unmapped"),
        replace(OWNER, author="bob", reason="", was={}, context={}),
        replace(OWNER, target=dict(sorted(OWNER.target.items(), reverse=True))),
    ],
    ids=["another field", "by somebody else, seen elsewhere", "keys in another order"],
)
def test_decisions_about_one_thing_have_one_key(same: NewCorrection) -> None:
    assert same.target_key == OWNER.target_key


@pytest.mark.parametrize(
    "other",
    [
        elsewhere(OWNER, source="sap"),
        elsewhere(OWNER, series="x.csv"),
        elsewhere(OWNER, table="x"),
        elsewhere(OWNER, occurrence=1),
        replace(OWNER, kind="type"),
    ],
    ids=["source", "file", "table", "occurrence", "kind"],
)
def test_another_thing_has_another_key(other: NewCorrection) -> None:
    assert other.target_key != OWNER.target_key


@pytest.mark.parametrize(
    ("kind", "one", "other", "differs"),
    [
        ("mapping", {"field": "tags", "unit": "GB"}, {"field": "tags", "unit": "MB"}, True),
        ("mapping", {"field": "tags", "unit": "GB"}, {"field": "tags", "unit": None}, False),
        ("mapping", {"field": "tags", "transform": "invert"}, {"field": "tags", "transform": "per_socket"}, True),
        ("mapping", {"field": "tags"}, {"field": None}, True),
        ("value", {"value": "production"}, {"value": None}, True),
        ("merge", {"holds": True, "anchors": [1]}, {"holds": True, "anchors": [2]}, False),
        ("split", {"holds": False}, {"holds": True}, True),
        ("type", {"type": "storage"}, {"type": "cluster"}, True),
        ("edge", {"holds": True}, {"holds": False}, True),
        ("strategy", {"strategy": "retain"}, {"strategy": "retire"}, True),
    ],
)
def test_decisions_differ_by_what_they_come_down_to(kind: Any, one: Any, other: Any, differs: bool) -> None:
    first, second = replace(OWNER, kind=kind, said=one), replace(OWNER, kind=kind, said=other)
    assert says_otherwise(first, second) == differs


def test_another_reading_of_a_field_is_the_same_lesson() -> None:
    readings = [replace(OWNER, said={"field": "tags", "unit": unit}) for unit in ("GB", "MB", None)]
    assert [lesson_of(reading) for reading in readings] == [{"field": "tags"}] * 3
    assert lesson_of(OWNER) != lesson_of(readings[0])


def test_a_digest_is_of_the_content() -> None:
    assert digest({"a": 1, "b": "ü"}) == digest({"b": "ü", "a": 1}) != digest({"a": 1, "b": "u"})


def edge(kind: str | None, holds: bool) -> NewCorrection:
    target = {"from_asset": "a", "to_asset": "b", "kind": kind}
    return replace(OWNER, kind="edge", target=target, said={"holds": holds})


MERGE = replace(OWNER, kind="merge", target={"one": "a", "other": "b"}, said={"holds": True})
SPLIT = replace(OWNER, kind="split", target={"one": "b", "other": "b", "texts": ["x"]}, said={"holds": False})


@pytest.mark.parametrize(
    ("stands", "said", "is_rival"),
    [
        pytest.param(edge(None, True), edge("tier", False), True, id="an edge of any kind, one of some kind denied"),
        pytest.param(edge("tier", False), edge(None, True), True, id="the other way round"),
        pytest.param(edge("tier", True), edge("access", False), False, id="edges of two kinds"),
        pytest.param(MERGE, SPLIT, True, id="a row split off what was merged"),
        pytest.param(SPLIT, MERGE, True, id="a merge of what was split"),
        pytest.param(replace(MERGE, target={"one": "c", "other": "d"}), SPLIT, False, id="a merge of others"),
    ],
)
def test_decisions_about_targets_that_meet_may_contradict(
    stands: NewCorrection, said: NewCorrection, is_rival: bool
) -> None:
    holds = [Correction(7, datetime(2026, 1, 1, tzinfo=UTC), stands)]
    assert (rival_of(replace(said, author="bob"), holds) is not None) == is_rival
    assert rival_of(said, holds) is None
