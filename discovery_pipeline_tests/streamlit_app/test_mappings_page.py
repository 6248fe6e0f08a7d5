"""The mapping review: what an analyst reads, what a click decides, and what others decide meanwhile."""

from __future__ import annotations

import time
from threading import Event
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from discovery_pipeline.domain.learning.corrections import not_undone
from discovery_pipeline.services.learning.preview.what_if import what_if
from discovery_pipeline.services.mapping.corrections import correct, waiting
from discovery_pipeline.services.mapping.review import ReviewColumn, review_columns
from discovery_pipeline.store.corrections import corrections, undo
from discovery_pipeline_tests.streamlit_app.conftest import FRESH, TENANT, FakeDagster
from discovery_pipeline_tests.streamlit_app.driving import TIMEOUT_S, click, keys, opened, said
from streamlit_app import effects, services, sign_in, state
from streamlit_app.app_pages.mappings import column_list as mapping_list
from streamlit_app.deciding import SHOWN, decision_of, place_key
from streamlit_app.widgets import html_text

pytestmark = pytest.mark.usefixtures("app_home")


def mappings_page() -> None:
    from streamlit_app.app_pages.mappings import page as mappings

    mappings.page()


def doubtful() -> ReviewColumn:
    """The same one however it was decided: decisions move columns down the queue."""
    columns = [c for c in review_columns(services.workspace(), TENANT) if len(c.candidates) > 1]
    return min(columns, key=lambda column: column.position)


def undo_all() -> None:
    """As if nobody had decided anything."""
    store = services.workspace().database
    numbers = [c.number for c in not_undone(corrections(store, TENANT))]
    if numbers:
        undo(store, TENANT, numbers, "ann")


def looking_at(column: ReviewColumn, author: str) -> AppTest:
    """The page with that column's card, among all columns of its header."""
    app = opened(mappings_page, author=author)
    app.button_group(key="view").set_value("All")
    app.text_input(key="text").set_value(column.header).run()
    assert not app.exception
    assert f"unmap/{place_key(column)}" in keys(app)
    return app


def listed(app: AppTest) -> list[str]:
    """The columns of the list, as it stands."""
    return keyed(app, "at/")


def shown(app: AppTest) -> str:
    """The column of the card."""
    (key,) = keyed(app, "unmap/")
    return key


def keyed(app: AppTest, prefix: str) -> list[str]:
    """What stands behind the prefix in the keys of the buttons that begin with it, in order."""
    return [(button.key or "").removeprefix(prefix) for button in app.button if (button.key or "").startswith(prefix)]


def undo_last(app: AppTest) -> None:
    """Take back the last decision, whatever it was about."""
    (last,) = keyed(app, "undo_last/")
    click(app, f"undo_last/{last}")


def test_mappings_begin_with_the_doubtful_columns(dagster: FakeDagster) -> None:
    undo_all()
    app = opened(mappings_page)
    assert app.title[0].value == "Mappings"
    text = said(app)
    review = [c for c in review_columns(services.workspace(), TENANT) if c.status == "review"]
    assert len(review) > 1
    assert listed(app) == [place_key(c) for c in review]
    assert [c.stake.value for c in review] == sorted((c.stake.value for c in review), reverse=True)
    assert shown(app) == place_key(review[0])
    assert html_text(review[0].stake.words) in text
    assert "servers.csv" in text
    assert "Waits for a run" not in text


def test_texts_of_files_stay_text(dagster: FakeDagster) -> None:
    app = opened(mappings_page)
    app.text_input(key="text").set_value("remark")
    app.button_group(key="view").set_value("All")
    app.run()
    assert "Remark &lt;b&gt;" in said(app)
    assert any(r"Remark \<b\>" in button.label for button in app.button)


def test_another_search_begins_at_its_first_page(dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping_list, "PER_PAGE", 2)
    app = opened(mappings_page)
    app.button_group(key="view").set_value("All").run()
    click(app, f"mappings/{TENANT}/Later")
    assert "3 to 4 of 7 columns" in said(app)
    app.text_input(key="text").set_value("r").run()
    assert "1 to 2 of" in said(app)


def test_every_way_through_the_list_shows_the_card_of_its_column(dagster: FakeDagster) -> None:
    app = opened(mappings_page)
    app.button_group(key="view").set_value("All").run()
    columns = listed(app)
    assert len(columns) == 7
    click(app, f"at/{columns[3]}")
    assert shown(app) == columns[3]
    click(app, "step/Next")
    assert shown(app) == columns[4]
    click(app, "step/Previous")
    assert shown(app) == columns[3]
    assert app.query_params["column"] in (columns[3], [columns[3]])
    click(app, f"at/{columns[6]}")
    assert app.button(key="step/Next").disabled


def test_a_link_opens_its_column_under_its_filters(dagster: FakeDagster) -> None:
    column = next(c for c in review_columns(services.workspace(), TENANT) if c.header == "Name")
    assert column.status != "review"
    app = AppTest.from_function(mappings_page, default_timeout=TIMEOUT_S)
    app.session_state[state.TENANT] = TENANT
    app.query_params.update({"column": place_key(column), "view": "Accepted", "text": "web1"})
    app.run()
    assert not app.exception
    assert shown(app) == place_key(column)
    assert app.text_input(key="text").value == "web1"
    accepted = [c for c in review_columns(services.workspace(), TENANT) if c.status == "accepted"]
    assert place_key(column) in listed(app)
    assert set(listed(app)) < {place_key(c) for c in accepted}
    # Without filters too: the link is to the column, whatever it is counted among.
    app = AppTest.from_function(mappings_page, default_timeout=TIMEOUT_S)
    app.session_state[state.TENANT] = TENANT
    app.query_params["column"] = place_key(column)
    app.run()
    assert shown(app) == place_key(column)
    assert place_key(column) not in listed(app)


def test_going_back_in_the_browser_shows_the_column_of_then(dagster: FakeDagster) -> None:
    undo_all()
    app = opened(mappings_page)
    first, second = listed(app)[:2]
    click(app, f"at/{second}")
    click(app, f"at/{first}")
    app.query_params["column"] = second
    app.run()
    assert shown(app) == second
    del app.query_params["column"]
    app.run()
    assert shown(app) == first


def test_after_a_decision_the_next_doubtful_column_comes(dagster: FakeDagster) -> None:
    undo_all()
    app = opened(mappings_page, author="ada")
    first, second = listed(app)[:2]
    app.text_input(key=f"reason/{first}").set_value("the owner said so")
    click(app, f"unmap/{first}")
    assert shown(app) == second
    assert first not in listed(app)
    said_of_it = waiting(services.workspace(), TENANT)[-1]
    assert (said_of_it.field, said_of_it.reason) == (None, "the owner said so")
    click(app, f"accept/{second}")
    undo_last(app)
    assert shown(app) == second
    undo_last(app)
    assert shown(app) == first
    assert keyed(app, "undo_last/") == []
    assert all(c.decided is None for c in review_columns(services.workspace(), TENANT))
    assert "the owner said so" in said(app)


def test_one_click_decides_and_another_applies(dagster: FakeDagster) -> None:
    undo_all()
    column = doubtful()
    other = column.candidates[1].field
    app = looking_at(column, "ada")
    click(app, f"take/{place_key(column)}/{other}")
    saved = waiting(services.workspace(), TENANT)[-1]
    assert (saved.field, saved.was_field, saved.author) == (other, column.field, "ada")
    assert "Waits for a run" in said(app)
    assert f"<b>{other}</b> by ada" in said(app)

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
    real = what_if

    def slow(*given: Any) -> Any:
        go_on.wait(TIMEOUT_S)
        return real(*given)

    monkeypatch.setattr(effects, "what_if", slow)
    app = looking_at(column, "ada")
    app.selectbox(key=f"if/{key}").set_value("no field").run()
    click(app, f"preview/{key}")
    assert f"<b>{column.field}</b> → <b>no field</b>" in said(app)
    assert "computing what becomes of" in said(app)
    assert "After a run" not in said(app)
    go_on.set()
    finished(app)
    assert "computing what becomes of" not in said(app)
    assert "mapped otherwise" in said(app)
    assert all(c.decided is None for c in review_columns(services.workspace(), TENANT))  # nothing was saved


def test_a_whole_table_is_accepted_after_its_preview(dagster: FakeDagster) -> None:
    undo_all()
    for_review = [c for c in review_columns(services.workspace(), TENANT) if c.status == "review"]
    app = opened(mappings_page)
    app.toggle(key=f"many/{TENANT}").set_value(True).run()
    app.button_group(key=f"how/{TENANT}").set_value("A whole table").run()
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
        patch.setattr("streamlit_app.app_pages.mappings.page.review_columns", lambda *_: old)
        app.run()
        click(app, f"unmap/{place_key(column)}" if field is None else f"take/{place_key(column)}/{field}")


def test_a_run_of_somebody_else_is_shown(dagster: FakeDagster) -> None:
    dagster.add("running", done=2)
    app = opened(mappings_page)
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


def test_before_the_first_run_the_next_command_stands_there(dagster: FakeDagster) -> None:
    text = said(opened(mappings_page, FRESH))
    assert "No run has mapped anything yet" in text
    assert f"discovery run {FRESH}" in text


def test_all_that_are_sure_enough_are_accepted_and_taken_back_in_one_click(dagster: FakeDagster) -> None:
    undo_all()
    review = [c for c in review_columns(services.workspace(), TENANT) if c.status == "review"]
    between = sorted(c.confidence for c in review)
    percent = int(between[0] * 100) + 1
    sure = [c for c in review if c.confidence >= percent / 100]
    assert 0 < len(sure) < len(review)
    app = opened(mappings_page, author="ada")
    app.toggle(key=f"many/{TENANT}").set_value(True).run()
    app.slider(key=f"threshold/{TENANT}").set_value(percent).run()
    assert app.dataframe[0].value["Column"].tolist() == [c.header for c in sorted(sure, key=lambda c: c.confidence)]
    click(app, f"accept_sure/{TENANT}")
    decided = [c for c in review_columns(services.workspace(), TENANT) if c.decided]
    assert {place_key(c) for c in decided} == {place_key(c) for c in sure}
    undo_last(app)
    assert all(c.decided is None for c in review_columns(services.workspace(), TENANT))


def test_a_viewer_looks_and_decides_nothing(dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> None:
    undo_all()
    column = doubtful()
    app = looking_at(column, "vic")
    monkeypatch.setattr(sign_in, "role_in", lambda tenant, asked_anew=True: "viewer")
    # Of a page that was drawn while the person might: the click is refused.
    click(app, f"unmap/{place_key(column)}")
    assert doubtful().decided is None
    assert "role analyst" in said(app)
    assert app.button(key=f"unmap/{place_key(column)}").disabled
    assert app.button(key=f"accept/{place_key(column)}").disabled
    assert f"take/{place_key(column)}/{column.candidates[0].field}" in keys(app)


def test_the_same_key_twice_is_one_decision(dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> None:
    undo_all()
    column = doubtful()
    bob = looking_at(column, "bob")
    before = len(corrections(services.workspace().database, TENANT))
    decide_as(bob, column, None)
    decide_as(bob, column, None)
    assert len(corrections(services.workspace().database, TENANT)) == before + 1
    undo_all()


def test_a_key_of_the_card_before_decides_nothing(dagster: FakeDagster) -> None:
    undo_all()
    app = opened(mappings_page, author="ada")
    first, second = listed(app)[:2]
    # Next was pressed, and the browser still holds the card of the first: its key comes before the new one is drawn.
    app.session_state[SHOWN] = second
    click(app, f"accept/{first}")
    assert all(c.decided is None for c in review_columns(services.workspace(), TENANT))
    assert shown(app) == second
