"""The page of the runs: their phases and failures, and starting one."""

from __future__ import annotations

import pytest

from discovery_pipeline_tests.streamlit_app.conftest import FRESH, FakeDagster
from discovery_pipeline_tests.streamlit_app.driving import opened, said

pytestmark = pytest.mark.usefixtures("app_home")


def runs_page() -> None:
    from streamlit_app.app_pages import runs

    runs.page()


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
