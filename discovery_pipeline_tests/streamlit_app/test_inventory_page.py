"""The inventory and its assets: found, explained, and what is said before there is one."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline_tests.streamlit_app.conftest import FRESH, TENANT, FakeDagster
from discovery_pipeline_tests.streamlit_app.driving import TIMEOUT_S, opened, said
from streamlit_app import services

pytestmark = pytest.mark.usefixtures("app_home")


def inventory_page() -> None:
    from streamlit_app.app_pages import inventory

    inventory.page()


def test_inventory_is_searched_and_explained(dagster: FakeDagster) -> None:
    app = opened(inventory_page)
    assert len(app.dataframe[0].value) == 3
    app.text_input(key=f"find/{TENANT}").set_value("10.0.0.3").run()
    assert app.dataframe[0].value["name"].tolist() == ["db1"]
    app.text_input(key=f"find/{TENANT}").set_value("nothing like it").run()
    assert "No asset matches" in said(app)


def test_an_inventory_that_fails_is_not_said_to_be_missing(
    dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(tenant: str) -> None:
        raise PermanentError("the frames are of a newer release", where=tenant)

    monkeypatch.setattr(services, "inventory_search", fails)
    app = opened(inventory_page)
    assert "newer release" in app.error[0].value
    assert f"Run {TENANT} first" not in said(app)


def asset_page() -> None:
    import streamlit as st

    from streamlit_app.asset_detail import show_asset

    show_asset("acme", st.session_state["asset"])


def test_an_asset_says_where_its_values_came_from() -> None:
    app = AppTest.from_function(asset_page, default_timeout=TIMEOUT_S)
    rows = services.inventory_search(TENANT).page(_everything()).rows
    app.session_state["asset"] = rows.item(0, "asset_id")
    app.run()
    assert not app.exception
    fields = app.dataframe[0].value.set_index("Field")
    assert fields.loc["hostname", "Value"] == "db1"
    assert fields.loc["hostname", "From"] == "servers.csv › servers › row 2, line 4"
    assert app.metric[0].label == "Strategy"
    titles = {markdown.value.strip("*") for markdown in app.markdown}
    assert {"Or else", "Ask", "Moves with"} <= titles


def _everything() -> Any:
    from discovery_pipeline.services.inventory.search import InventoryQuery

    return InventoryQuery()


def test_before_the_first_run_the_next_command_stands_there(dagster: FakeDagster) -> None:
    text = said(opened(inventory_page, FRESH))
    assert "There is no inventory yet" in text
    assert f"discovery run {FRESH}" in text
