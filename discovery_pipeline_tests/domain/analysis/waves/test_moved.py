"""What breaks when groups are moved by hand, told of small estates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.analysis.waves.kept import KeptPlan, kept_of
from discovery_pipeline.domain.analysis.waves.moved import (
    Consequences,
    consequences,
    followers,
    given_waves,
    group_numbers,
)
from discovery_pipeline.domain.analysis.waves.params import WaveParams
from discovery_pipeline.domain.analysis.waves.placing import known_of
from discovery_pipeline.domain.analysis.waves.plan import plan_waves
from discovery_pipeline_tests.domain.analysis.waves.small_plans import given, machine, software

NO_PILOTS = {"pilots": {"waves": 0}}


@dataclass(frozen=True)
class Kept:
    plan: KeptPlan
    params: WaveParams


def known(*estate: Any, waves: dict[str, Any] | None = None, **more: Any) -> Kept:
    params = AnalysisParams.model_validate({"waves": {**NO_PILOTS, **(waves or {})}})
    return Kept(kept_of(known_of(given(*estate, **more), params)), params.waves)


def after(known: Kept, waves: dict[str, int], **moves: int) -> Consequences:
    """What comes of moves, all named by group ids."""
    numbers = group_numbers(known.plan, moves)
    standing = given_waves(known.plan, pl.DataFrame({"group_id": list(waves), "wave": list(waves.values())}))
    return consequences(known.plan, known.params, standing, {numbers[group]: wave for group, wave in moves.items()})


TIERS = [machine("web"), machine("db")], [("web", "db")]


@pytest.mark.parametrize(
    ("waves", "moves", "crossing"),
    [
        pytest.param({"web": 1, "db": 1}, {"web": 2}, ["provider_first"], id="apart, the provider first"),
        pytest.param({"web": 1, "db": 1}, {"db": 2}, ["dependent_first"], id="apart, in the wrong order"),
        pytest.param({"web": 2, "db": 1}, {"db": 3}, ["dependent_first"], id="crossing, now the other way round"),
        pytest.param({"web": 2, "db": 1}, {"web": 3}, [], id="crosses as it did"),
        pytest.param({"web": 1, "db": 1}, {"web": 2, "db": 2}, [], id="both together"),
        pytest.param({"web": 1, "db": 1}, {"web": 1}, [], id="where it stands"),
    ],
)
def test_needs_that_would_cross_are_told(waves: dict[str, int], moves: dict[str, int], crossing: list[str]) -> None:
    found = after(known(*TIERS), waves, **moves)
    assert found.crossing["crossing"].to_list() == crossing
    assert found.breaks is bool(crossing)


def test_a_crossing_need_names_its_ends_and_why() -> None:
    found = after(known(*TIERS), {"web": 1, "db": 1}, db=2).crossing.row(0, named=True)
    assert (found["from_asset"], found["to_asset"], found["from_wave"], found["to_wave"]) == ("web", "db", 1, 2)
    assert found["reason"].startswith("web moves in wave 1, its provider db only in 2: calls go back until then")


def test_a_need_that_is_mended_is_told_and_breaks_nothing() -> None:
    found = after(known(*TIERS), {"web": 1, "db": 2}, web=2)
    assert found.mended["crossing"].to_list() == ["dependent_first"]
    assert not found.breaks


def test_a_wave_over_its_limit_is_told_with_the_figures() -> None:
    plan = known([machine("a"), machine("b"), machine("c")], waves={"capacity": 2})
    found = after(plan, {"a": 1, "b": 1, "c": 2}, c=1)
    assert found.over.to_dicts() == [{"wave": 1, "load": "size", "before": 2.0, "after": 3.0, "bound": 2.0}]


def test_production_before_its_test_environment_is_told() -> None:
    plan = known([machine("t", "test"), machine("p"), software("crm", "CRM", environment=None)],
                 serves=[("t", "crm"), ("p", "crm")], strategies={"crm": "retain"})  # fmt: skip
    assert after(plan, {"t": 1, "p": 2}, p=1).steps.to_dicts() == [{"first": 1, "earlier": 1, "application": "CRM"}]
    assert after(plan, {"t": 1, "p": 2}, p=3).steps.is_empty()


def test_a_shared_service_left_behind_is_told() -> None:
    plan = known([machine("web"), machine("dns")], [("web", "dns", {"kind": "infrastructure"})])
    found = after(plan, {"web": 1, "dns": 1}, web=2)
    assert found.services.to_dicts() == [{"name": "dns", "users": 1}]
    assert found.crossing.is_empty()


def test_a_freeze_and_the_deadline_are_told() -> None:
    freeze = {"from": "2027-01-15", "to": "2027-01-20", "reason": "year end", "environments": ["production"]}
    waves = {"start": "2027-01-01", "length_days": 14, "deadline": "2027-01-31", "blackouts": [freeze]}
    plan = known([machine("p")], waves=waves)
    assert after(plan, {"p": 1}, p=2).frozen == (("p", 2, "year end (2027-01-15 to 2027-01-20)"),)
    found = after(plan, {"p": 1}, p=3)
    assert (found.frozen, found.late) == ((), (3,))


def test_the_next_plan_is_the_plan_of_an_estate_with_those_waves() -> None:
    """Moves followed by the plan come to what a run makes of the same planned waves in the data."""
    estate = [machine("a"), machine("b"), machine("c"), machine("d")]
    ties, limits = [("b", "a"), ("c", "b")], {"capacity": 2, **NO_PILOTS}
    params = AnalysisParams.model_validate({"waves": limits})
    before = plan_waves(given(estate, ties), params).groups
    told = plan_waves(given([{**a, "planned_wave": "3"} if a["asset_id"] == "a" else a for a in estate], ties), params)
    joined = before.select("group_id", "wave").join(told.groups.select("group_id", after="wave"), on="group_id")
    others = joined.filter(pl.col("wave") != pl.col("after"), pl.col("group_id") != "a").sort("group_id")
    plan = known(estate, ties, waves=limits)
    moves = {group_numbers(plan.plan, ["a"])["a"]: 3}
    found = followers(plan.plan, plan.params, given_waves(plan.plan, before), moves).sort("group_id")
    assert len(others)
    assert found.select("group_id", "wave", "after").rows() == others.rows()
