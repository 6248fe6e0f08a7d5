"""The column that was corrected itself is decided, in whatever delivery of its table it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.places import places_of
from discovery_pipeline.domain.mapping.recall.by_place import decided, override
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, lesson_of
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline_tests.domain.learning import corrected
from discovery_pipeline_tests.domain.mapping.recall.builders import ASSETS, COLUMN, ELSEWHERE, HERE, NONE, OWNER
from discovery_pipeline_tests.domain.tables import raw_table


@pytest.mark.parametrize(
    ("headers", "places"),
    [
        (("Name", " name ", "IP"), (("name", 0), ("name", 1), ("ip", 0))),
        (("Managed By", "managed_by", "managedBy"), (("managed by", 0), ("managed by", 1), ("managed by", 2))),
        (("", "  ", "RAM (GB)", "RAM"), (("→", 0), ("→", 1), ("ram gb", 0), ("ram", 0))),
        (("Name", "", "IP", ""), (("name", 0), ("→name", 0), ("ip", 0), ("→ip", 0))),
        (("名前", "Größe"), (("名前", 0), ("grosse", 0))),
    ],
)
def test_a_place_holds_whatever_a_headers_case_and_spacing(
    headers: tuple[str, ...], places: tuple[tuple[str, int], ...]
) -> None:
    assert tuple((p.header_key, p.occurrence) for p in places_of("s", "f.csv", "t", headers)) == places


def test_its_own_column_is_decided() -> None:
    found = decided([COLUMN, ELSEWHERE], {HERE: OWNER})
    assert set(found) == {COLUMN}
    assert (found[COLUMN].field, found[COLUMN].status, found[COLUMN].method) == (
        "technical_owner", "accepted", "pattern",
    )  # fmt: skip
    assert found[COLUMN].why == ("decided by correction 3",)


def test_its_own_column_may_be_decided_to_carry_none() -> None:
    found = decided([COLUMN], {HERE: NONE})[COLUMN]
    assert (found.field, found.status) == (None, "unmapped")


def test_a_field_that_records_of_this_kind_lack_is_never_decided() -> None:
    assert decided([replace(COLUMN, record="connection")], {HERE: replace(OWNER, record="connection")}) == {}


def test_a_decision_is_as_sure_as_it_is_trusted_and_names_who_said_otherwise() -> None:
    made = override(COLUMN, replace(OWNER, trust=0.912345, corrections=(3, 7), contradicted=2, unit="GB"))
    assert (made.confidence, made.unit) == (0.9123, "GB")
    assert made.why == ("decided by corrections 3, 7, 2 said otherwise",)


@pytest.mark.parametrize(
    ("pattern", "place", "field", "is_denial"),
    [(0, "managed by", "technical_owner", False), (1, "managed by", "business_owner", True)],
    ids=["what it is", "what it is not"],
)
def test_a_lesson_is_what_a_pattern_says(pattern: int, place: str, field: str, is_denial: bool) -> None:
    from discovery_pipeline.domain.learning.patterns import fold

    found = sorted(fold(corrected.numbered([corrected.OWNER])), key=lambda p: -p.polarity)[pattern]
    lesson: Lesson = lesson_of(found, 0.8)
    assert (lesson.place.header_key, lesson.field, lesson.is_denial, lesson.trust) == (place, field, is_denial, 0.8)
    assert (lesson.header, lesson.record, lesson.corrections, lesson.pattern_id) == (
        "Managed by", "asset", (1,), found.pattern_id,
    )  # fmt: skip


def test_confirming_a_mapping_never_makes_it_less_trusted() -> None:
    proposals = propose([raw_table({"IP address": ["10.0.0.1", "10.0.0.2"], "Managed by": ["Al", "Bo"]})], [ASSETS])
    before = resolve(proposals, [ASSETS])
    confirmed = [ColumnMapping(0, m.position, m.header, m.field, 0.9, "accepted", method="pattern") for m in before]
    after = resolve(proposals, [ASSETS], confirmed)
    assert after[0].confidence == before[0].confidence > 0.9
    assert after[1].confidence == 0.9 > before[1].confidence
    assert after[1].alternatives == before[1].alternatives
