"""The page of the runs: their phases and failures, and starting one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from discovery_pipeline.services import run_control
from discovery_pipeline.services.dagster_api.activity import Activity, Happening, Made
from discovery_pipeline.services.dagster_api.client import Step
from discovery_pipeline.services.dagster_api.names import RESUMES_TAG
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.run_holds import ask_to_pause, end_every_hold, hold_of, record_pause
from discovery_pipeline_tests.streamlit_app.conftest import FRESH, TENANT, FakeDagster
from discovery_pipeline_tests.streamlit_app.driving import click, keys, opened, said
from streamlit_app import services
from streamlit_app.app_pages.runs import page as runs

pytestmark = pytest.mark.usefixtures("app_home")


def runs_page() -> None:
    from streamlit_app.app_pages.runs import page as runs

    runs.page()


@pytest.fixture(autouse=True)
def nothing_held(app_home: Settings) -> Iterator[None]:
    yield
    end_every_hold(services.workspace().database, TENANT, "dropped")


def paused(dagster: FakeDagster) -> str:
    """A run that paused before the mapping and waits."""
    run = dagster.add("paused", done=1)
    dagster.known[0] = replace(run, paused_before="mapping")
    database = services.workspace().database
    ask_to_pause(database, TENANT, run.run_id, "bo")
    record_pause(database, TENANT, run.run_id, "discovery", "mapping", ["mapping_proposals", "model_answers"])
    return run.run_id


def failed_at_inventory(dagster: FakeDagster) -> str:
    run = dagster.add("failed")
    steps = (
        Step("clean_records", "cleansing", "done", run.started, run.started),
        Step("inventory", "inventory", "failed", run.started, run.started),
        Step("dependencies", "dependencies", "skipped", None, None),
    )
    dagster.known[0] = replace(run, steps=steps)
    return run.run_id


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


def test_before_the_first_run_the_next_command_stands_there(dagster: FakeDagster) -> None:
    text = said(opened(runs_page, FRESH))
    assert "Nothing ran yet" in text
    assert f"discovery run {FRESH}" in text


def test_rows_checks_and_the_latest_events_are_shown(dagster: FakeDagster) -> None:
    run = dagster.add("running", done=2)
    made = {"validation_asset": Made("validation_asset", 1200, 1100, True, 3, ("rows_kept",))}
    latest = (Happening(datetime(2026, 3, 1, tzinfo=UTC), "validation_asset", "was made: 1,100 <rows>"),)
    dagster.happened[run.run_id] = Activity(made, latest, "1")
    text = said(opened(runs_page))
    assert "1,200 → 1,100<" in text
    assert "3 checks met" in text
    assert "Rows kept" in text
    assert "was made: 1,100 &lt;rows&gt;" in text


def test_a_link_leads_to_a_run_that_is_not_the_newest(dagster: FakeDagster) -> None:
    dagster.add("failed")
    dagster.add("running")
    app = opened(runs_page)
    assert "running" in app.subheader[0].value
    app.query_params["run"] = "run0"
    app.run()
    assert "failed" in app.subheader[0].value


def test_a_link_to_a_run_of_a_tenant_out_of_sight_shows_nothing_of_it(dagster: FakeDagster) -> None:
    dagster.add("failed", tenant="elsewhere")
    dagster.add("running")
    app = opened(runs_page)
    app.query_params["run"] = "run0"
    app.run()
    assert "there is no such run" in app.error[0].value
    assert "elsewhere" not in said(app)
    app.toggle(key="all_tenants").set_value(True).run()
    assert app.dataframe[0].value["Tenant"].tolist() == [TENANT]


def test_a_run_is_asked_to_pause_and_let_go_on(dagster: FakeDagster) -> None:
    run = dagster.add("running", done=1)
    app = opened(runs_page, author="ada")
    click(app, f"pause/{run.run_id}")
    hold = hold_of(services.workspace().database, TENANT, run.run_id)
    assert hold is not None
    assert (hold.state, hold.asked_by) == ("asked", "ada")
    assert "Will pause before its next phase, asked by ada" in said(app)
    assert f"pause/{run.run_id}" not in keys(app)
    click(app, f"go_on/{run.run_id}")
    assert "Will pause" not in said(app)
    assert f"pause/{run.run_id}" in keys(app)


def test_a_paused_run_waits_and_is_resumed_with_what_is_left(dagster: FakeDagster) -> None:
    run_id = paused(dagster)
    app = opened(runs_page, author="ada")
    text = said(app)
    assert "A run waits before mapping" in text
    assert "It waits to be resumed" in text
    assert "– paused" in app.dataframe[0].value["Status"].tolist()
    click(app, f"resume/{run_id}")
    assert dagster.launched == [(TENANT, "discovery", "ada, in the app")]
    assert dagster.assets == ("mapping_proposals", "model_answers")
    assert dagster.tags == {RESUMES_TAG: run_id}
    assert "The run goes on" in app.success[0].value


def test_a_run_whose_resumption_was_killed_is_resumed_again(dagster: FakeDagster) -> None:
    run_id = paused(dagster)
    app = opened(runs_page)
    click(app, f"resume/{run_id}")
    app.query_params["run"] = run_id
    app.run()
    assert "It was resumed." in said(app)
    assert "– resumed" in app.dataframe[0].value["Status"].tolist()
    assert f"resume/{run_id}" not in keys(app)  # while what went on with it goes on
    dagster.finish(dagster.known[0].run_id, "failed")
    app.run()
    assert app.button(key=f"resume/{run_id}").label == "Resume again"
    assert "failed or was cancelled, and can be resumed again here" in said(app)
    click(app, f"resume/{run_id}")
    assert len(dagster.launched) == 2
    dagster.finish(dagster.known[0].run_id, "failed")
    dagster.add("done")  # a later run took its place
    app.query_params["run"] = run_id
    app.run()
    assert f"resume/{run_id}" not in keys(app)


def test_a_paused_run_is_given_up(dagster: FakeDagster) -> None:
    run_id = paused(dagster)
    app = opened(runs_page)
    click(app, f"drop/{run_id}")
    assert f"resume/{run_id}" not in keys(app)
    assert "It was given up" in said(app)
    assert dagster.launched == []


def test_a_run_is_cancelled(dagster: FakeDagster) -> None:
    run = dagster.add("running", done=1)
    app = opened(runs_page)
    click(app, f"cancel/{run.run_id}")
    assert dagster.cancelled == [run.run_id]
    assert f"cancel/{run.run_id}" not in keys(app)


def test_what_a_failed_run_left_is_run_again(dagster: FakeDagster) -> None:
    run_id = failed_at_inventory(dagster)
    app = opened(runs_page)
    assert app.button(key=f"again/{run_id}").label == "Run again from inventory"
    click(app, f"again/{run_id}")
    assert dagster.assets == ("inventory", "dependencies")


def test_what_is_run_again_already_is_shown(dagster: FakeDagster) -> None:
    """Somebody else pressed the same button, seconds ago."""
    run_id = failed_at_inventory(dagster)
    app = opened(runs_page)
    services.dagster().launch(TENANT, "discovery", "bo", (), {RESUMES_TAG: run_id})
    click(app, f"again/{run_id}")
    assert len(dagster.launched) == 1
    assert "Nothing was started" in app.success[0].value
    assert dagster.known[0].run_id in app.query_params["run"]


def test_a_run_begins_at_a_phase_that_has_what_it_needs(dagster: FakeDagster) -> None:
    app = opened(runs_page)
    assert app.selectbox(key=f"from/{TENANT}").options == [
        "Mapping", "Cleansing", "Inventory", "Dependencies", "Analysis"
    ]  # fmt: skip
    app.selectbox(key=f"from/{TENANT}").set_value("dependencies").run()
    click(app, f"start_from/{TENANT}")
    assert dagster.assets == ("dependencies", "analysis", "discovery_report")
    fresh = opened(runs_page, FRESH)
    assert fresh.button(key=f"start_from/{FRESH}").disabled


def test_who_may_only_look_sees_and_changes_nothing(dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> None:
    run = dagster.add("running", done=1)
    for module in ("people", "app_pages.runs.detail", "app_pages.runs.page"):
        monkeypatch.setattr(f"streamlit_app.{module}.may", lambda role, tenant=None: role == "viewer")
    app = opened(runs_page)
    changing = ["start/discovery", "start/apply_corrections", f"pause/{run.run_id}", f"cancel/{run.run_id}"]
    assert all(app.button(key=key).disabled for key in changing)
    assert "running" in app.subheader[0].value


def test_every_phase_begins_with_its_first_asset() -> None:
    from discovery_pipeline.definitions import defs
    from discovery_pipeline.services.run_frames import ASSETS

    graph = defs.resolve_asset_graph()
    phases = [(graph.get(key).group_name, key.to_user_string()) for key in graph.get_all_asset_keys()]
    first = {phase: min((a for p, a in phases if p == phase), key=ASSETS.index) for phase, _ in phases}
    assert first == run_control.FIRST_OF_PHASE


def test_acting_on_a_run_of_another_tenant_is_refused(dagster: FakeDagster) -> None:
    run = dagster.add("running", done=1)
    app = opened(runs_page)
    dagster.known = [replace(run, tenant=FRESH)]
    click(app, f"pause/{run.run_id}")
    assert hold_of(services.workspace().database, FRESH, run.run_id) is None
    assert "there is no such run" in app.error[0].value


def test_a_person_of_some_tenants_sees_the_runs_of_those(dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit_app.sign_in.tenants", lambda asked_anew=True: {TENANT: "viewer"})
    dagster.add("done")
    for _ in range(3):
        dagster.add("done", tenant=FRESH)
    monkeypatch.setattr("streamlit_app.app_pages.runs.page.LISTED", 2)
    app = opened(runs_page)
    app.toggle(key="all_tenants").set_value(True).run()
    assert app.dataframe[0].value["Tenant"].tolist() == [TENANT]


def test_a_link_does_not_outlive_a_change_of_the_tenant(dagster: FakeDagster) -> None:
    dagster.add("failed", tenant=FRESH)
    dagster.add("running")
    app = opened(runs_page)
    app.query_params["run"] = "run0"
    app.run()
    assert f"of {TENANT}, running" in app.subheader[0].value
    assert "run" not in app.query_params


def test_a_row_that_is_clicked_is_named_in_the_url(dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> None:
    named: dict[str, str] = {}
    monkeypatch.setattr(runs.state, "show_item", named.__setitem__)
    monkeypatch.setattr(runs.st, "session_state", {"list": {"selection": {"rows": [], "cells": [(1, "Job")]}}})
    runs._clicked("list", ["run1", "run0"])
    assert named == {"run": "run0"}
