"""Days of waves, and the days on which nothing, or some things, may not move."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from discovery_pipeline.domain.analysis.waves.params import WaveParams
from discovery_pipeline.domain.analysis.waves.slots import Slots
from discovery_pipeline_tests.domain.analysis.waves.small_plans import (
    codes,
    machine,
    planned,
    reasons_of,
    software,
    waves_of,
)

YEAR_END = {"from": "2027-01-08", "to": "2027-01-20", "reason": "year end"}


def slots(**waves: Any) -> Slots:
    return Slots(WaveParams.model_validate({"start": "2027-01-01", "length_days": 7, **waves}))


def test_waves_follow_each_other_with_a_gap() -> None:
    found = slots(gap_days=3)
    assert found.days(1) == (date(2027, 1, 1), date(2027, 1, 7))
    assert found.days(3) == (date(2027, 1, 21), date(2027, 1, 27))


def test_a_blackout_of_all_is_waited_for_and_told() -> None:
    found = slots(blackouts=[YEAR_END, {"from": "2027-01-21", "to": "2027-01-21"}])
    assert found.days(2) == (date(2027, 1, 22), date(2027, 1, 28))
    assert found.pushed(2) == ["year end (2027-01-08 to 2027-01-20)", "blackout (2027-01-21 to 2027-01-21)"]
    assert found.pushed(1) == []


def test_without_a_start_there_are_no_days() -> None:
    plan = planned([machine("a")])
    assert plan.waves.select("starts", "ends").row(0) == (None, None)
    assert (plan.summary["starts"], Slots(WaveParams()).days(1)) == (None, None)


@pytest.mark.parametrize(
    "scope",
    [
        {"departments": ["FINANCE"]},
        {"owners": ["ann example"]},
        {"applications": ["crm"]},
        {"environments": ["production"], "departments": ["finance"]},
    ],
)
def test_a_freeze_closes_waves_for_whom_it_concerns(scope: dict[str, Any]) -> None:
    assets = [machine("a", department="Finance", business_owner="Ann Example"), machine("b")]
    assets += [software("p", "CRM", environment="production")]
    freeze = {"from": "2027-01-01", "to": "2027-01-09", "reason": "close", **scope}
    plan = planned(
        assets, serves=[("a", "p")], groups={"g": ["a", "p"]}, start="2027-01-01", length_days=7, blackouts=[freeze]
    )
    found = waves_of(plan)
    assert (found["a"], found["b"]) == (3, 1)
    assert reasons_of(plan, "g")[0][0].endswith("outside close (2027-01-01 to 2027-01-09)")


def test_another_environment_is_not_frozen() -> None:
    freeze = {**YEAR_END, "from": "2027-01-01", "environments": ["test"]}
    assert waves_of(planned([machine("a")], start="2027-01-01", blackouts=[freeze])) == {"a": 1}


def test_a_planned_wave_stays_where_it_is_and_is_told() -> None:
    freeze = {"from": "2027-01-01", "to": "2027-01-02", "departments": ["d"]}
    plan = planned([machine("a", planned_wave="1", department="D")], start="2027-01-01", blackouts=[freeze])
    assert (waves_of(plan), codes(plan)) == ({"a": 1}, ["planned_wave_in_blackout"])


def test_a_plan_behind_its_deadline_is_told() -> None:
    freeze = {"from": "2027-01-01", "to": "2027-02-10", "departments": ["d"]}
    plan = planned([machine("a", department="D")], start="2027-01-01", deadline="2027-02-12", blackouts=[freeze])
    assert codes(plan) == ["blackout_leaves_no_room", "plan_ends_after_deadline"]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"blackouts": [{**YEAR_END, "applications": ["No Such"]}]}, id="application of a freeze"),
        pytest.param({"blackouts": [{**YEAR_END, "departments": ["Legal", "Finance"]}]}, id="department of a freeze"),
        pytest.param({"pilots": {"applications": ["No Such"]}}, id="application of a pilot"),
    ],
)
def test_a_name_that_nothing_bears_is_told(said: dict[str, Any]) -> None:
    plan = planned([machine("a", department="Finance")], start="2027-01-01", **said)
    told = [found["detail"] for found in plan.findings if found["code"] == "plan_names_nothing"]
    assert len(told) == 1
    assert "Finance" not in told[0]


def test_names_that_something_bears_are_not_told() -> None:
    freeze = {**YEAR_END, "departments": ["finance"], "environments": ["production"]}
    plan = planned(
        [machine("a", department="Finance", environment="production")], start="2027-01-01", blackouts=[freeze]
    )
    assert "plan_names_nothing" not in codes(plan)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param({"blackouts": [{"from": "2027-01-01", "to": "9999-12-31"}]}, "retain", id="a freeze without end"),
        pytest.param({"start": "9999-12-01"}, "2200", id="a start that no calendar holds"),
    ],
)
def test_what_no_calendar_holds_is_refused(said: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        slots(**said)


def test_waves_without_end_stay_within_the_calendar() -> None:
    found = slots(
        start="2200-01-01", length_days=366, gap_days=366, blackouts=[{"from": "2195-01-01", "to": "2204-12-31"}]
    )
    assert found.days(4000) == (date.max, date.max)
