"""The page of dependencies: what it shows first, what a map says, what a decision leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from discovery_pipeline.domain.learning.corrections import standing
from discovery_pipeline.services.dependencies.model import Scope
from discovery_pipeline.services.dependencies.neighbourhood import neighbourhood
from discovery_pipeline.services.dependencies.network import open_network
from discovery_pipeline.services.learning.deciding.decide import decide
from discovery_pipeline.services.learning.deciding.decisions import EdgeDecision
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.dependencies.estate import (
    BANK,
    DB,
    EDGES,
    HUB,
    SHOP,
    WEB,
    edge,
    publish_map,
)
from discovery_pipeline_tests.streamlit_app.driving import TIMEOUT_S, click, keys, said
from streamlit_app import people, services, state
from streamlit_app.app_pages.dependencies.drawing import drawn

LEAD = f"{WEB}>{DB}>hosting"
TIE = f"{SHOP}>{BANK}>application"


@pytest.fixture
def workspace(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """acme has dependencies; fresh has nothing."""
    st.cache_resource.clear()
    st.cache_data.clear()
    with open_workspace(replace(settings, embeddings=False)) as opened:
        for tenant in ("acme", "fresh"):
            add_tenant(opened.database, tenant)
        publish_map(opened.frames.open("acme"))
        monkeypatch.setattr(services, "workspace", lambda: opened)
        yield opened


def dependencies_page() -> None:
    from streamlit_app.app_pages.dependencies import page as dependencies

    dependencies.page()


def opened(tenant: str = "acme", author: str = "ada", **url: str) -> AppTest:
    app = AppTest.from_function(dependencies_page, default_timeout=TIMEOUT_S)
    app.session_state[state.TENANT] = tenant
    app.session_state[state.AUTHOR] = author
    for name, value in url.items():
        app.query_params[name] = value
    return ran(app)


def ran(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def picked(app: AppTest, key: str) -> AppTest:
    """The page once the map or the list has said that this was clicked."""
    app.session_state["map_selected"] = key
    return ran(app)


def holding(workspace: Workspace) -> dict[tuple[Any, ...], bool]:
    """What people said of edges and did not take back."""
    ends = ("from_asset", "to_asset", "kind")
    stands = standing(corrections(workspace.database, "acme")).values()
    return {tuple(each.what.target[end] for end in ends): each.what.said["holds"] for each in stands}


def test_before_a_run_the_next_command_is_named(workspace: Workspace) -> None:
    text = said(opened("fresh"))
    assert "no dependencies yet" in text
    assert "discovery run fresh" in text


def test_without_a_choice_the_most_valuable_question_comes_first(workspace: Workspace) -> None:
    app = opened()
    assert "Shop needs Bank" in next(html.proto.body for html in app.get("html") if "needs" in html.proto.body)
    assert "90 assets stand behind it" in said(app)
    applications = app.dataframe[0].value
    assert applications["Application"].tolist() == ["Shop", "Bank"]
    assert applications.loc[0, ["Needs", "Needed by", "Assets"]].tolist() == [1, 0, 2]


def test_a_question_answered_leaves_the_worklist_and_waits_for_a_run(workspace: Workspace) -> None:
    app = opened()
    click(app, f"yes/{TIE}")
    assert holding(workspace) == {(SHOP, BANK, "application"): True}
    assert "Shop needs Bank** is confirmed" in app.success[0].value
    assert f"yes/{TIE}" not in keys(app)
    number = corrections(workspace.database, "acme")[0].number
    click(app, f"undo_waiting/{number}")
    assert holding(workspace) == {}
    assert f"yes/{TIE}" in keys(app)


def test_keys_are_for_one_question_which_the_link_names(workspace: Workspace) -> None:
    app = opened(edge=LEAD)
    assert with_key(app, "A") == f"yes/{LEAD}"
    click(app, f"step/Previous/{LEAD}")
    assert with_key(app, "A") == f"yes/{TIE}"
    assert app.query_params["edge"] == TIE
    click(app, f"yes/{TIE}")
    assert "edge" not in app.query_params
    assert with_key(app, "A") == f"yes/{LEAD}"


def test_a_key_pressed_for_a_question_that_is_no_longer_shown_decides_nothing(workspace: Workspace) -> None:
    app = opened()
    app.query_params["edge"] = LEAD
    click(app, f"yes/{TIE}")
    assert holding(workspace) == {}


def with_key(app: AppTest, key: str) -> str:
    """The button that this key presses."""
    return next(str(button.key) for button in app.button if button.proto.shortcut.upper() == key)


@pytest.mark.parametrize("item", ["asset", "application"])
def test_a_link_opens_the_map_of_its_item(workspace: Workspace, item: str) -> None:
    app = opened(**{item: SHOP})
    assert "Shop" in [each.value for each in app.subheader]
    listed = next(table.value for table in app.dataframe if "Dependency" in table.value)
    assert "Shop → Bank" in listed["Dependency"].tolist()
    assert listed.loc[listed["Dependency"] == "Shop → Bank", "Evidence"].tolist() == ["stated in cmdb_rel"]


def test_a_link_may_name_the_asset(workspace: Workspace) -> None:
    assert "Shop" in [each.value for each in opened(asset="shop").subheader]


def test_a_link_to_nobody_says_so(workspace: Workspace) -> None:
    app = opened(asset="a_nobody")
    assert "no asset is called" in app.error[0].value
    assert f"yes/{TIE}" in keys(app)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ({"direction": "needed by"}, {"hub → web"}),
        ({"kinds": "tier"}, {"web → db", "hub → web"}),
        ({"least": "95", "folded": "false"}, {"web → db", "web → dns", "db → dns", "web → 203.0.113.9"}),
    ],
    ids=["direction", "kinds", "least and folded"],
)
def test_the_scope_stands_in_the_url_and_is_followed(
    workspace: Workspace, url: dict[str, str], shown: set[str]
) -> None:
    app = opened(asset=WEB, **url)
    listed = next(table.value for table in app.dataframe if "Dependency" in table.value)
    assert set(listed["Dependency"]) == shown


def test_a_click_on_an_edge_shows_why_it_is_believed_and_what_speaks_against_it(workspace: Workspace) -> None:
    text = said(picked(opened(asset=WEB), LEAD))
    assert "web needs db" in text
    assert "40 % sure · a lead" in text
    assert "Their names have one stem" in text
    assert "**Against**: seen once in a long time" in text


@pytest.mark.parametrize(("name", "holds"), [("confirm", True), ("reject", False)])
def test_an_edge_is_decided_marked_and_taken_back(workspace: Workspace, name: str, holds: bool) -> None:
    app = picked(opened(asset=WEB), LEAD)
    app.text_input(key=f"reason/{LEAD}").set_value("asked the owner")
    click(app, f"{name}/{LEAD}")
    assert holding(workspace) == {(WEB, DB, "hosting"): holds}
    assert corrections(workspace.database, "acme")[0].what.reason == "asked the owner"
    assert f"{'confirmed' if holds else 'rejected'}, waits for a run" in said(app)
    assert app.button(key=f"{name}/{LEAD}").disabled
    click(app, f"undo/{LEAD}")
    assert holding(workspace) == {}
    assert "40 % sure · a lead" in said(app)


def test_an_edge_becomes_another_kind(workspace: Workspace) -> None:
    app = picked(opened(asset=WEB), LEAD)
    app.selectbox(key=f"kind/{LEAD}").set_value("management").run()
    click(app, f"change/{LEAD}")
    assert holding(workspace) == {(WEB, DB, "hosting"): False, (WEB, DB, "management"): True}
    listed = next(table.value for table in app.dataframe if "Dependency" in table.value)
    kinds = listed.loc[listed["Dependency"] == "web → db"].set_index("Kind")["State"].to_dict()
    assert kinds == {
        "tier": "believed", "hosting": "rejected, waits for a run", "management": "confirmed, waits for a run",
    }  # fmt: skip


def test_who_decides_otherwise_is_asked_before_overruling(workspace: Workspace) -> None:
    decide(workspace, "acme", [EdgeDecision(WEB, DB, False, "hosting")], "bo")
    app = picked(opened(asset=WEB), LEAD)
    click(app, f"confirm/{LEAD}")
    assert "bo decided otherwise" in said(app)
    assert holding(workspace) == {(WEB, DB, "hosting"): False}
    click(app, f"overrule/{LEAD}")
    assert holding(workspace) == {(WEB, DB, "hosting"): True}


def test_a_dependency_is_added_between_two_assets_found_by_name(workspace: Workspace) -> None:
    app = opened(asset=BANK)
    app.text_input(key=f"add_end/acme/{BANK}/text").set_value("hub").run()
    app.selectbox(key="add_kind/acme").set_value("tier").run()
    click(app, "add_edge")
    assert holding(workspace) == {(BANK, HUB, "tier"): True}
    listed = next(table.value for table in app.dataframe if "Dependency" in table.value)
    assert listed.loc[listed["Dependency"] == "Bank → hub", "State"].tolist() == ["confirmed, waits for a run"]


def test_what_breaks_is_counted_and_listed(workspace: Workspace) -> None:
    app = opened(asset=DB)
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures == {
        "Assets that need it": "4", "of them applications": "2", "directly": "3", "after 2 steps": "1",
    }  # fmt: skip
    reached = next(table.value for table in app.dataframe if "via" in table.value)
    assert reached["name"].tolist() == ["Bank", "Shop", "web", "hub"]


def test_a_search_leads_to_the_map(workspace: Workspace) -> None:
    app = opened()
    app.text_input(key="find_node").set_value("ban").run()
    click(app, f"found/{BANK}")
    assert "Bank" in [each.value for each in app.subheader]
    assert app.query_params["asset"] == BANK


def test_an_asset_that_was_clicked_can_be_put_in_the_middle(workspace: Workspace) -> None:
    app = picked(opened(asset=WEB), HUB)
    click(app, f"centre/{HUB}")
    assert app.query_params["asset"] == HUB
    assert "hub" in [each.value for each in app.subheader]


def test_a_viewer_sees_everything_and_changes_nothing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people.sign_in, "role_in", lambda *_, **__: "viewer")
    worklist = opened()
    assert worklist.button(key=f"yes/{TIE}").disabled
    app = picked(opened(asset=WEB), LEAD)
    assert "40 % sure" in said(app)
    assert all(app.button(key=f"{name}/{LEAD}").disabled for name in ("confirm", "reject", "change"))


def test_what_tenants_wrote_stays_text(workspace: Workspace) -> None:
    edges = (*EDGES[:1], edge(WEB, DB, "hosting", 0.4, evidence=["stated:<b>*bold*</b>"]))
    publish_map(workspace.frames.open("acme"), edges)
    text = said(picked(opened(asset=WEB), LEAD))
    assert "<b>*bold*" not in text
    assert "\\*bold\\*" in text


def test_the_map_is_told_what_the_list_says(workspace: Workspace) -> None:
    around = neighbourhood(open_network(workspace.frames.open("acme")), HUB, Scope())
    data = drawn(around, "")
    assert {node["key"] for node in data["nodes"]} == {node.key for node in around.nodes}
    assert {each["key"] for each in data["edges"]} == {each.key for each in around.edges}
    assert all(each["kind"] in data["colours"] for each in data["edges"])
    (group,) = [node for node in data["nodes"] if node["count"] > 1]
    assert group["name"].startswith(f"+{group['count']} ")
    assert data["version"] == drawn(around, HUB)["version"]
