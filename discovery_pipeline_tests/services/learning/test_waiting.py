"""What was decided and waits for a run, of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from discovery_pipeline.services.learning.deciding.decide import decide
from discovery_pipeline.services.learning.deciding.decisions import StrategyDecision, TypeDecision
from discovery_pipeline.services.learning.waiting import Waiting, waiting
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import undo
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.hand_built import APP, DB, publish, publish_estate


@pytest.fixture
def acme(settings: Settings) -> Iterator[Workspace]:
    with open_workspace(replace(settings, embeddings=False)) as workspace:
        for tenant in ("acme", "fresh"):
            add_tenant(workspace.database, tenant)
        publish_estate(workspace.frames.open("acme"))
        yield workspace


def test_nothing_waits_before_anything_is_decided_or_run(acme: Workspace) -> None:
    assert waiting(acme, "fresh") == Waiting()
    assert waiting(acme, "acme").decisions == ()


def test_what_stands_waits_once_and_is_found_by_what_it_is_about(acme: Workspace) -> None:
    decide(acme, "acme", [TypeDecision(APP, "printer"), StrategyDecision(DB, "retire")], "ann")
    decide(acme, "acme", [TypeDecision(APP, "storage")], "ann")
    found = waiting(acme, "acme")
    assert (found.count, [each.number for each in found.decisions]) == (2, [2, 3])
    assert found.due is not None
    assert found.due.first == "inventory"
    about_app = found.about("type", asset_id=APP)
    assert about_app is not None
    assert about_app.what.said == {"type": "storage"}
    assert found.about("type", asset_id=DB) is None
    assert [each.number for each in found.last_of("ann")] == [3]
    assert found.last_of("bob") == ()


def test_what_one_click_decided_is_a_persons_last_as_a_whole(acme: Workspace) -> None:
    decide(acme, "acme", [StrategyDecision(DB, "retire")], "ann")
    decide(acme, "acme", [TypeDecision(APP, "printer"), StrategyDecision(APP, "retain")], "ann")
    decide(acme, "acme", [TypeDecision(DB, "printer")], "bob")
    assert [each.number for each in waiting(acme, "acme").last_of("ann")] == [2, 3]


def test_what_was_taken_back_waits_only_where_a_run_followed_it(acme: Workspace) -> None:
    frames = acme.frames.open("acme")
    decide(acme, "acme", [TypeDecision(APP, "printer")], "ann")
    undo(acme.database, "acme", [1], "ann")
    assert waiting(acme, "acme").count == 0
    decide(acme, "acme", [TypeDecision(APP, "printer")], "ann")
    inventory = {part: frames.scan("inventory", part).collect() for part in frames.parts("inventory")}
    publish(frames, "inventory", inventory, {"corrections": 3})
    assert waiting(acme, "acme").count == 0
    undo(acme.database, "acme", [3], "ann")
    found = waiting(acme, "acme")
    assert (found.count, found.decisions, found.taken_back) == (1, (), 1)
