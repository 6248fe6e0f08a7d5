"""Each fact counts what it names, and nothing of a sound estate."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import (
    ANALYSIS,
    CUT_EDGES,
    DEPENDENCIES,
    GROUP_MEMBERS,
    INVENTORY,
    MEMBERSHIPS,
    MOVE_GROUPS,
    SIZING,
    WAVES,
    FrameSchema,
)
from discovery_pipeline.quality.plan_facts import cost_facts, graph_facts, wave_facts

Row = dict[str, Any]
ASSETS: list[Row] = [{"asset_id": name} for name in ("a", "b", "c")]
EDGE = {"from_asset": "a", "to_asset": "b", "kind": "tier", "evidence": ["observed:1"], "confidence": 0.9}
MEMBER = {"asset_id": "a", "application_id": "crm", "reasons": ["named"]}
PRICE = {
    "asset_id": "a", "cpus_needed": 2.0, "cpus": 2, "memory_needed_gib": 8.0, "memory_gib": 8.0,
    "total_on_demand": 100.0, "total_low": 60.0, "total_high": 120.0, "currency": "USD", "price_date": date(2026, 5, 1),
    "reasons": ["allocated"],
}  # fmt: skip
GROUPS: list[Row] = [
    {"group_id": "g1", "members": ["a", "b"], "wave": 1},
    {"group_id": "g2", "members": ["c"], "wave": 2},
]
MEMBERS: list[Row] = [
    {"group_id": group, "asset_id": asset, "reason": "its own"}
    for group, asset in (("g1", "a"), ("g1", "b"), ("g2", "c"))
]
WHEN: list[Row] = [{"asset_id": "a", "wave": 1}, {"asset_id": "b", "wave": 1}, {"asset_id": "c", "wave": 2}]
COUNTED: list[Row] = [{"wave": 1, "assets": 2}, {"wave": 2, "assets": 1}]
LATE = {**EDGE, "to_asset": "c"}


def frame(rows: list[Row], schema: FrameSchema) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema)


def nonzero(facts: dict[str, float]) -> dict[str, float]:
    return {name: count for name, count in facts.items() if count}


@pytest.mark.parametrize(
    ("edge", "member", "expected"),
    [
        pytest.param({}, {}, {}, id="sound"),
        pytest.param({"evidence": []}, {}, {"edges_without_evidence": 1}, id="no evidence"),
        pytest.param({"to_asset": "x"}, {}, {"dangling_ends": 1}, id="end that is no asset"),
        pytest.param({"to_asset": "a"}, {}, {"edges_to_themselves": 1}, id="edge to itself"),
        pytest.param({"to_asset": None}, {}, {"ends_without_address": 1}, id="an outside without address"),
        pytest.param({"to_asset": None, "to_address": "8.8.8.8"}, {}, {}, id="an outside with one"),
        pytest.param({}, {"reasons": []}, {"memberships_without_reason": 1}, id="membership without reason"),
        pytest.param({}, {"asset_id": "x"}, {"dangling_ends": 1}, id="membership of no asset"),
    ],
)
def test_facts_of_the_graph(edge: Row, member: Row, expected: dict[str, float]) -> None:
    facts = graph_facts(
        frame([{**EDGE, **edge}], DEPENDENCIES), frame([{**MEMBER, **member}], MEMBERSHIPS), frame(ASSETS, INVENTORY)
    )
    assert nonzero(facts) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, {}, id="sound"),
        pytest.param({"price_date": None}, {"prices_without_date": 1}, id="a price without its date"),
        pytest.param({"storage": -1.0}, {"prices_below_zero": 1}, id="below zero"),
        pytest.param({"total_high": 90.0}, {"totals_outside_their_range": 1}, id="outside its range"),
        pytest.param(
            {"cpus": 1, "instance_type": "m"}, {"machines_smaller_than_needed": 1}, id="fewer CPUs than needed"
        ),
        pytest.param({"reasons": []}, {"sizings_without_reason": 1}, id="no reason"),
        pytest.param(dict.fromkeys(("total_on_demand", "total_low", "total_high", "price_date")), {}, id="not priced"),
    ],
)
def test_facts_of_costs(change: Row, expected: dict[str, float]) -> None:
    assert nonzero(cost_facts(frame([{**PRICE, **change}], SIZING))) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, {}, id="sound"),
        pytest.param(
            {"move_groups": [*GROUPS, {"group_id": "g3", "members": ["a"], "wave": 2}]},
            {"assets_in_two_groups": 1, "members_without_reason": 1, "waves_that_count_otherwise": 1},
            id="an asset in two groups",
        ),
        pytest.param(
            {"move_groups": [{**GROUPS[0], "wave": None}, GROUPS[1]]},
            {"groups_without_wave": 1, "waves_that_count_otherwise": 2},
            id="no wave",
        ),
        pytest.param({"group_members": MEMBERS[:2]}, {"members_without_reason": 1}, id="a member without reason"),
        pytest.param(
            {"waves": [{"wave": 1, "assets": 3}, COUNTED[1]]}, {"waves_that_count_otherwise": 1}, id="a wrong count"
        ),
        pytest.param(
            {"waves": [{**COUNTED[0], "starts": date(2027, 2, 1), "ends": date(2027, 1, 1)}, COUNTED[1]]},
            {"waves_out_of_order": 1},
            id="ends before it starts",
        ),
        pytest.param({"edges": [LATE]}, {"needs_across_waves_untold": 1}, id="a provider that moves later"),
        pytest.param(
            {"edges": [LATE], "cut_edges": [{"from_asset": "a", "to_asset": "c", "kind": "tier"}]}, {}, id="and is told"
        ),
        pytest.param({"edges": [{**LATE, "confidence": 0.4}]}, {}, id="a lead"),
        pytest.param({"edges": [{**LATE, "kind": "infrastructure"}]}, {}, id="a shared service"),
    ],
)
def test_facts_of_waves(change: dict[str, list[Row]], expected: dict[str, float]) -> None:
    rows = {
        "move_groups": GROUPS, "group_members": MEMBERS, "waves": COUNTED, "cut_edges": [], "analysis": WHEN,
        "edges": [EDGE], **change,
    }  # fmt: skip
    schemas = {
        "move_groups": MOVE_GROUPS, "group_members": GROUP_MEMBERS, "waves": WAVES, "cut_edges": CUT_EDGES,
        "analysis": ANALYSIS,
    }  # fmt: skip
    parts = {name: frame(rows[name], schema) for name, schema in schemas.items()}
    assert nonzero(wave_facts(parts, frame(rows["edges"], DEPENDENCIES), 0.5, 2)) == expected


def test_a_group_beyond_the_limit_counts() -> None:
    parts = {
        "move_groups": frame(GROUPS, MOVE_GROUPS), "group_members": frame(MEMBERS, GROUP_MEMBERS),
        "waves": frame(COUNTED, WAVES), "cut_edges": frame([], CUT_EDGES), "analysis": frame(WHEN, ANALYSIS),
    }  # fmt: skip
    assert nonzero(wave_facts(parts, frame([], DEPENDENCIES), 0.5, 1)) == {"groups_over_the_limit": 1}
