"""Every constraint of a plan holds, or what breaks it is listed: on random estates."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.waves.plan import WavePlan
from discovery_pipeline.domain.handoffs import CUT_EDGES, WAVES
from discovery_pipeline_tests.domain.analysis.waves.small_plans import Asset, Edge, machine, planned, software, waves_of

_PHASE = {"development": 0, "test": 0, "staging": 1, "production": 2}
_CAPACITY = 12
_FREEZE = {"from": "2027-02-01", "to": "2027-02-20", "reason": "half year", "departments": ["d1"]}


class World:
    """A random estate: applications with servers in several environments, needs inside and between."""

    def __init__(self, seed: int, planned_share: float) -> None:
        draw = random.Random(seed)
        self.assets: list[Asset] = []
        self.serves: list[tuple[str, str]] = []
        self.groups: dict[str, list[str]] = {}
        for app in range(12):
            name = f"p{app:02}"
            self.assets.append(software(name, f"App {app}"))
            for n in range(draw.randint(1, 6)):
                where = draw.choice([*_PHASE, "production", None])
                held = machine(
                    f"m{app:02}{n}", where, criticality=draw.choice(["low", "medium", "critical", None]),
                    department=f"d{app % 3}", storage_used_gib=draw.uniform(1, 900),
                    planned_wave=f"W{draw.randint(1, 6)}" if draw.random() < planned_share else None,
                )  # fmt: skip
                self.assets.append(held)
                self.serves.append((held["asset_id"], name))
                self.groups.setdefault(f"g{app:02}-{where}", []).append(held["asset_id"])
        machines = [a["asset_id"] for a in self.assets if a["classified_type"] != "application"]
        pairs = {(draw.choice(machines), draw.choice(machines)) for _ in range(60)}
        self.ties: list[Edge] = [
            (a, b, {"confidence": round(draw.uniform(0.3, 1), 2), "observations": draw.randint(0, 9999)})
            for a, b in sorted(pairs)
            if a != b
        ]
        self.strategies = {m: draw.choice(["retain", "retire"]) for m in draw.sample(machines, 4)}
        kept = {g: [m for m in held if m not in self.strategies] for g, held in self.groups.items()}
        self.groups = {g: held for g, held in kept.items() if held}

    def plan(self, backwards: bool = False, **waves: object) -> WavePlan:
        step = -1 if backwards else 1
        groups = dict(list(self.groups.items())[::step])
        return planned(self.assets[::step], self.ties[::step], groups, self.serves[::step], self.strategies, **waves)


_SETTINGS = {
    "plain": {},
    "soak": {"soak_waves": 1},
    "by application": {"order": "application"},
    "dated": {"start": "2027-01-04", "length_days": 7, "blackouts": [_FREEZE]},
}


@pytest.fixture(params=[(seed, share) for seed in range(4) for share in (0.0, 0.2)], ids=str)
def world(request: pytest.FixtureRequest) -> World:
    return World(*request.param)


@pytest.mark.parametrize("name", list(_SETTINGS))
def test_every_need_between_waves_is_listed_and_no_other(world: World, name: str) -> None:
    plan = world.plan(capacity=_CAPACITY, **_SETTINGS[name])
    found = waves_of(plan)
    believed = [(t[0], t[1]) for t in world.ties if t[2]["confidence"] >= 0.5]  # type: ignore[misc]
    expected = set()
    for dependent, provider in believed:
        fates = [world.strategies.get(end) for end in (dependent, provider)]
        if fates[0] == "retire":
            continue
        apart = found.get(dependent) != found.get(provider)
        if apart or fates[1] == "retire":
            expected.add((dependent, provider))
    assert dict(plan.cut_edges.schema) == CUT_EDGES
    assert set(plan.cut_edges.select("from_asset", "to_asset").rows()) == expected
    assert plan.cut_edges["risk"].is_between(0, 1).all()


@pytest.mark.parametrize("name", list(_SETTINGS))
def test_unplanned_groups_keep_capacity_and_the_order_of_environments(world: World, name: str) -> None:
    plan = world.plan(capacity=_CAPACITY, **_SETTINGS[name])
    found = waves_of(plan)
    said = {a["asset_id"] for a in world.assets if a.get("planned_wave")}
    held = pl.DataFrame({"asset": list(found), "wave": list(found.values())})
    loads = held.group_by("wave").len()
    free = set(loads["wave"]) - {found[a] for a in said if a in found}
    bound = plan.summary["capacity"]["assets"]
    assert loads.filter(pl.col("wave").is_in(sorted(free)))["len"].max() <= bound
    soak = _SETTINGS[name].get("soak_waves", 0)
    for app in {a for _, a in world.serves}:
        steps: dict[int, list[int]] = {}
        for group, members in world.groups.items():
            phase = _PHASE.get(group.split("-")[1])
            if phase is not None and group.startswith(f"g{app[1:]}-") and not said & set(members):
                steps.setdefault(phase, []).append(found[members[0]])
        order = [steps[phase] for phase in sorted(steps)]
        assert all(max(a) + 1 + soak <= min(b) for a, b in pairwise(order))


def test_needs_without_a_circle_or_an_environment_against_them_are_respected(world: World) -> None:
    plan = world.plan(capacity=_CAPACITY)
    loosened = " ".join(r for reasons in plan.groups["wave_reasons"] for r in reasons if "set no order" in r)
    broken = plan.cut_edges.filter(crossing="dependent_first")
    said = {a["asset_id"] for a in world.assets if a.get("planned_wave")}
    if len(broken.filter(~pl.col("from_asset").is_in(said) & ~pl.col("to_asset").is_in(said))):
        assert loosened


def test_nothing_unplanned_moves_on_a_day_of_its_freeze(world: World) -> None:
    plan = world.plan(capacity=_CAPACITY, **_SETTINGS["dated"])
    found = waves_of(plan)
    days = {w: (first, last) for w, first, last in plan.waves.select("wave", "starts", "ends").rows()}
    grouped = {m: set(held) for held in world.groups.values() for m in held}
    for asset in world.assets:
        name = asset["asset_id"]
        alone = not any(a.get("planned_wave") for a in world.assets if a["asset_id"] in grouped.get(name, {name}))
        if asset.get("department") == "d1" and name in found and alone:
            first, last = days[found[name]]
            assert last < date(2027, 2, 1) or first > date(2027, 2, 20)


def test_the_order_of_rows_changes_nothing(world: World) -> None:
    forward, backward = world.plan(capacity=_CAPACITY), world.plan(backwards=True, capacity=_CAPACITY)
    assert forward.groups.equals(backward.groups)
    assert forward.waves.equals(backward.waves)
    assert forward.cut_edges.equals(backward.cut_edges)
    assert (forward.findings, forward.summary) == (backward.findings, backward.summary)


def test_waves_count_what_is_in_them_and_every_figure_is_in_bounds(world: World) -> None:
    plan = world.plan(capacity=_CAPACITY)
    assert dict(plan.waves.schema) == WAVES
    counted = plan.groups.group_by("wave").agg(assets=pl.col("members").list.len().sum(), groups=pl.len()).sort("wave")
    assert plan.waves.select("wave", pl.col("assets", "groups")).cast(pl.Int64).equals(counted.cast(pl.Int64))
    for name in ("priority", "risk", "confidence", "crossing_chance"):
        assert plan.waves[name].is_between(0, 1).all()
    assert (plan.waves["reasons"].list.len() >= 4).all()
    assert (plan.groups["wave_reasons"].list.len() >= 1).all()
