"""What people made of mappings moves the confidence from which their like is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, TableKind
from discovery_pipeline.domain.learning.trust import Decision
from discovery_pipeline.domain.mapping.acceptance import FEWEST, LOWEST, accept_threshold, thresholds, tracker
from discovery_pipeline.domain.mapping.candidates import Proposals, propose
from discovery_pipeline.domain.mapping.resolve import ResolveParams, resolve
from discovery_pipeline.domain.mapping.trained.combiner import combiner
from discovery_pipeline_tests.domain.learning.decided import ACCEPTED, LEFT_ALONE, REVIEWED, wrong
from discovery_pipeline_tests.domain.tables import raw_table

BUDGET = 0.98
GLOBAL = combiner().accept_from(BUDGET)
ELSEWHERE = replace(REVIEWED, source="scans")
ASSETS = TableKind(0, "asset", "asset", None, 0.9)
TABLE = raw_table(
    {
        "Name": ["srv-01", "srv-02", "srv-03"],
        "RAM": ["4 GB", "8 GB", "16 GB"],
        "IP": ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
    }
)


def threshold(decisions: Sequence[Decision], precision: float = BUDGET) -> float:
    accept = combiner().accept_from(precision)
    return accept_threshold(tracker(decisions, precision).of("lexicon", "os_name", "cmdb"), accept, precision)


@pytest.mark.parametrize("precision", [0.9, 0.95, 0.98, 0.99, 1.0])
def test_without_decisions_it_is_the_global_threshold(precision: float) -> None:
    assert threshold([], precision) == combiner().accept_from(precision)
    assert thresholds([], precision, {}) is None


@pytest.mark.parametrize("count", [3, 30, 300])
@pytest.mark.parametrize("decision", [wrong(ACCEPTED), wrong(REVIEWED)], ids=["accepted", "for review"])
def test_what_people_kept_correcting_has_to_be_surer(decision: Decision, count: int) -> None:
    assert threshold([decision] * count) > GLOBAL


def test_it_has_to_be_the_surer_the_more_was_wrong() -> None:
    found = [threshold([wrong(ACCEPTED)] * times) for times in range(0, 40, 2)]

    assert found == sorted(found)
    assert (found[0], found[-1]) == (GLOBAL, 1.0)


@pytest.mark.parametrize(
    ("decisions", "below"),
    [
        pytest.param([REVIEWED] * 2, False, id="confirmed twice"),
        pytest.param([REVIEWED] * 30, True, id="confirmed thirty times"),
        pytest.param([ACCEPTED] * 30, False, id="confirmed what was sure anyway"),
        pytest.param([LEFT_ALONE] * 3000, False, id="never looked at"),
        pytest.param([ELSEWHERE] * 3000, False, id="confirmed in another source"),
        pytest.param([REVIEWED] * 18 + [wrong(REVIEWED)] * 12, False, id="right as often as promised"),
    ],
)
def test_only_a_long_record_of_its_own_lets_a_key_below_the_global_threshold(
    decisions: list[Decision], below: bool
) -> None:
    assert (threshold(decisions) < GLOBAL) is below


def test_no_record_lets_through_what_is_doubtful_by_its_own_word() -> None:
    assert threshold([REVIEWED] * 10_000) == LOWEST


def test_errors_of_another_source_hold_a_mapping_back() -> None:
    assert threshold([wrong(ELSEWHERE)] * 10) > GLOBAL


def test_other_methods_are_left_as_they_are() -> None:
    known = tracker([wrong(REVIEWED)] * 50, BUDGET)

    assert accept_threshold(known.of("values", "os_name", "cmdb"), GLOBAL, BUDGET) == GLOBAL


@pytest.fixture(scope="module")
def proposals() -> Proposals:
    return propose([TABLE], [ASSETS])


def resolved(proposals: Proposals, decisions: Sequence[Decision], source: str = "cmdb") -> list[ColumnMapping]:
    accept_for = thresholds(decisions, BUDGET, {0: source})
    return resolve(proposals, [ASSETS], params=ResolveParams(BUDGET, accept_for=accept_for))


def about(mapping: ColumnMapping, confidence: float, right: bool) -> list[Decision]:
    decision = replace(REVIEWED, method=mapping.method, field=mapping.field, confidence=confidence, right=right)
    return [decision] * 40


def test_one_correction_is_no_record(proposals: Proposals) -> None:
    before = resolve(proposals, [ASSETS])
    ram = next(m for m in before if m.header == "RAM")
    for count in (1, FEWEST - 1):
        assert resolved(proposals, about(ram, 0.9, right=False)[:count]) == before
    assert resolved(proposals, about(ram, 0.9, right=False)[:FEWEST]) != before


def test_a_mapping_that_people_keep_correcting_moves_to_review_and_says_why(proposals: Proposals) -> None:
    before = resolve(proposals, [ASSETS])
    ram = next(m for m in before if m.header == "RAM")
    assert ram.status == "accepted"

    after = resolved(proposals, about(ram, 0.9, right=False))

    moved = next(m for m in after if m.header == "RAM")
    assert moved == replace(ram, status="review", why=moved.why)
    assert moved.why == (*ram.why, "people corrected others like it: accepted from 1.00 on")
    assert [m for m in after if m.method != ram.method] == [m for m in before if m.method != ram.method]


def test_a_mapping_that_people_keep_confirming_is_accepted_a_little_earlier(proposals: Proposals) -> None:
    params = ResolveParams(accept_for=lambda *_: 1.0)
    ram = next(m for m in resolve(proposals, [ASSETS], params=params) if m.header == "RAM")
    strict, lenient = (ResolveParams(precision=0.9999, accept_for=f) for f in (None, lambda *_: ram.confidence))

    held = next(m for m in resolve(proposals, [ASSETS], params=strict) if m.header == "RAM")
    let = next(m for m in resolve(proposals, [ASSETS], params=lenient) if m.header == "RAM")

    assert (held.status, let.status) == ("review", "accepted")
    assert let.why[-1].startswith("people confirmed others like it: accepted from")


@pytest.mark.parametrize("field", ["made_up", "os_name"])
def test_decisions_about_other_things_change_nothing(proposals: Proposals, field: str) -> None:
    decisions = [replace(wrong(REVIEWED), method="model", field=field)] * 40

    assert resolved(proposals, decisions) == resolve(proposals, [ASSETS])
