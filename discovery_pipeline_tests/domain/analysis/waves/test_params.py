"""What a tenant may say about waves."""

from __future__ import annotations

from typing import Any

import pytest

from discovery_pipeline.domain.analysis.params import read_params
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline_tests.domain.analysis.waves.small_plans import planned


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("waves: {capacity: 0}", "waves.capacity"),
        ("waves: {blackouts: [{from: 2027-01-01, to: 2027-01-02}]}", "blackouts need the day"),
        ("waves: {start: 2027-01-01, blackouts: [{from: 2027-01-03, to: 2027-01-02}]}", "before it begins"),
        ("waves: {start: 2027-01-01, blackouts: [{from: 2027-01-01}]}", "waves.blackouts.0.to"),
        ("waves: {deadline: 2027-01-01}", "a deadline needs a start"),
        ("waves: {environments: [[test], [test]]}", "stands in several"),
        ("waves: {environments: [[prod]]}", "waves.environments.0.0"),
        ("waves: {pilots: {share: 2}}", "waves.pilots.share"),
        ("waves: {wave_size: 3}", "waves.wave_size"),
        ("waves: {start: 2027-13-45}", "a date that there isn't"),
    ],
)
def test_what_cannot_be_is_said_at_its_place(text: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        read_params(text)
    assert told in str(error.value)


def test_a_plan_is_read_again_as_it_was() -> None:
    text = "waves: {start: 2027-01-01, blackouts: [{from: 2027-02-01, to: 2027-02-03, reason: x, departments: [d]}]}"
    params = read_params(text)
    assert read_params(params.text) == params


@pytest.mark.parametrize("waves", [{}, {"start": "2027-01-01"}])
def test_an_empty_estate_has_an_empty_plan(waves: dict[str, Any]) -> None:
    plan = planned([], **waves)
    assert (len(plan.groups), len(plan.waves), len(plan.cut_edges), plan.findings) == (0, 0, 0, [])
    assert plan.summary["crossing_chance"] == 0
