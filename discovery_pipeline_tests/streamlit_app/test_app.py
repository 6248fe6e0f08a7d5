"""Each page in each of its states, over real stores: what an analyst reads and what a click does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from discovery_pipeline.domain.errors import PermanentError, Unreachable
from discovery_pipeline.domain.learning.corrections import not_undone
from discovery_pipeline.services.mapping.corrections import correct, waiting
from discovery_pipeline.services.mapping.review import ReviewColumn, review_columns
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.corrections import corrections, undo
from discovery_pipeline_tests.streamlit_app.conftest import FRESH, TENANT, FakeDagster, app_over
from streamlit_app import effects, services, state
from streamlit_app.app_pages import mappings
from streamlit_app.deciding import decision_of, place_key

APP = Path(__file__).parents[2] / "streamlit_app" / "app.py"
TIMEOUT_S = 30

pytestmark = pytest.mark.usefixtures("app_home")


def mappings_page() -> None:
    from streamlit_app.app_pages import mappings

    mappings.page()


def runs_page() -> None:
    from streamlit_app.app_pages import runs

    runs.page()


def inventory_page() -> None:
    from streamlit_app.app_pages import inventory

    inventory.page()


def opened(page: Callable[[], None] | None = None, tenant: str = TENANT) -> AppTest:
    """A page as it stands after its first run; the app's default page when none is named."""
    app = (
        AppTest.from_function(page, default_timeout=TIMEOUT_S)
        if page
        else AppTest.from_file(APP, default_timeout=TIMEOUT_S)
    )
    app.session_state[state.TENANT] = tenant
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """Everything the page says outside its tables and buttons."""
    parts = [*app.markdown, *app.subheader, *app.caption, *app.error, *app.success, *app.info, *app.warning, *app.code]
    return "\n".join(str(part.value) for part in parts) + "\n".join(html.proto.body for html in app.get("html"))


def doubtful() -> ReviewColumn:
    return next(c for c in review_columns(services.workspace(), TENANT) if len(c.candidates) > 1)


def undo_all() -> None:
    """As if nobody had decided anything."""
    store = services.workspace().database
    numbers = [c.number for c in not_undone(corrections(store, TENANT))]
    if numbers:
        undo(store, TENANT, numbers, "ann")


def looking_at(column: ReviewColumn, author: str) -> AppTest:
    """The page with that column's card alone."""
    app = opened()
    app.button_group(key=f"view/{TENANT}").set_value("All")
    app.text_input(key=f"text/{TENANT}").set_value(column.header)
    app.text_input(key=state.AUTHOR).set_value(author).run()
    assert not app.exception
    return app


def click(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


def test_mappings_begin_with_the_doubtful_columns(dagster: FakeDagster) -> None:
    app = opened()
    assert app.title[0].value == "Mappings"
    text = said(app)
    columns = review_columns(services.workspace(), TENANT)
    shown = [c for c in columns if c.status == "review"]
    assert shown
    assert all(
        place_key(c) in {b.key.split("/", 1)[1] for b in app.button if b.key.startswith("unmap/")} for c in shown
    )
    assert "servers.csv" in text
    assert "Waits for a run" not in text


def test_texts_of_files_stay_text(dagster: FakeDagster) -> None:
    app = opened()
    app.text_input(key=f"text/{TENANT}").set_value("remark")
    app.button_group(key=f"view/{TENANT}").set_value("All")
    app.run()
    assert "Remark &lt;b&gt;" in said(app)


def test_another_search_begins_at_its_first_page(dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mappings, "PER_PAGE", 2)
    app = opened(mappings_page)
    app.button_group(key=f"view/{TENANT}").set_value("All").run()
    app.button(key=f"mappings/{TENANT}/Next").click().run()
    assert "3 to 4 of 7 columns" in said(app)
    app.text_input(key=f"text/{TENANT}").set_value("r").run()
    assert "1 to 2 of" in said(app)


def test_one_click_decides_and_another_applies(dagster: FakeDagster) -> None:
    column = doubtful()
    other = column.candidates[1].field
    app = opened()
    app.button_group(key=f"view/{TENANT}").set_value("All")
    app.text_input(key=f"text/{TENANT}").set_value(column.header)
    app.text_input(key=state.AUTHOR).set_value("ada").run()
    app.button(key=f"take/{place_key(column)}/{other}").click().run()
    saved = waiting(services.workspace(), TENANT)[-1]
    assert (saved.field, saved.was_field, saved.author) == (other, column.field, "ada")
    assert "Waits for a run" in said(app)

    app.button(key="apply").click().run()
    assert dagster.launched == [(TENANT, "apply_corrections", "ada, in the app")]
    assert dagster.assets[0] == "column_mapping"
    assert app.button(key="apply").disabled
    dagster.finish("run0", "failed")
    app.run()
    assert "Your decisions are kept" in said(app)


def test_the_whole_schema_can_be_chosen_and_nothing_too(dagster: FakeDagster) -> None:
    column = doubtful()
    undo_all()
    app = looking_at(column, "ada")
    app.selectbox(key=f"other/{place_key(column)}").set_value("cost_center").run()
    assert waiting(services.workspace(), TENANT)[-1].field == "cost_center"
    assert app.selectbox(key=f"other/{place_key(column)}").value is None
    app.button(key=f"unmap/{place_key(column)}").click().run()
    assert waiting(services.workspace(), TENANT)[-1].field is None
    assert "**no field**" in said(app)


def test_a_decision_is_undone_from_its_card(dagster: FakeDagster) -> None:
    undo_all()
    column = doubtful()
    key, other = place_key(column), column.candidates[1].field
    app = looking_at(column, "ada")
    assert f"undo/{key}" not in keys(app)
    click(app, f"take/{key}/{other}")
    assert f"**{other}**, decided by ada" in said(app)
    click(app, f"undo/{key}")
    assert f"undo/{key}" not in keys(app)
    assert "Waits for a run" not in said(app)
    assert doubtful().decided is None


@pytest.mark.parametrize("overrules", [pytest.param(True, id="overruled"), pytest.param(False, id="kept")])
def test_another_persons_decision_is_only_overruled_on_purpose(dagster: FakeDagster, overrules: bool) -> None:
    undo_all()
    column = doubtful()
    key, other = place_key(column), column.candidates[1].field
    ann = looking_at(column, "ann")
    click(ann, f"take/{key}/{other}")
    bob = looking_at(column, "bob")
    click(bob, f"unmap/{key}")
    stands = doubtful().decided
    assert stands is not None
    assert (stands.field, stands.author) == (other, "ann")
    assert "Overrule ann's decision?" in said(bob)
    click(bob, f"{'overrule' if overrules else 'keep'}/{key}")
    decided = doubtful().decided
    assert decided is not None
    assert (decided.field, decided.author) == ((None, "bob") if overrules else (other, "ann"))
    assert "Overrule" not in said(bob)


def test_somebody_who_was_faster_is_shown_with_both_choices(dagster: FakeDagster) -> None:
    undo_all()
    column = doubtful()
    key, other = place_key(column), column.candidates[1].field
    bob = looking_at(column, "bob")
    correct(services.workspace(), TENANT, [decision_of(column, other)], "ann")
    # His page has not been drawn since: the click is of what it showed.
    decide_as(bob, column, None)
    assert "ann was faster" in said(bob)
    assert {f"overrule/{key}", f"keep/{key}"} <= keys(bob)
    click(bob, f"overrule/{key}")
    decided = doubtful().decided
    assert decided is not None
    assert (decided.field, decided.author) == (None, "bob")


def test_a_preview_tells_the_column_at_once_and_the_rest_when_it_is_computed(
    dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    undo_all()
    column = doubtful()
    key = place_key(column)
    go_on = Event()
    real = effects.what_if

    def slow(*given: Any) -> Any:
        go_on.wait(TIMEOUT_S)
        return real(*given)

    monkeypatch.setattr(effects, "what_if", slow)
    app = looking_at(column, "ada")
    app.toggle(key=f"preview/{key}").set_value(True).run()
    app.selectbox(key=f"if/{key}").set_value("no field").run()
    assert f"<b>{column.field}</b> → <b>no field</b>" in said(app)
    assert "computing what becomes of" in said(app)
    assert "After a run" not in said(app)
    go_on.set()
    finished(app)
    assert "computing what becomes of" not in said(app)
    assert "mapped otherwise" in said(app)
    assert waiting(services.workspace(), TENANT)[-1].action == "undone"  # nothing was saved


def test_a_whole_table_is_accepted_after_its_preview(dagster: FakeDagster) -> None:
    undo_all()
    for_review = [c for c in review_columns(services.workspace(), TENANT) if c.status == "review"]
    app = opened()
    app.toggle(key=f"whole/{TENANT}").set_value(True).run()
    finished(app)
    assert "After a run" in said(app)
    assert all(c.decided is None for c in review_columns(services.workspace(), TENANT))
    click(app, f"accept_table/{TENANT}")
    accepted = [c for c in review_columns(services.workspace(), TENANT) if c.decided]
    assert {place_key(c) for c in accepted} == {place_key(c) for c in for_review}
    assert all(c.decided and c.decided.field == c.field for c in accepted)
    assert f"{len(for_review)} columns accepted" in said(app)
    undo_all()


def finished(app: AppTest) -> None:
    """Rerun until no what-if is on its way."""
    for _ in range(TIMEOUT_S * 4):
        app.run()
        assert not app.exception
        if "computing what becomes of" not in said(app):
            return
        time.sleep(0.25)
    pytest.fail("the what-if does not end")


def decide_as(app: AppTest, column: ReviewColumn, field: str | None) -> None:
    """Click on a card that shows the column as it was, by an app that looks the column up before the click counts."""
    with pytest.MonkeyPatch.context() as patch:
        old = tuple(column if c.header == column.header else c for c in review_columns(services.workspace(), TENANT))
        patch.setattr("streamlit_app.app_pages.mappings.review_columns", lambda *_: old)
        app.run()
        click(app, f"unmap/{place_key(column)}" if field is None else f"take/{place_key(column)}/{field}")


def test_a_run_of_somebody_else_is_shown(dagster: FakeDagster) -> None:
    dagster.add("running", done=2)
    app = opened()
    assert app.get("progress")[0].proto.text.startswith("discovery: cleansing asset ")
    assert app.get("progress")[0].proto.value == 33


def test_deciding_goes_on_while_dagster_is_down(dagster: FakeDagster) -> None:
    dagster.down = True
    undo_all()
    column = doubtful()
    app = looking_at(column, "ada")
    app.button(key=f"unmap/{place_key(column)}").click().run()
    app.button(key="apply").click().run()
    assert "discovery up" in app.error[0].value
    assert "kept" in app.error[0].value
    assert not app.exception


@pytest.mark.parametrize(
    ("page", "words"),
    [
        pytest.param(None, "No run has mapped anything yet", id="mappings"),
        pytest.param(runs_page, "Nothing ran yet", id="runs"),
        pytest.param(inventory_page, "There is no inventory yet", id="inventory"),
    ],
)
def test_before_the_first_run_the_next_command_stands_there(
    dagster: FakeDagster, page: Callable[[], None] | None, words: str
) -> None:
    text = said(opened(page, FRESH))
    assert words in text
    assert f"discovery run {FRESH}" in text


def test_runs_show_phases_and_failures(dagster: FakeDagster) -> None:
    dagster.add("failed", done=1)
    dagster.add("running", done=3)
    app = opened(runs_page)
    listed = app.dataframe[0].value
    assert listed["Status"].tolist() == ["▶ running", "✗ failed"]
    text = said(app)
    assert all(f"<b>{phase}</b>" in text for phase in ("validation", "mapping", "inventory", "analysis"))
    dagster.finish("run1")
    dagster.known.reverse()
    app.run()
    assert "no file counts" in app.error[0].value
    before = len(dagster.asked)
    app.run()
    assert len(dagster.asked) == before  # what is over is not asked for again
    assert "discovery ingest acme PATH".replace("-", "\\-") in app.error[0].value


def test_the_runs_of_all_tenants_are_a_table_of_their_own(dagster: FakeDagster) -> None:
    dagster.add("failed", tenant=FRESH)
    dagster.add("running")
    app = opened(runs_page)
    own = app.dataframe[0]
    app.toggle(key="all_tenants").set_value(True).run()
    both = app.dataframe[0]
    assert (len(own.value), len(both.value)) == (1, 2)
    assert own.proto.id != both.proto.id  # a row chosen in one is not chosen in the other


def test_a_run_is_started_from_the_page(dagster: FakeDagster) -> None:
    app = opened(runs_page, FRESH)
    app.button(key="start/discovery").click().run()
    assert [launch[:2] for launch in dagster.launched] == [(FRESH, "discovery")]
    dagster.down = True
    app.button(key="start/apply_corrections").click().run()
    assert all("discovery up" in error.value for error in app.error)
    assert not app.exception


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


def test_stores_that_are_down_are_told_without_a_traceback(
    dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down() -> None:
        raise Unreachable("no answer", where="127.0.0.1:5432", advice="discovery health")

    monkeypatch.setattr(services, "workspace", down)
    app = opened()
    assert len(app.error) == 1
    assert "discovery health" in app.error[0].value


def test_what_nobody_foresaw_goes_to_the_log(
    dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("secret cell")

    monkeypatch.setattr("streamlit_app.app_pages.mappings.review_columns", broken)
    app = opened()
    assert "unexpected ValueError" in app.error[0].value
    assert "secret cell" not in app.error[0].value
    assert "secret cell" in caplog.text


def test_the_url_names_the_tenant(dagster: FakeDagster) -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT_S)
    app.query_params[state.TENANT] = FRESH
    app.run()
    assert app.sidebar.selectbox[0].value == FRESH
    app.sidebar.selectbox[0].set_value(TENANT).run()
    assert app.query_params[state.TENANT] in (TENANT, [TENANT])


def test_a_tenant_that_is_gone_gives_way_to_the_first(dagster: FakeDagster) -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT_S)
    app.query_params[state.TENANT] = "removed"
    app.run()
    assert app.sidebar.selectbox[0].value == TENANT
    assert "There is no tenant `removed` any more" in app.error[0].value
    app.run()
    assert not app.error


@pytest.fixture
def empty_home(app_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    yield from app_over(tmp_path / "home", monkeypatch)
    embedded.stop(tmp_path / "home")


@pytest.mark.usefixtures("empty_home")
def test_without_tenants_the_first_commands_stand_there() -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT_S).run()
    assert not app.exception
    assert "discovery tenant add" in said(app)
    assert not app.title


def test_the_configuration_beside_the_app_binds_it_to_this_machine() -> None:
    import tomllib

    config = tomllib.loads((APP.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["browser"]["gatherUsageStats"] is False
    for section, options in config.items():
        for option in options:
            if not isinstance(options[option], dict):
                st.get_option(f"{section}.{option}")  # raises for an option that Streamlit does not have
