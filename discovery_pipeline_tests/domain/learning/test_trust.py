"""Posteriors of methods, fields and sources: against what was promised, drawn to the wider key, without selection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from discovery_pipeline.domain.learning.trust import NOTICED, Decision, Posterior, tracked
from discovery_pipeline_tests.domain.learning.decided import ACCEPTED, LEFT_ALONE, REVIEWED, wrong

ERROR = 0.02


def known(
    decisions: Iterable[Decision], method: str = "lexicon", field: str = "os_name", source: str = "cmdb"
) -> Posterior:
    return tracked(decisions, ERROR).of(method, field, source)


def test_nothing_decided_leaves_the_packaged_calibration() -> None:
    found = known([])

    assert (found.mean, found.excess, found.learned) == (pytest.approx(1 - ERROR), 1.0, False)


def test_errors_as_promised_change_nothing() -> None:
    assert known([REVIEWED] * 6 + [wrong(REVIEWED)] * 4).excess == pytest.approx(1.0)


def test_right_ones_raise_the_share_and_wrong_ones_lower_it() -> None:
    better, worse = known([REVIEWED] * 10), known([wrong(REVIEWED)] * 10)

    assert worse.mean < 1 - ERROR < better.mean
    assert worse.interval[1] < better.interval[0]


def test_an_error_of_a_sure_mapping_weighs_more_than_one_of_a_doubtful_one() -> None:
    assert known([wrong(ACCEPTED)]).excess > known([wrong(REVIEWED)]).excess


def test_more_decisions_make_it_surer() -> None:
    few, many = (known(([REVIEWED] * 6 + [wrong(REVIEWED)] * 4) * times).interval for times in (1, 20))

    assert few[0] < many[0] < 1 - ERROR < many[1] < few[1]


def test_every_mapping_wrong_is_still_a_distribution() -> None:
    found = known([wrong(replace(ACCEPTED, confidence=1.0))] * 5000)

    assert 0.0 < found.interval[0] < found.interval[1] < 0.01


def test_a_key_without_decisions_is_drawn_to_the_wider_ones() -> None:
    decisions = [wrong(REVIEWED)] * 10
    own, other_source = known(decisions), known(decisions, source="scans")
    other_field, other_method = known(decisions, field="hostname"), known(decisions, method="values")

    assert own.excess > 1
    assert own.excess == other_source.excess == other_field.excess  # all that is known comes from one place
    assert own.share.right > other_source.share.right  # but elsewhere it is less sure
    assert other_method.excess == 1.0
    assert (other_field.learned, other_method.learned) == (True, False)


def test_decisions_of_a_key_do_not_count_again_through_the_wider_ones() -> None:
    elsewhere = [wrong(replace(REVIEWED, source="scans"))] * 10

    assert known([REVIEWED] * 30).excess == pytest.approx(2.0 / (2.0 + 30 * 0.4))
    assert known([REVIEWED] * 30 + elsewhere).excess == pytest.approx(2.0 * (12 / 6) / (2.0 + 30 * 0.4))


def test_the_order_of_decisions_does_not_matter() -> None:
    decisions = [REVIEWED, wrong(ACCEPTED), LEFT_ALONE]

    assert len({known(order).excess for order in permutations(decisions)}) == 1


@pytest.mark.parametrize(
    "decision",
    [
        pytest.param(replace(wrong(REVIEWED), field=None), id="no field chosen"),
        pytest.param(replace(wrong(REVIEWED), status="unmapped"), id="unmapped"),
    ],
)
def test_what_was_mapped_to_nothing_says_nothing_of_acceptance(decision: Decision) -> None:
    assert tracked([decision], ERROR).tallies == {}


def test_a_mapping_left_alone_is_part_of_a_look_and_no_decision() -> None:
    looked, left = known([ACCEPTED]).tally, known([LEFT_ALONE]).tally

    assert left.expected == pytest.approx(NOTICED * looked.expected)
    assert (looked.decisions, left.decisions, known([LEFT_ALONE]).learned) == (1, 0, False)


def reviewed_by_people(times: float, seed: int, mappings: int) -> list[Decision]:
    """Mappings with so many times the errors promised, of which people look at what is for review and at accepted ones
    that look wrong to them."""
    draw = np.random.default_rng(seed)
    found = []
    for confidence in np.minimum(draw.beta(8, 1, mappings), 0.99).tolist():
        right = bool(draw.random() >= times * (1 - confidence))
        if confidence < 0.89:
            found.append(replace(REVIEWED, confidence=confidence, right=right))
        elif not right and draw.random() < NOTICED:
            found.append(replace(ACCEPTED, confidence=confidence, right=False))
        else:
            found.append(replace(LEFT_ALONE, confidence=confidence))
    return found


@pytest.mark.parametrize("times", [0.5, 1.0, 1.5])
def test_whom_people_look_at_does_not_move_the_estimate(times: float) -> None:
    found = [reviewed_by_people(times, seed, 400) for seed in range(20)]

    raw = [np.mean([d.right for d in decisions if not d.left_alone]) for decisions in found]
    shares = [known(decisions) for decisions in found]
    assert np.mean(raw) < 0.95  # what a plain share of right ones would say of mappings that are right far more often
    assert np.mean([share.excess for share in shares]) == pytest.approx(times, rel=0.12)
    covered = [share.interval[0] <= 1 - times * ERROR <= share.interval[1] for share in shares]
    assert sum(covered) >= 16
