"""The inventory and its assets: found, explained, and what is said before there is one."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline_tests.streamlit_app.conftest import FRESH, TENANT, FakeDagster
from discovery_pipeline_tests.streamlit_app.driving import TIMEOUT_S, click, opened, said
from streamlit_app import services, state

pytestmark = pytest.mark.usefixtures("app_home")


def inventory_page() -> None:
    from streamlit_app.app_pages.inventory import page as inventory

    inventory.page()


def names(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["name"])


def at(name: str) -> str:
    return f"inventory/{TENANT}/{name}"


def test_inventory_is_searched(dagster: FakeDagster) -> None:
    app = opened(inventory_page)
    assert names(app) == ["db1", "web1", "web2"]
    app.text_input(key=at("q")).set_value("10.0.0.3").run()
    assert names(app) == ["db1"]
    assert app.query_params["q"] == "10.0.0.3"
    app.text_input(key=at("q")).set_value("nothing like it").run()
    assert "No asset matches" in said(app)
    click(app, at("clear"))
    assert len(names(app)) == 3
    assert "q" not in app.query_params


def test_filters_show_what_each_choice_would_leave(dagster: FakeDagster) -> None:
    app = opened(inventory_page)
    app.multiselect(key=at("owner")).set_value(["Ada Byron"]).run()
    assert names(app) == ["web1", "web2"]
    assert app.multiselect(key=at("os")).options == ["Red Hat Enterprise Linux 8 (1)", "Windows Server 2019 (1)"]
    app.multiselect(key=at("os")).set_value(["Windows Server 2019"]).run()
    assert names(app) == ["web2"]
    assert app.multiselect(key=at("owner")).value == ["Ada Byron"]
    assert app.multiselect(key=at("owner")).options == ["Ada Byron (1)"]
    assert app.query_params["owner"] == "Ada Byron"
    assert "1 to 1 of 1 assets" in said(app)


def test_a_link_shows_the_same_rows(dagster: FakeDagster) -> None:
    app = AppTest.from_function(inventory_page, default_timeout=TIMEOUT_S)
    app.session_state[state.TENANT] = TENANT
    link = {"owner": "Ada Byron", "sort": "-memory_gib", "columns": "name,memory_gib", "page": "7", "only": "new"}
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert app.dataframe[0].value.to_dict("list") == {"name": ["web2", "web1"], "memory_gib": [16.0, 8.0]}
    assert "page" not in app.query_params
    assert app.query_params["sort"] == "-memory_gib"


@pytest.mark.parametrize(
    "link",
    [
        pytest.param({"sort": "name; DROP TABLE"}, id="order"),
        pytest.param({"only": "true --"}, id="quick filter"),
        pytest.param({"columns": "nothing,search_text"}, id="columns"),
        pytest.param({"page": "-3"}, id="page"),
    ],
)
def test_a_link_that_means_nothing_shows_everything(dagster: FakeDagster, link: dict[str, str]) -> None:
    app = AppTest.from_function(inventory_page, default_timeout=TIMEOUT_S)
    app.session_state[state.TENANT] = TENANT
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert names(app) == ["db1", "web1", "web2"]


def test_pages_are_leafed_through_and_jumped_to(dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit_app.app_pages.inventory import page as inventory

    monkeypatch.setattr(inventory, "PER_PAGE", 1)
    app = opened(inventory_page)
    click(app, at("Next"))
    assert names(app) == ["web1"]
    app.number_input(key=at("page")).set_value(3).run()
    assert names(app) == ["web2"]
    assert app.query_params["page"] == "3"
    assert app.button(key=at("Next")).disabled
    app.toggle(key=at("descending")).set_value(True).run()
    assert names(app) == ["web2"]
    assert "page" not in app.query_params


def test_what_matches_can_be_taken_along(dagster: FakeDagster) -> None:
    app = opened(inventory_page)
    app.text_input(key=at("q")).set_value("web").run()
    assert "**2 assets**, 13 columns, about 1 kB as CSV" in said(app)


def test_a_row_in_short_shows_text_as_text() -> None:
    app = AppTest.from_function(preview_of_a_hostile_row, default_timeout=TIMEOUT_S).run()
    assert not app.exception
    assert "<script>" not in said(app)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in said(app)


def preview_of_a_hostile_row() -> None:
    from discovery_pipeline.services.inventory.grid import GRID
    from streamlit_app.asset_preview import show_preview

    row = {**dict.fromkeys(GRID), "disputed": [], "sources": [], "asset_id": "a_1", "type": "virtual_machine"}
    show_preview({**row, "name": "<script>alert(1)</script>", "owner": "**O**"})


def test_an_inventory_that_fails_is_not_said_to_be_missing(
    dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(tenant: str) -> None:
        raise PermanentError("the frames are of a newer release", where=tenant)

    monkeypatch.setattr(services, "inventory_search", fails)
    app = opened(inventory_page)
    assert "newer release" in app.error[0].value
    assert f"Run {TENANT} first" not in said(app)


def test_before_the_first_run_the_next_command_stands_there(dagster: FakeDagster) -> None:
    text = said(opened(inventory_page, FRESH))
    assert "There is no inventory yet" in text
    assert f"discovery run {FRESH}" in text
