"""In a run with a model, phases tell each other what they noticed, agents hear it, and how they asked is on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from discovery_pipeline.agents.prompts import prompt
from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.services.agents import blackboard
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.store import embedded
from discovery_pipeline.store.insights import SaidInsight, insights_of_run
from discovery_pipeline.store.plans import PlanRow, plans_of_run
from discovery_pipeline_tests.agents.fault_server import Request, serving
from discovery_pipeline_tests.defs.conftest import TENANT, new_home
from discovery_pipeline_tests.defs.test_leaks import KONTOR, first_offer


@dataclass(frozen=True)
class Said:
    """What was said, how agents asked, and what went out."""

    insights: list[SaidInsight]
    plans: list[PlanRow]
    requests: list[Request]

    def contents(self, agent: str) -> list[dict[str, Any]]:
        """Of this agent's questions."""
        own = [
            r.document["messages"] for r in self.requests if r.document["messages"][0]["content"] == prompt(agent).text
        ]
        return [json.loads(messages[1]["content"]) for messages in own]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    settings = new_home(tmp_path_factory.mktemp("home"))
    with open_workspace(settings) as workspace:
        ingest(settings, workspace.database, TENANT, [KONTOR])
    with serving(first_offer) as endpoint:
        summary = run_tenant(replace(settings, model_base_url=endpoint.url), TENANT, None, lambda _: None)
    assert summary.status == "done"
    with open_workspace(settings) as workspace:
        insights = insights_of_run(workspace.database, TENANT, summary.run_id)
        plans = plans_of_run(workspace.database, TENANT, summary.run_id)
    yield Said(insights, plans, endpoint.requests)
    embedded.stop(settings.home)


def test_phases_tell_what_they_noticed(said: Said) -> None:
    topics = {(one.insight.author, one.insight.content.topic) for one in said.insights}
    assert {("mapping phase", "layout"), ("inventory phase", "name_scheme")} <= topics
    assert [one.insight.number for one in said.insights] == list(range(1, len(said.insights) + 1))


def test_agents_of_later_phases_hear_what_is_of_use_to_them(said: Said) -> None:
    schemes = [one.insight.text for one in said.insights if one.insight.content.topic == "name_scheme"]
    (told,) = {tuple(content["insights"]) for content in said.contents("classification")}
    assert set(schemes) <= set(told)
    assert all("insights" not in content for content in said.contents("mapping"))


def test_an_endpoint_that_earned_no_weight_says_nothing(said: Said) -> None:
    assert {one.insight.kind for one in said.insights} <= {"observation", "question"}


def test_how_each_agent_asked_is_on_record(said: Said) -> None:
    plans = {plan.agent: plan for plan in said.plans}
    assert {"mapping", "classification"} <= plans.keys()
    assert all("as configured" in plan.reason for plan in said.plans)


def test_what_is_beyond_the_boards_bounds_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blackboard, "MOST_SAID", 0)
    settings = new_home(tmp_path)
    with open_workspace(settings) as workspace:
        ingest(settings, workspace.database, TENANT, [KONTOR])
    try:
        replaying = replace(settings, model_base_url="http://127.0.0.1:9/v1", model_mode="replay")
        run_tenant(replaying, TENANT, "inventory", lambda _: None)
        with open_instance(settings) as instance:
            event = instance.get_latest_materialization_event(dg.AssetKey("inventory"))
    finally:
        embedded.stop(settings.home)
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["insights_dropped"].value >= 1
