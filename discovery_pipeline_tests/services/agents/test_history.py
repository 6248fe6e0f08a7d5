"""A tenant's plans follow from its own ledger, what its models' answers were worth, its strategy and its budget."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.optimizer import Record
from discovery_pipeline.agents.ports import Plan
from discovery_pipeline.agents.prices import Price, PriceList
from discovery_pipeline.domain.calls import Call, CallOutcome, Prices
from discovery_pipeline.domain.opinions.verdicts import Change
from discovery_pipeline.domain.spending import Limit, Limits
from discovery_pipeline.services.agents.history import Seen, TenantPlanner, history_of, taken_back, usd_left
from discovery_pipeline.services.tenant_settings import set_tenant_setting
from discovery_pipeline.store.corrections import record
from discovery_pipeline.store.opinions import add_changes
from discovery_pipeline.store.plans import SeenOpinions, last_plan, plans_of_run, seen_calls, seen_opinions
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ModelOpinion
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.domain.learning.corrected import VALUE
from discovery_pipeline_tests.store.model_rows import record_calls

NOW = datetime.now(UTC)
DEAR, PLAIN = (Endpoint("http://127.0.0.1:9/v1", model, provider="p") for model in ("dear", "plain"))
CALL = Call("mapping", "dear", "q", 20, NOW, 2000.0, "answered", "", 1_000, 100, provider="p")
PRICES = Prices(1.0, 10.0)


@pytest.fixture
def acme(database: Database) -> Database:
    add_tenant(database, "acme")
    add_tenant(database, "other")
    return database


def called(database: Database, model: str, latency_ms: float, *outcomes: CallOutcome, detail: str = "") -> None:
    made = [replace(CALL, model=model, latency_ms=latency_ms, outcome=outcome, detail=detail) for outcome in outcomes]
    record_calls(database, "acme", "run-0", made, PRICES)


def opined(database: Database, model: str, controls: int, right: int) -> None:
    row = {
        "tenant_id": "acme", "run_id": "run-0", "agent": "mapping", "model": model, "doubts": 20,
        "controls": controls, "right_controls": right, "changed": 3,
    }  # fmt: skip
    with database.tenant_session("acme") as session:
        session.execute(insert(ModelOpinion).values(row))


def planner(database: Database, run: str = "run-1", tenant: str = "acme", replays: bool = False) -> TenantPlanner:
    return TenantPlanner(database, tenant, run, Limits(), replays)


def test_the_ledger_is_summed_up_per_agent_and_model(acme: Database) -> None:
    called(acme, "dear", 2000, "answered", "answered", "timed_out", "malformed", "kept", "over_budget")
    called(acme, "dear", 9000, "refused", detail="HTTP 429")
    (seen,) = seen_calls(acme, "acme", NOW - timedelta(days=1))
    assert (seen.agent, seen.provider, seen.model) == ("mapping", "p", "dear")
    assert (seen.calls, seen.failed, seen.unusable, seen.crowded) == (5, 2, 1, 1)
    assert seen.latency_ms == 2000
    assert seen.usd_per_item == pytest.approx(0.002 / 20)
    assert seen_calls(acme, "acme", NOW + timedelta(days=1)) == []
    assert seen_calls(acme, "other", NOW - timedelta(days=1)) == []


def test_the_first_plan_is_as_configured_and_kept(acme: Database) -> None:
    plan = planner(acme).plan_for("mapping", 40, (DEAR, PLAIN))
    assert plan.endpoints == ()
    (kept,) = plans_of_run(acme, "acme", "run-1")
    assert (kept.agent, kept.reason) == ("mapping", plan.reason)
    assert last_plan(acme, "other", "mapping") is None


def test_what_answers_were_worth_decides_who_is_asked_first(acme: Database) -> None:
    called(acme, "dear", 2000, *["answered"] * 6)
    called(acme, "plain", 500, *["answered"] * 6)
    opined(acme, "dear", 320, 200)
    opined(acme, "plain", 320, 316)
    assert [(s.model, s.controls, s.right) for s in seen_opinions(acme, "acme", NOW - timedelta(days=1))] == [
        ("dear", 320, 200), ("plain", 320, 316),
    ]  # fmt: skip
    unset = planner(acme).plan_for("mapping", 40, (DEAR, PLAIN))
    assert unset.endpoints == ("p/dear", "p/plain")
    assert "would ask p/plain first" in unset.reason
    set_tenant_setting(acme, "acme", "model-strategy", "balanced")
    plan = planner(acme, "run-2").plan_for("mapping", 40, (DEAR, PLAIN))
    assert plan.endpoints == ("p/plain", "p/dear")
    assert "right on 316 of 320 controls, 0.5 s a call" in plan.reason
    assert planner(acme, tenant="other").plan_for("mapping", 40, (DEAR, PLAIN)).endpoints == ()


def test_the_tenants_strategy_is_followed(acme: Database) -> None:
    called(acme, "dear", 2000, *["answered"] * 6)
    opined(acme, "dear", 320, 316)
    assert planner(acme).plan_for("mapping", 40, (DEAR,)).together == 20
    set_tenant_setting(acme, "acme", "model-strategy", "cheap floor 0.95")
    plan = planner(acme, "run-2").plan_for("mapping", 40, (DEAR,))
    assert plan.together == 40
    assert plan.reason.startswith("cheap floor 0.95: ")


def test_a_model_that_was_never_asked_is_known_by_its_price(acme: Database) -> None:
    called(acme, "plain", 500, *["answered"] * 6)
    opined(acme, "plain", 320, 316)
    set_tenant_setting(acme, "acme", "model-strategy", "cheap")
    prices = PriceList({}, {"dear": Price(Prices(100.0, 100.0), "mine")})
    first = set()
    for number in range(60):
        one = TenantPlanner(acme, "acme", f"run-{number}", Limits(), prices=prices)
        first |= set(one.plan_for("mapping", 40, (PLAIN, DEAR)).endpoints[:1])
    assert first == {"p/plain"}


def test_a_replay_takes_the_last_plan_as_it_was(acme: Database) -> None:
    called(acme, "dear", 2000, *["answered"] * 6)
    opined(acme, "dear", 320, 316)
    set_tenant_setting(acme, "acme", "model-strategy", "cheap")
    asked = planner(acme).plan_for("mapping", 40, (DEAR,))
    set_tenant_setting(acme, "acme", "model-strategy", "accurate")
    replayed = planner(acme, "run-2", replays=True).plan_for("mapping", 40, (DEAR,))
    assert replayed == replace(asked, use_kept=True)
    assert replayed.together == 40
    assert plans_of_run(acme, "acme", "run-2") == []
    assert planner(acme, "run-2", replays=True).plan_for("cleansing", 40, (DEAR,)) == Plan()


def test_what_people_decided_otherwise_later_counts_against_a_model(acme: Database) -> None:
    made = [
        Change("run-0", "cleansing", f"asset.environment={raw}", "environment", None, "test", "dear", 0.9, NOW)
        for raw in ("u", "v")
    ]
    add_changes(acme, "acme", made)
    assert taken_back(acme, "acme") == {}
    target = {"record": "asset", "field": "environment", "raw": "u", "source": None}
    record(acme, "acme", [replace(VALUE, target=target, said={"value": "production"})])
    assert taken_back(acme, "acme") == {("cleansing", "dear"): 1}
    seen = Seen(opinions=[SeenOpinions("cleansing", "dear", 1, 32, 30, 2)], taken_back=taken_back(acme, "acme"))
    assert history_of(seen, (DEAR, PLAIN)).records == {
        ("cleansing", "p/dear"): Record(controls=32, right=30, changes=2, taken_back=1)
    }


def take_back(database: Database, raws: str) -> None:
    target = {"record": "asset", "field": "environment", "source": None}
    said = [replace(VALUE, target={**target, "raw": raw}, said={"value": "production"}) for raw in raws]
    record(database, "acme", said)


def test_answers_whose_changes_were_taken_back_are_asked_for_anew_once(acme: Database) -> None:
    called(acme, "dear", 2000, *["answered"] * 6)
    opined(acme, "dear", 320, 316)
    changed = {"cleansing": "uvwxyz", "mapping": "uvwxyzab"}
    made = [
        Change("run-0", agent, f"asset.environment={raw}", "environment", None, "test", "dear", 0.9, NOW)
        for agent, raws in changed.items()
        for raw in raws
    ]
    add_changes(acme, "acme", made)

    def use_kept(run: str) -> bool:
        return planner(acme, run).plan_for("mapping", 40, (DEAR,)).use_kept

    assert use_kept("run-1")
    assert planner(acme).uses_kept((DEAR,))
    take_back(acme, "uvwxyz")
    assert not planner(acme).uses_kept((DEAR,))
    assert [use_kept(f"run-{number}") for number in (2, 3, 4)] == [False, True, True]
    take_back(acme, "ab")
    assert [use_kept(f"run-{number}") for number in (5, 6)] == [False, True]


def test_what_is_left_of_the_tightest_limit(acme: Database) -> None:
    assert usd_left(acme, "acme", "run-1", Limits()) is None
    assert usd_left(acme, "acme", "run-1", Limits(Limit(usd=0.5), Limit(usd=0.2))) == 0.2
