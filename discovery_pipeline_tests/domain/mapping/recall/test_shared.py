"""Others' lessons: about a header alone, weaker than one's own, and silent where one's own speak."""

from __future__ import annotations

from dataclasses import replace

import pytest

from discovery_pipeline.domain.learning.sharing import SharedLesson
from discovery_pipeline.domain.mapping.recall.by_header import same_header
from discovery_pipeline.domain.mapping.recall.by_place import decided
from discovery_pipeline.domain.mapping.recall.lessons import Lesson
from discovery_pipeline.domain.mapping.recall.shared import TRUST, apart, shared_lessons_of
from discovery_pipeline_tests.domain.mapping.recall.builders import COLUMN, ELSEWHERE, NONE, OWNER

SAID = SharedLesson("managed by", "asset", "servicenow", "technical_owner")


def lesson(tenants: int = 3) -> Lesson:
    (found,) = shared_lessons_of({SAID: tenants}, ())
    return found


def test_it_is_evidence_about_its_header() -> None:
    (said,) = same_header([ELSEWHERE], [lesson()])[ELSEWHERE]
    assert (said.field, said.weight > 0) == ("technical_owner", True)
    assert said.why == "tenants that share what they learn: this header in their exports means technical_owner"


def test_it_decides_no_column() -> None:
    assert decided([COLUMN], {lesson().place: lesson()}) == {}


@pytest.mark.parametrize("tenants", sorted(TRUST))
def test_it_weighs_less_than_a_decision_of_ones_own(tenants: int) -> None:
    (theirs,) = same_header([ELSEWHERE], [lesson(tenants)])[ELSEWHERE]
    (own,) = same_header([ELSEWHERE], [OWNER])[ELSEWHERE]
    assert 0 < theirs.weight < own.weight


def test_more_tenants_weigh_more() -> None:
    weights = [same_header([ELSEWHERE], [lesson(tenants)])[ELSEWHERE][0].weight for tenants in sorted(TRUST)]
    assert weights == sorted(set(weights))


@pytest.mark.parametrize(
    ("own", "left"),
    [
        ((), 1),
        ((OWNER,), 0),
        ((NONE,), 0),
        ((replace(OWNER, is_denial=True),), 0),
        ((replace(OWNER, record="connection"),), 1),
        ((replace(OWNER, place=replace(OWNER.place, header_key="owner")),), 1),
    ],
    ids=["none", "the same", "no field", "a denial", "of another kind", "another header"],
)
def test_ones_own_lessons_about_the_header_silence_it(own: tuple[Lesson, ...], left: int) -> None:
    assert len(shared_lessons_of({SAID: 3}, own)) == left


def test_others_lessons_are_told_apart_from_ones_own() -> None:
    assert apart([OWNER, lesson(), NONE]) == ([OWNER, NONE], [lesson()])


def test_their_order_is_that_of_their_content() -> None:
    other = replace(SAID, header_key="a")
    assert shared_lessons_of({SAID: 3, other: 5}, ()) == shared_lessons_of({other: 5, SAID: 3}, ())
