"""The page of one asset: where its values came from, corrected, undone; texts of files stay texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from discovery_pipeline.services.inventory.query import InventoryQuery
from discovery_pipeline.services.learning.history import history, undo
from discovery_pipeline_tests.streamlit_app import driving
from discovery_pipeline_tests.streamlit_app.conftest import TENANT
from discovery_pipeline_tests.streamlit_app.driving import click, keys, said
from streamlit_app import people, services

pytestmark = pytest.mark.usefixtures("app_home", "dagster")


def asset_page() -> None:
    from streamlit_app.app_pages.asset import page as asset

    asset.page()


def asset_id(name: str) -> str:
    rows = services.inventory_search(TENANT).page(InventoryQuery(name)).rows
    return str(rows.item(0, "asset_id"))


def at(asset: str, **items: str) -> AppTest:
    return driving.opened(asset_page, asset=asset, **items)


@pytest.fixture
def db1() -> Iterator[str]:
    """An asset about which nothing is decided before or after."""
    yield asset_id("db1")
    workspace = services.workspace()
    standing = [e.number for e in history(workspace, TENANT).entries if e.state == "standing"]
    if standing:
        undo(workspace, TENANT, standing, "the test")


def test_the_header_says_what_it_is(db1: str) -> None:
    app = at(db1)
    assert app.title[0].value == "db1"
    text = said(app)
    assert "% sure" in text
    assert "AIX 7.2" in text
    assert "Bo Diaz" in text


def test_fields_say_where_they_came_from(db1: str) -> None:
    app = at(db1, field="memory_mib")
    fields = app.dataframe[0].value.set_index("Field")
    assert fields.loc["Hostname", "Value"] == "db1"
    assert fields.loc["Hostname", "From"] == "servers.csv › servers › row 2, line 4"
    text = said(app)
    assert "Memory MiB" in text
    assert "65536" in text.replace(",", "")
    assert "RAM (GB)" in text


def test_an_asset_is_found_by_its_name(db1: str) -> None:
    assert at("db1").title[0].value == "db1"


@pytest.mark.parametrize("tab", ["Dependencies", "Assessment", "Source rows", "History"])
def test_every_side_of_it_is_shown(db1: str, tab: str) -> None:
    shown = {
        "Dependencies": "Depends on",
        "Assessment": "Why",
        "Source rows": "Rows of the sources that tell of it: 1.",
        "History": "Nobody decided anything about it",
    }
    assert shown[tab] in said(at(db1, tab=tab))


def test_source_rows_show_the_cells_as_they_stand(db1: str) -> None:
    text = said(at(asset_id("web1"), tab="Source rows"))
    assert "Remark &lt;b&gt;" in text
    assert "=cmd()" in text


def test_a_corrected_value_waits_stands_in_the_history_and_is_taken_back(db1: str) -> None:
    app = at(db1, field="hostname")
    key = f"value/{db1}/hostname"
    app.text_input(key=f"{key}/text").set_value("db1-new")
    app.text_input(key=f"{key}/reason").set_value("renamed")
    click(app, f"{key}/write")  # what was typed last reaches the server with the click
    assert "It waits for a run" in app.success[0].value
    told = at(db1, tab="History")
    assert "db1-new" in said(told)
    assert "renamed" in said(told)
    click(told, next(each for each in keys(told) if each.startswith("asset/undo/")))
    assert "undone" in said(at(db1, tab="History"))


def test_a_value_that_is_none_is_refused_in_words(db1: str) -> None:
    app = at(db1, field="memory_mib")
    click(app, f"value/{db1}/memory_mib/write")
    assert "Nothing is written" in app.error[0].value
    app.text_input(key=f"value/{db1}/memory_mib/text").set_value("a lot").run()
    click(app, f"value/{db1}/memory_mib/write")
    assert "a lot" in app.error[0].value


@pytest.mark.parametrize(
    ("tab", "kind", "value"),
    [
        pytest.param("Fields", "type", "printer", id="type"),
        pytest.param("Assessment", "strategy", "retain", id="strategy"),
    ],
)
def test_type_and_strategy_are_set(db1: str, tab: str, kind: str, value: str) -> None:
    app = at(db1, tab=tab)
    app.selectbox(key=f"{kind}/{db1}/value").set_value(value).run()
    click(app, f"{kind}/{db1}/decide")
    entries = [e for e in history(services.workspace(), TENANT).entries if e.state == "standing"]
    assert [(e.kind, e.said) for e in entries] == [(kind, value)]


@pytest.mark.parametrize("tab", ["Fields", "Assessment"])
def test_who_may_only_look_changes_nothing(db1: str, tab: str, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse: Callable[..., bool] = lambda role, tenant=None: role == "viewer"  # noqa: E731
    for module in ("page", "asset_fields", "assessment", "past"):
        monkeypatch.setattr(f"streamlit_app.app_pages.asset.{module}.may", refuse)
    monkeypatch.setattr(people, "may", refuse)
    app = at(db1, tab=tab)
    acting = [b for b in app.button if b.key and ("/write" in b.key or "/decide" in b.key or "/take" in b.key)]
    assert all(button.disabled for button in acting)


def test_an_asset_that_is_gone_is_told_in_words() -> None:
    assert "No asset is called" in said(at("a_nothing"))


def test_without_an_asset_it_leads_to_the_inventory() -> None:
    assert "No asset is chosen" in said(at(""))
