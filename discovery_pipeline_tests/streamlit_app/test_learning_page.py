"""The page of learning: decisions found, taken back and forgotten, what they taught, and whether runs get better."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from discovery_pipeline.services.learning.deciding.decide import decide
from discovery_pipeline.services.learning.deciding.decisions import ValueDecision
from discovery_pipeline.services.tenant_settings import tenant_setting
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline.store.mapping_outcomes import Outcome, add_outcome
from discovery_pipeline.store.shared_rows import SHARE_LEARNING
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.hand_built import publish_estate
from discovery_pipeline_tests.streamlit_app import driving
from discovery_pipeline_tests.streamlit_app.driving import click, keys, said
from streamlit_app import services
from streamlit_app.app_pages.learning import log as learning_log
from streamlit_app.app_pages.learning import page as learning
from streamlit_app.app_pages.learning import patterns as learning_patterns
from streamlit_app.app_pages.learning import trends as learning_trends

PRD = ValueDecision("environment", "<prd>", "production", reason="the runbook says so")
TST = ValueDecision("environment", "tst", "test")


@pytest.fixture
def workspace(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """In acme ada decided about one spelling and bob about another; fresh has nothing."""
    with open_workspace(replace(settings, embeddings=False)) as opened:
        for tenant in ("acme", "fresh"):
            add_tenant(opened.database, tenant)
        publish_estate(opened.frames.open("acme"))
        decide(opened, "acme", [PRD], "ada")
        decide(opened, "acme", [TST], "bob")
        monkeypatch.setattr(services, "workspace", lambda: opened)
        for module in (learning, learning_log, learning_patterns):
            monkeypatch.setattr(module, "may", lambda _: True)
        monkeypatch.setattr("streamlit_app.people.sign_in.role_in", lambda *_, **__: "admin")
        yield opened


def learning_page() -> None:
    from streamlit_app.app_pages.learning import page as learning

    learning.page()


def opened(tenant: str = "acme", **items: str) -> AppTest:
    app = driving.opened(learning_page, tenant, "cy", **items)
    assert not [error.value for error in app.error]
    return app


def test_before_anybody_decided_the_page_says_what_comes_here(workspace: Workspace) -> None:
    assert "Nobody has decided anything yet" in said(opened("fresh"))


def test_the_newest_decision_comes_first_and_a_search_finds_one(workspace: Workspace) -> None:
    app = opened()
    assert app.dataframe[0].value["Who"].tolist() == ["bob", "ada"]
    app.text_input(key="log_text/acme").set_value("runbook").run()
    assert app.dataframe[0].value["Who"].tolist() == ["ada"]
    app.text_input(key="log_text/acme").set_value("nothing like it").run()
    assert "No decision matches" in said(app)


def test_a_link_opens_a_decision_and_a_click_takes_it_back(workspace: Workspace) -> None:
    app = opened(correction="1")
    text = said(app)
    assert "&lt;prd&gt;" in text
    assert "<prd>" not in text
    assert "the runbook says so" in text
    click(app, "undo/1")
    assert corrections(workspace.database, "acme")[-1].what.undoes == 1
    assert "taken back by decision 3" in said(app)
    assert "undo/1" not in keys(app)


@pytest.mark.parametrize("number", ["99", "x", "9" * 30], ids=["unknown", "no number", "beyond any"])
def test_a_link_to_no_decision_says_so(workspace: Workspace, number: str) -> None:
    assert "There is no decision" in said(opened(correction=number))


def test_forgetting_says_what_it_deletes_and_deletes_it(workspace: Workspace) -> None:
    app = opened(correction="1")
    click(app, "forget/1")
    text = said(app)
    assert "This deletes 1 decision (value) and 1 learned thing that nothing else taught." in text
    assert len(corrections(workspace.database, "acme")) == 2
    app.text_input(key="forget_reason").set_value("asked for")
    click(app, "forget_it")
    assert [c.number for c in corrections(workspace.database, "acme")] == [2]
    assert "asked for" in said(opened())


def test_what_was_learned_is_told_with_its_teachers(workspace: Workspace) -> None:
    app = opened(view=learning.LEARNED)
    shown = app.dataframe[0].value
    assert sorted(shown["Taught by"]) == ["ada", "bob"]
    assert set(shown["Is"]) == {"production", "test"}
    assert all(0 < trust < 1 for trust in shown["Trusted"])
    app.text_input(key="learned_text/acme").set_value("tst").run()
    assert app.dataframe[0].value["Taught by"].tolist() == ["bob"]


def test_trends_begin_with_the_first_run_and_tell_the_course(workspace: Workspace) -> None:
    assert "No run has left its figures yet" in said(opened(view=learning.TRENDS))
    add_outcome(workspace.database, "acme", Outcome("r1", 6, 4, 2, 0, 0.8))
    add_outcome(workspace.database, "acme", Outcome("r2", 9, 1, 2, 3, 0.9))
    app = opened(view=learning.TRENDS)
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["Accepted without a look"] == "90 %"
    assert figures["Settled by what people taught"] == "3 columns"
    assert figures["Right where people looked"] == "–"
    assert app.dataframe[0].value["To review"].tolist() == [1, 4]


def test_sharing_is_switched_by_an_administrator(workspace: Workspace) -> None:
    app = opened(view=learning.SHARED)
    app.toggle[0].set_value(True).run()
    assert not app.exception
    assert tenant_setting(workspace.database, "acme", SHARE_LEARNING) == "on"
    assert {metric.label for metric in app.metric} == {"Meanings it shares", "Meanings it is given"}


def test_who_only_looks_can_change_nothing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (learning, learning_log, learning_patterns):
        monkeypatch.setattr(module, "may", lambda _: False)
    app = opened(correction="1")
    assert app.button(key="undo/1").disabled
    assert app.button(key="forget/1").disabled
    assert opened(view=learning.SHARED).toggle[0].disabled


def test_a_course_needs_two_runs(workspace: Workspace) -> None:
    add_outcome(workspace.database, "acme", Outcome("r1", 6, 4, 2, 0, None))
    app = opened(view=learning.TRENDS)
    assert "One run so far" in said(app)
    assert learning_trends.TRENDS.keys() >= {"improving", "declining", "stable", "too_few"}
