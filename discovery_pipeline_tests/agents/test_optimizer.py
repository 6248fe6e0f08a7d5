"""Plans against simulated models: the best one is found and kept, the floor and the budget hold, chance is a hash."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from discovery_pipeline.agents.optimizer import History, Record, planned
from discovery_pipeline.agents.ports import Plan
from discovery_pipeline.agents.strategy import GOALS, Goal, Strategy, read_strategy
from discovery_pipeline.domain.errors import UsageError

AGENT = "mapping"
RUNS = 60


@dataclass(frozen=True)
class Model:
    """An endpoint of a simulation. right: its true share. usd: per item."""

    name: str
    right: float
    latency_ms: float = 1000.0
    usd: float | None = 0.001
    model: str = "m"
    provider: str = "p"
    concurrency: int = 4


GOOD = Model("a/good", 0.97, 2000, 0.004)
FAIR = Model("b/fair", 0.93, 900, 0.0005)
POOR = Model("c/poor", 0.6, 200, 0.0001)
MODELS = (POOR, FAIR, GOOD)


def simulated(
    wanted: Strategy, models: tuple[Model, ...] = MODELS, tenant: str = "acme", runs: int = RUNS
) -> list[str]:
    """Which model is asked first in each run, when each run measures it on 32 controls."""
    drawn, history, first = random.Random(5), History(), []
    by_name = {model.name: model for model in models}
    for run in range(runs):
        plan = planned(tenant, AGENT, 40, models, replace(history, runs={AGENT: run}), wanted)
        chosen = by_name[plan.endpoints[0] if plan.endpoints else models[0].name]
        first.append(chosen.name)
        history = replace(history, records=seen(history.records, chosen, drawn))
    return first


def seen(
    records: Mapping[tuple[str, str], Record], model: Model, drawn: random.Random
) -> dict[tuple[str, str], Record]:
    key = (AGENT, model.name)
    before = records.get(key, Record())
    right = sum(drawn.random() < model.right for _ in range(32))
    return {
        **records,
        key: Record(
            controls=before.controls + 32, right=before.right + right, calls=before.calls + 2,
            latency_ms=model.latency_ms, usd_per_item=model.usd,
        ),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("goal", "floor", "best"),
    [
        ("accurate", 0.9, "a/good"),
        ("cheap", 0.9, "b/fair"),
        ("cheap", 0.5, "c/poor"),
        ("fast", 0.9, "b/fair"),
        ("balanced", 0.9, "b/fair"),
        ("balanced", 0.95, "a/good"),
    ],
)
def test_runs_converge_to_the_best_model_for_the_goal(goal: Goal, floor: float, best: str) -> None:
    first = simulated(Strategy(goal, floor))
    settled = first[RUNS // 2 :]
    assert settled.count(best) >= 0.85 * len(settled)


@pytest.mark.parametrize("tenant", ["acme", "globex", "initech"])
def test_whatever_is_tried_first_a_model_below_the_floor_is_left_and_never_tried_again(tenant: str) -> None:
    first = simulated(Strategy("cheap", 0.9), tenant=tenant)
    assert first[0] == "c/poor"  # nothing was known: as configured
    last_poor = max(run for run, name in enumerate(first) if name == "c/poor")
    assert last_poor < 12
    assert "a/good" in simulated(Strategy("balanced", 0.9), tenant=tenant)


def test_the_same_history_gives_the_same_plan_and_other_tenants_try_at_other_times() -> None:
    wanted = Strategy("balanced")
    assert simulated(wanted) == simulated(wanted)
    assert len({tuple(simulated(wanted, tenant=name)) for name in ("acme", "globex", "initech")}) > 1


def known(**figures: Record) -> History:
    return History({(AGENT, {"good": "a/good", "fair": "b/fair", "poor": "c/poor"}[n]): r for n, r in figures.items()})


GOOD_SEEN = Record(controls=320, right=310, calls=20, latency_ms=2000, usd_per_item=0.004)
FAIR_SEEN = Record(controls=320, right=298, calls=20, latency_ms=900, usd_per_item=0.0005)


def plan(history: History, wanted: Strategy | None, doubts: int = 40, models: tuple[Model, ...] = (GOOD, FAIR)) -> Plan:
    return planned("acme", AGENT, doubts, models, history, wanted)


def test_nothing_known_is_as_configured() -> None:
    found = plan(History(), Strategy())
    assert (found.endpoints, found.together, found.use_kept) == ((), None, True)
    assert "nothing is known yet" in found.reason


def asked_first(history: History, wanted: Strategy | None, *models: Model) -> set[str]:
    """Whom 400 runs ask first."""
    runs = (replace(history, runs={AGENT: run}) for run in range(400))
    return {plan(one, wanted, models=models).endpoints[0] for one in runs}


def test_without_a_strategy_the_configured_order_stands() -> None:
    """Whoever lists a model of their own before a paid one did not agree to pay, nor to send data there."""
    local = replace(FAIR_SEEN, usd_per_item=0.0)
    assert asked_first(known(fair=local), None, FAIR, GOOD) == {"b/fair"}
    assert asked_first(known(good=GOOD_SEEN, poor=replace(FAIR_SEEN, right=150)), None, POOR, GOOD) == {"c/poor"}
    found = plan(known(good=GOOD_SEEN, poor=replace(FAIR_SEEN, right=150, crowded=8)), None, models=(POOR, FAIR, GOOD))
    assert found.endpoints == ("c/poor", "b/fair", "a/good")
    assert (found.together, found.concurrency) == (20, 2)
    assert found.reason.startswith("configured order: c/poor comes first (right on 150 of 320 controls")
    assert "the strategy balanced floor 0.9 would ask a/good first (right on 310 of 320" in found.reason
    corrected = replace(GOOD_SEEN, changes=20, taken_back=12)
    assert not plan(known(good=corrected), None, models=(GOOD,)).use_kept
    assert "nothing is known yet" in plan(History(), None).reason


def test_the_others_follow_in_the_configured_order() -> None:
    """Whoever answers worst stands second all the same, where it was put there."""
    history = known(good=GOOD_SEEN, fair=replace(FAIR_SEEN, right=200), poor=FAIR_SEEN)
    assert plan(history, Strategy("accurate"), models=(FAIR, POOR, GOOD)).endpoints == ("a/good", "b/fair", "c/poor")


def test_cheap_tries_nothing_dearer_than_what_is_good_enough() -> None:
    local = replace(FAIR_SEEN, usd_per_item=0.0)
    dear = replace(known(fair=local), usd_per_item={"a/good": 0.02})
    assert asked_first(dear, Strategy("cheap"), FAIR, GOOD) == {"b/fair"}
    assert asked_first(known(fair=local), Strategy("cheap"), FAIR, GOOD) == {"b/fair"}  # of no known price
    cheaper = replace(known(fair=FAIR_SEEN), usd_per_item={"a/good": 0.0001})
    assert asked_first(cheaper, Strategy("cheap"), FAIR, GOOD) == {"b/fair", "a/good"}
    poor = replace(known(fair=replace(local, right=200)), usd_per_item={"a/good": 0.02})
    assert "a/good" in asked_first(poor, Strategy("cheap"), FAIR, GOOD)  # what there is is not good enough


def test_a_model_that_exceeds_what_is_left_of_the_budget_is_not_asked_first() -> None:
    history = known(good=GOOD_SEEN, fair=FAIR_SEEN)
    assert plan(history, Strategy("accurate")).endpoints[0] == "a/good"
    poorer = replace(history, usd_left=0.1)
    assert plan(poorer, Strategy("accurate")).endpoints[0] == "b/fair"
    assert "exceed the budget" in plan(poorer, Strategy("accurate")).reason
    assert plan(replace(history, usd_left=0.0), Strategy("accurate")).endpoints[0] == "b/fair"


def test_below_the_floor_the_most_accurate_is_asked_and_it_says_so() -> None:
    weak = replace(FAIR_SEEN, right=200)
    found = plan(known(fair=weak, poor=replace(weak, right=190)), Strategy("cheap"), models=(POOR, FAIR))
    assert found.endpoints[0] == "b/fair"
    assert "no model is above the floor" in found.reason


def test_what_people_took_back_counts_against_a_model() -> None:
    corrected = replace(GOOD_SEEN, changes=200, taken_back=60)
    assert plan(known(good=corrected, fair=FAIR_SEEN), Strategy("accurate")).endpoints[0] == "b/fair"


def test_answers_that_people_keep_taking_back_do_not_serve_again() -> None:
    corrected = replace(GOOD_SEEN, changes=20, taken_back=12)
    assert not plan(known(good=corrected), Strategy("accurate"), models=(GOOD,)).use_kept
    assert plan(known(good=replace(corrected, taken_back=1)), Strategy("accurate"), models=(GOOD,)).use_kept


def test_an_unknown_model_is_judged_by_its_other_tasks() -> None:
    elsewhere = {("cleansing", "c/poor"): Record(controls=320, right=190, calls=20)}
    history = History({**elsewhere, (AGENT, "b/fair"): FAIR_SEEN})
    tried = {
        planned("acme", AGENT, 40, (FAIR, POOR), replace(history, runs={AGENT: run}), Strategy()).endpoints[0]
        for run in range(60)
    }
    assert tried == {"b/fair"}
    unknown = History({(AGENT, "b/fair"): FAIR_SEEN})
    tried = {
        planned("acme", AGENT, 40, (FAIR, GOOD), replace(unknown, runs={AGENT: run}), Strategy()).endpoints[0]
        for run in range(60)
    }
    assert tried == {"b/fair", "a/good"}


def test_an_endpoint_that_fails_is_worth_less() -> None:
    failing = replace(GOOD_SEEN, calls=40, failed=20)
    assert plan(known(good=failing, fair=FAIR_SEEN), Strategy("accurate")).endpoints[0] == "b/fair"


@pytest.mark.parametrize(
    ("goal", "record", "together"),
    [
        ("cheap", GOOD_SEEN, 40),
        ("fast", GOOD_SEEN, 40),
        ("balanced", GOOD_SEEN, 20),
        ("accurate", GOOD_SEEN, 20),
        ("cheap", replace(GOOD_SEEN, calls=3), 20),
        ("cheap", replace(GOOD_SEEN, unusable=6), 20),
    ],
)
def test_more_stand_together_where_long_answers_came_back_whole(goal: Goal, record: Record, together: int) -> None:
    assert plan(known(good=record), Strategy(goal), models=(GOOD,)).together == together


def test_a_crowded_endpoint_is_asked_less_at_once() -> None:
    assert plan(known(good=GOOD_SEEN), Strategy(), models=(GOOD,)).concurrency is None
    crowded = plan(known(good=replace(GOOD_SEEN, crowded=8)), Strategy(), models=(GOOD,))
    assert crowded.concurrency == 2
    assert "2 calls at once" in crowded.reason


def test_a_plan_says_why() -> None:
    reason = plan(known(good=GOOD_SEEN), Strategy("accurate"), models=(GOOD,)).reason
    assert reason == (
        "accurate floor 0.9: a/good fits best (right on 310 of 320 controls, 2.0 s a call, "
        "4.0000 US$ per 1,000 items); 20 together"
    )


@pytest.mark.parametrize(
    ("text", "strategy"),
    [
        *((goal, Strategy(goal)) for goal in GOALS),
        ("Configured", None),
        ("Cheap floor 0.95", Strategy("cheap", 0.95)),
        (" fast  floor 0.5 ", Strategy("fast", 0.5)),
    ],
)
def test_strategies_are_read(text: str, strategy: Strategy | None) -> None:
    assert read_strategy(text) == strategy
    assert strategy is None or read_strategy(strategy.text) == strategy


@pytest.mark.parametrize(
    "text", ["", "best", "cheap 0.9", "cheap floor", "cheap floor nan", "cheap floor 1", "cheap floor 0.2", "floor 0.9"]
)
def test_other_words_are_no_strategy(text: str) -> None:
    with pytest.raises(UsageError, match="no strategy for models"):
        read_strategy(text)
