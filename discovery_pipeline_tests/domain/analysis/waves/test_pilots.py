"""Which groups pilot."""

from __future__ import annotations

from typing import Any

import pytest

from discovery_pipeline_tests.domain.analysis.waves.small_plans import (
    Asset,
    codes,
    machine,
    planned,
    reasons_of,
    software,
    waves_of,
)


def estate(**first: Any) -> list[Asset]:
    """40 machines of high criticality and a first one as told."""
    return [machine("a00", **first), *[machine(f"b{n:02}", criticality="high") for n in range(39)]]


def test_little_at_stake_goes_first_and_alone() -> None:
    plan = planned(estate(criticality="low"))
    assert [a for a, wave in waves_of(plan).items() if wave == 1] == ["a00"]
    assert plan.waves["pilot"].to_list() == [True, False]
    assert reasons_of(plan, "a00")[0][0].startswith("pilot: little at stake")


def test_a_group_that_needs_others_is_no_pilot() -> None:
    plan = planned(estate(criticality="low"), [("a00", "b00")])
    assert not plan.waves["pilot"].any()


def test_pilots_are_of_the_first_environment() -> None:
    assets = [*estate(criticality="low"), *[machine(f"t{n:02}", "test", criticality="medium") for n in range(3)]]
    plan = planned(assets, pilots={"assets": 2})
    assert sorted(a for a, wave in waves_of(plan).items() if wave == 1) == ["t00", "t01"]


def test_several_platforms_are_tried() -> None:
    machines = [machine(f"l{n:02}", criticality="low") for n in range(38)]
    machines += [machine(f"w{n}", criticality="low", os_platform="windows") for n in range(2)]
    plan = planned(machines)
    assert sorted(a for a, wave in waves_of(plan).items() if wave == 1) == ["l00", "w0"]


def test_several_pilot_waves() -> None:
    plan = planned([machine(f"m{n:03}", criticality="low") for n in range(60)], pilots={"waves": 2, "share": 0.05})
    assert plan.waves.select("assets", "pilot").rows() == [(3, True), (3, True), (54, False)]


def test_a_small_estate_and_a_plan_without_pilots_have_none() -> None:
    assert not planned([machine(f"m{n}", criticality="low") for n in range(10)]).waves["pilot"].any()
    assert not planned(estate(criticality="low"), pilots={"waves": 0}).waves["pilot"].any()


def test_a_planned_first_wave_that_fills_the_room_is_the_pilot() -> None:
    assets = [*estate(criticality="low"), *(machine(f"c{n}", planned_wave="Wave 1") for n in range(2))]
    assert not planned(assets).waves["pilot"].any()


def test_a_group_planned_for_the_first_wave_leaves_the_others_their_pilot() -> None:
    machines = [machine(f"m{n:03}", criticality="low") for n in range(60)]
    before, pinned = planned(machines), planned([*machines, machine("c", planned_wave="Wave 1")])
    first = [[a for a, wave in waves_of(plan).items() if wave == 1] for plan in (before, pinned)]
    assert first == [["m000", "m001", "m002"], ["c", "m000", "m001"]]
    assert pinned.waves["pilot"].to_list() == [True, False]
    assert reasons_of(pinned, "c") == [["wave 1 is planned for it"]]


def test_a_label_or_a_plan_names_pilots_even_critical_production_which_is_told() -> None:
    assets = [*estate(criticality="critical", planned_wave="Pilot"), software("crm", "CRM System"), machine("x")]
    by_label = planned(assets)
    assert [a for a, wave in waves_of(by_label).items() if wave == 1] == ["a00"]
    assert codes(by_label) == ["critical_production_in_pilot"]
    by_plan = planned(assets[1:], serves=[("x", "crm")], pilots={"applications": ["crm-system"]})
    assert sorted(a for a, wave in waves_of(by_plan).items() if wave == 1) == ["crm", "x"]
    assert reasons_of(by_plan, "x") == [["pilot: named as one"]]


@pytest.mark.parametrize(
    ("first", "words"),
    [
        pytest.param({"planned_wave": "Wave 1"}, "what is planned for its first waves leaves", id="planned waves"),
        pytest.param({"criticality": "high"}, "no group is small", id="nothing uncritical"),
    ],
)
def test_why_no_wave_is_a_pilot_is_told(first: dict[str, Any], words: str) -> None:
    told = [found["detail"] for found in planned(estate(**first)).findings if found["code"] == "no_pilot_wave"]
    assert len(told) == 1
    assert words in told[0]


def test_an_estate_too_small_for_a_pilot_says_nothing_of_it() -> None:
    assert "no_pilot_wave" not in codes(planned([machine("a"), machine("b")]))
