"""The overview in each of its states: what wants a look, what there is, what to do before there is anything."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from discovery_pipeline.services.attention import Attention, Wanting, attention
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.mapping.corrections import correct
from discovery_pipeline.services.mapping.review import review_columns
from discovery_pipeline.services.run_frames import RunFrames, run_frames
from discovery_pipeline.store.access import put_grant
from discovery_pipeline.store.corrections import undo
from discovery_pipeline_tests.streamlit_app.conftest import FRESH, TENANT, FakeDagster
from discovery_pipeline_tests.streamlit_app.driving import keys, opened, said
from streamlit_app import page_registry, services, sign_in
from streamlit_app.app_pages.overview.words import WORDS, counted, nothing_in, of_all
from streamlit_app.deciding import decision_of

pytestmark = pytest.mark.usefixtures("app_home")


def test_it_is_the_page_that_opens(dagster: FakeDagster) -> None:
    app = opened()
    assert app.title[0].value == "Overview"
    assert {metric.label: metric.value for metric in app.metric}["Assets"] == "3"


def test_each_figure_leads_to_the_page_that_has_it(dagster: FakeDagster) -> None:
    app = opened()
    text = said(app)
    wanting = [a for a in attention(run_frames(services.frames(TENANT))) if a.count]
    assert wanting
    links = {link.proto.label.replace("\\", ""): link.proto for link in app.get("page_link")}
    for each in wanting:
        words = WORDS[each.kind]
        assert counted(each) in text
        if words.page in page_registry.pages():
            asked = links[words.do].query_string
            assert f"tenant={TENANT}" in asked
            assert all(name in asked for name in words.items)


def test_before_a_run_came_to_its_end_nothing_is_called_clear(
    dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear = nothing_in(attention(run_frames(services.frames(TENANT))))
    assert clear in said(opened())
    has = RunFrames.has
    monkeypatch.setattr(RunFrames, "has", lambda run, asset, *parts: asset != "analysis" and has(run, asset, *parts))
    app = opened()
    assert "No run has come to its end yet" in said(app)
    assert clear not in said(app)
    assert not app.metric


def test_the_last_run_is_told(dagster: FakeDagster) -> None:
    dagster.add("failed", done=2)
    assert "last run failed" in said(opened())


def test_it_stands_while_dagster_is_down(dagster: FakeDagster) -> None:
    dagster.down = True
    app = opened()
    assert "its last run is not known" in said(app)
    assert not app.error


def test_decisions_wait_there_too(dagster: FakeDagster) -> None:
    workspace = services.workspace()
    assert "waiting for a run" not in said(opened())
    column = next(c for c in review_columns(workspace, TENANT) if len(c.candidates) > 1)
    (saved,) = correct(workspace, TENANT, [decision_of(column, column.candidates[1].field)], "ann")
    assert "waiting for a run" in said(opened())
    undo(workspace.database, TENANT, [saved.number], "ann")


def test_a_viewer_sees_it_all(dagster: FakeDagster, monkeypatch: pytest.MonkeyPatch) -> None:
    put_grant(services.workspace().database, TENANT, "ada@example.com", "viewer", "root")
    monkeypatch.setattr(sign_in, "person", lambda: sign_in.Person("ada@example.com"))
    app = opened()
    assert app.title[0].value == "Overview"
    assert {metric.label: metric.value for metric in app.metric}["Assets"] == "3"
    assert "access" not in keys(app)


def test_before_there_are_files_they_are_asked_for(dagster: FakeDagster) -> None:
    text = said(opened(tenant=FRESH))
    assert f"{FRESH} has no files yet" in text
    assert f"discovery ingest {FRESH}" in text


def test_a_first_run_that_failed_is_told(dagster: FakeDagster) -> None:
    dagster.add("failed", FRESH)
    text = said(opened(tenant=FRESH))
    assert f"The first run of {FRESH} failed" in text
    assert "has no files yet" not in text


def test_files_wait_for_a_run(dagster: FakeDagster, tmp_path: Path) -> None:
    workspace = services.workspace()
    file = tmp_path / "more.csv"
    file.write_text("Name,IP Address\nweb9,10.0.0.9\n", encoding="utf-8")
    for tenant in (FRESH, TENANT):
        ingest(workspace.settings, workspace.database, tenant, [file])
    assert "1 file waits for the first run" in said(opened(tenant=FRESH))
    assert "The files are not those of the last run" in said(opened())


@pytest.mark.parametrize("kind", get_args(Wanting))
def test_every_kind_has_words_and_a_page(kind: Wanting) -> None:
    assert WORDS[kind].page in {spec.name for spec in page_registry.PAGES}
    assert counted(Attention(kind, 1)) != counted(Attention(kind, 2))


def test_what_is_clear_is_one_sentence() -> None:
    one, two = Attention("pairs", 0), Attention("leads", 0, 7)
    assert nothing_in(()) == ""
    assert nothing_in((one, Attention("types", 3, 9))) == "No pairs alike."
    assert nothing_in((one, two)) == "No pairs alike and no unproven dependencies."
    assert (of_all(one), of_all(two)) == ("", "of 7")
