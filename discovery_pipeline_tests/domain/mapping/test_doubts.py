"""Which columns a second opinion is asked about, and that nothing in a question tells controls from doubts."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, MappingStatus, TableKind
from discovery_pipeline.domain.mapping.doubts import (
    PACKAGED_TABLE,
    AskedColumn,
    DoubtParams,
    columns_to_ask,
    doubts_left,
    is_doubtful,
    packaged_controls,
)
from discovery_pipeline.domain.masking import masked_texts
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD

PARAMS = DoubtParams()
SERVERS = TableKind(0, "asset", "asset", None, 1.0)


def column(
    position: int,
    field: str | None,
    confidence: float,
    status: MappingStatus = "accepted",
    alternatives: tuple[tuple[str, float], ...] = (),
    header: str = "",
) -> ColumnMapping:
    return ColumnMapping(
        0, position, header or f"h{position}", field, confidence, status, alternatives=alternatives
    )  # fmt: skip


def doubt(position: int, confidence: float = 0.6) -> ColumnMapping:
    return column(position, "business_owner", confidence, "review", (("technical_owner", 0.3),))


def settled(start: int, mapped: int, unmapped: int) -> list[ColumnMapping]:
    names = list(fields("asset"))
    return [
        *(column(start + i, names[i], 0.98) for i in range(mapped)),
        *(column(start + mapped + i, None, 0.97, "unmapped") for i in range(unmapped)),
    ]


def asked(*mappings: ColumnMapping, params: DoubtParams = PARAMS) -> list[list[AskedColumn]]:
    return columns_to_ask(mappings, [SERVERS], params)


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        pytest.param(doubt(0), True, id="for review"),
        pytest.param(column(0, "hostname", 0.8), False, id="accepted"),
        pytest.param(column(0, None, 0.8, "unmapped", (("vlan", 0.2),)), True, id="unmapped, a field could be meant"),
        pytest.param(column(0, None, 0.9, "unmapped", (("vlan", 0.05),)), False, id="unmapped, hardly a field"),
        pytest.param(column(0, None, 0.99, "unmapped"), False, id="unmapped, no field at all"),
    ],
)
def test_doubt(mapping: ColumnMapping, expected: bool) -> None:
    assert is_doubtful(mapping) is expected


def test_without_doubts_nothing_is_asked() -> None:
    assert asked(*settled(0, 20, 20)) == []


def test_half_the_controls_are_fields_and_half_none() -> None:
    (question,) = asked(doubt(0), *settled(1, 40, 40))
    expected = [c.expected for c in question if c.expected is not None]
    assert len(expected) == 2 * PARAMS.controls
    assert expected.count(NO_FIELD) * 2 == len(expected)


def test_controls_and_doubts_look_alike() -> None:
    (question,) = asked(doubt(0), doubt(41), *settled(1, 20, 20))
    assert {len(c.offers) for c in question} == {PARAMS.offers + 1}
    assert all(NO_FIELD in c.offers for c in question)
    assert [c.position for c in question] == sorted(c.position for c in question)


def test_what_a_control_is_stands_among_its_offers_at_any_place() -> None:
    (question,) = asked(doubt(0), *settled(1, 40, 0), params=DoubtParams(controls=40))
    own = [c for c in question if c.expected not in (None, NO_FIELD) and c.table_no != PACKAGED_TABLE]
    places = {c.offers.index(c.expected) for c in own if c.expected}
    assert len(places) == PARAMS.offers + 1


def test_offers_depend_on_the_header_and_not_on_the_run() -> None:
    (before,) = asked(doubt(0), *settled(1, 20, 20))
    (after,) = asked(*settled(1, 20, 20), doubt(0))
    assert before == after


def test_small_exports_get_packaged_controls() -> None:
    (question,) = asked(doubt(0), *settled(1, 2, 1))
    packaged = [c for c in question if c.table_no == PACKAGED_TABLE]
    assert len(packaged) == 2 * PARAMS.controls - 3
    assert {c.header for c in packaged} < {c.header for c in packaged_controls()}


def test_the_most_doubtful_come_first_when_there_are_too_many() -> None:
    params = DoubtParams(most=2)
    (question,) = asked(doubt(0, 0.7), doubt(1, 0.5), doubt(2, 0.6), *settled(3, 20, 20), params=params)
    assert [c.position for c in question if c.expected is None] == [1, 2]


def test_each_question_has_controls_of_its_own() -> None:
    questions = asked(*(doubt(i) for i in range(45)), *settled(45, 60, 60))
    assert [sum(c.expected is None for c in q) for q in questions] == [20, 20, 5]
    controls = [{(c.table_no, c.position) for c in q if c.expected is not None} for q in questions]
    assert all(len(found) >= PARAMS.controls for found in controls)
    assert len(set.union(*controls)) == sum(map(len, controls))


def test_packaged_controls_are_fields_of_assets_with_masked_samples() -> None:
    names = [c.field for c in packaged_controls()]
    assert set(names) - {NO_FIELD} <= fields("asset").keys()
    assert names.count(NO_FIELD) * 2 == len(names) == 2 * PARAMS.controls
    shapes = [s for c in packaged_controls() for s in c.samples if any(sign in s for sign in "xX9")]
    assert [s for s in shapes if masked_texts([s]) != [s]] == []


def test_doubts_left_counts_the_doubtful_asked_about() -> None:
    (question,) = asked(doubt(0), doubt(1), *settled(2, 20, 20))
    after = [column(0, "business_owner", 0.9), doubt(1), *settled(2, 20, 20)]
    assert doubts_left(after, question) == 1
