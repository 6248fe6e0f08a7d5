"""What moves before what: environments, criticality, needs, circles, room, planned waves."""

from __future__ import annotations

import pytest

from discovery_pipeline_tests.domain.analysis.waves.small_plans import (
    codes,
    machine,
    planned,
    reasons_of,
    software,
    waves_of,
)


def crowd(name: str, count: int, **more: object) -> list[dict[str, object]]:
    return [machine(f"{name}{n}", **more) for n in range(count)]  # type: ignore[arg-type]


def group(name: str, count: int) -> dict[str, list[str]]:
    return {name: [f"{name}{n}" for n in range(count)]}


def test_phases_follow_each_other_and_critical_groups_come_last_within_one() -> None:
    assets = [
        *crowd("a", 5, criticality="critical"),
        *crowd("b", 5, criticality="low"),
        *crowd("c", 5, environment="sandbox", criticality="low"),
        *crowd("d", 5, environment="staging"),
    ]
    groups = {**group("a", 5), **group("b", 5), **group("c", 5), **group("d", 5)}
    found = waves_of(planned(assets, groups=groups, capacity=5))
    assert [found[name] for name in ("a0", "b0", "c0", "d0")] == [4, 3, 1, 2]


def test_a_group_larger_than_a_wave_gets_one_of_its_own() -> None:
    assets = [*crowd("a", 3, criticality="low"), *crowd("b", 50), *crowd("c", 3, criticality="high")]
    plan = planned(assets, groups={**group("a", 3), **group("b", 50), **group("c", 3)}, capacity=10, count=50)
    found = waves_of(plan)
    assert [found[name] for name in ("a0", "b0", "c0")] == [1, 2, 1]
    assert codes(plan) == ["group_over_capacity"]


def test_planned_loads_take_room() -> None:
    assets = [*crowd("a", 10, planned_wave="Wave 1"), machine("b")]
    found = waves_of(planned(assets, groups=group("a", 10), capacity=10))
    assert (found["a0"], found["b"]) == (1, 2)


def test_a_chain_of_needs_moves_provider_first_and_fills_waves() -> None:
    names = [f"s{n:02}" for n in range(12)]
    chain = [(names[n], names[n + 1]) for n in range(11)]
    found = waves_of(planned([machine(s) for s in names], chain, capacity=3))
    assert all(found[provider] <= found[dependent] for dependent, provider in chain)
    assert sorted(set(found.values())) == [1, 2, 3, 4]


@pytest.mark.parametrize("order", ["environment", "application"])
@pytest.mark.parametrize("soak", [0, 2])
def test_an_applications_test_moves_and_soaks_before_its_production(order: str, soak: int) -> None:
    assets = [machine("t", "test"), machine("s", "staging"), machine("p"), software("crm", "CRM")]
    serves = [(name, "crm") for name in "tsp"]
    plan = planned(assets, groups={"prod": ["p", "crm"]}, serves=serves, order=order, soak_waves=soak)
    found = waves_of(plan)
    assert [found["t"], found["s"], found["p"]] == [1, 2 + soak, 3 + 2 * soak]
    assert any("earlier environments of CRM" in reason for reasons in plan.groups["wave_reasons"] for reason in reasons)


def test_by_application_others_do_not_wait_for_all_tests() -> None:
    assets = [machine("t", "test"), machine("other"), software("crm", "CRM"), machine("p")]
    given = {"serves": [("t", "crm"), ("p", "crm")], "groups": {"prod": ["p", "crm"]}}
    assert waves_of(planned(assets, **given, order="application"))["other"] == 1  # type: ignore[arg-type]
    assert waves_of(planned(assets, **given))["other"] == 2  # type: ignore[arg-type]


def test_test_does_not_wait_for_the_production_that_it_calls_and_the_need_is_listed() -> None:
    plan = planned([machine("t", "test"), machine("p")], [("t", "p")])
    assert waves_of(plan) == {"t": 1, "p": 2}
    assert plan.cut_edges.select("from_asset", "to_asset", "crossing").rows() == [("t", "p", "dependent_first")]


def test_what_has_no_environment_goes_with_what_it_needs() -> None:
    plan = planned([machine("q", None), machine("r", None), machine("p")], [("q", "r"), ("r", "p")])
    assert set(waves_of(plan).values()) == {1}
    assert all("no environment is known: it goes with production, dr" in r for r in reasons_of(plan, "q", "r"))


def test_a_circle_that_fits_moves_at_once_after_the_room_it_needs() -> None:
    assets = [*crowd("x", 2, criticality="low"), *[machine(name) for name in "abc"]]
    circle = [("a", "b"), ("b", "c"), ("c", "a")]
    plan = planned(assets, circle, groups=group("x", 2), capacity=4)
    assert waves_of(plan) == {"x0": 1, "x1": 1, "a": 2, "b": 2, "c": 2}
    assert len(plan.cut_edges) == 0


def test_a_circle_too_large_is_cut_where_it_is_weakest() -> None:
    ties = [("a", "b"), ("b", "c", {"confidence": 0.6}), ("c", "a")]
    plan = planned([machine(name) for name in "abc"], ties, capacity=2)
    cut = plan.cut_edges.filter(crossing="dependent_first")
    assert cut.select("from_asset", "to_asset").rows() == [("b", "c")]
    assert codes(plan) == ["circles_of_needs_cut"]


def test_planned_waves_win_and_their_providers_are_pulled_before_them() -> None:
    assets = [machine("a", planned_wave="2"), *[machine(name) for name in "bcdefgh"]]
    plan = planned(assets, [("a", "h")], capacity=2)
    found = waves_of(plan)
    assert found["a"] == 2
    assert found["h"] <= 2


def test_planned_waves_against_needs_and_environments_are_told() -> None:
    assets = [machine("t", "test", planned_wave="W3"), machine("p", planned_wave="W1"), software("crm", "CRM")]
    plan = planned(assets, [("p", "t")], serves=[("t", "crm"), ("p", "crm")], groups={"g": ["p", "crm"]})
    assert (waves_of(plan)["t"], waves_of(plan)["p"]) == (3, 1)
    assert codes(plan) == ["planned_waves_against_dependencies", "later_environment_moves_first"]


def test_all_planned() -> None:
    plan = planned([machine(f"m{n}", planned_wave=f"Wave {1 + n % 4}") for n in range(40)])
    assert plan.waves.select("wave", "assets").rows() == [(n, 10) for n in range(1, 5)]
    assert not plan.waves["pilot"].any()
    assert codes(plan) == []


@pytest.mark.parametrize(
    ("bound", "field"),
    [
        ({"capacity_tib": 1.0}, {"storage_used_gib": 512.0}),
        ({"capacity_production": 2}, {}),
        ({"capacity_risk": 2.0}, {"criticality": "critical"}),
    ],
)
def test_other_loads_bound_a_wave_too(bound: dict[str, object], field: dict[str, object]) -> None:
    plan = planned([machine(f"m{n}", **field) for n in range(6)], **bound)
    assert plan.waves["assets"].to_list() == [2, 2, 2]
