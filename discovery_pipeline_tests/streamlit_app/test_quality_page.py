"""The page of data quality in each of its states: what an analyst reads and what a click does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from discovery_pipeline.quality.run import run_checks
from discovery_pipeline.services.quality.record import record_quality
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.hand_built import DB, inventory, lineage, origin, publish, publish_estate
from discovery_pipeline_tests.streamlit_app import driving
from discovery_pipeline_tests.streamlit_app.driving import click, said
from streamlit_app import services
from streamlit_app.app_pages.quality import check as quality_check

INVENTORY_FACTS = {
    "unaccounted_rows": 0, "rows_counted_twice": 0, "lineage_without_asset": 0, "columns_of_other_types": 0,
    "highest_conflict_rate": 0.1, "disagreeing_tables": 0, "repeated_share": 0.3, "unanswered_questions": 0,
    "answers_without_weight": 0,
}  # fmt: skip


@pytest.fixture
def workspace(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """acme's inventory has a server of negative memory and many repeats, seen in two runs; fresh has nothing."""
    with open_workspace(replace(settings, embeddings=False)) as opened:
        for tenant in ("acme", "fresh"):
            add_tenant(opened.database, tenant)
        publish_estate(opened.frames.open("acme"))
        for run in ("run-1", "run-2"):
            run_over(opened, run, pl.col("asset_id") == DB)
        monkeypatch.setattr(services, "workspace", lambda: opened)
        yield opened


def run_over(workspace: Workspace, run: str, wrong: pl.Expr) -> None:
    """An inventory in which some assets have less than no memory, published and checked."""
    made = inventory().with_columns(memory_mib=pl.when(wrong).then(-1.0).otherwise("memory_mib"))
    frames = workspace.frames.open("acme")
    version = publish(frames, "inventory", {"inventory": made, "lineage": lineage(), "origin": origin()})
    # The ids of the hand-built estate are for people to read, not of the form that a check asks for.
    formed = made.with_columns(asset_id=pl.Series([f"a_{letter * 20}" for letter in "bcd"]))
    report = run_checks("inventory", formed, INVENTORY_FACTS)
    record_quality(workspace.database, "acme", run, "inventory", "inventory", version, report, INVENTORY_FACTS)


def quality_page() -> None:
    from streamlit_app.app_pages.quality import page as quality

    quality.page()


def opened(tenant: str = "acme", **items: str) -> AppTest:
    app = driving.opened(quality_page, tenant, **items)
    assert not [error.value for error in app.error]
    return app


def test_before_a_run_the_page_says_what_to_do(workspace: Workspace) -> None:
    text = said(opened("fresh"))
    assert "No run has left its checks yet" in text
    assert "discovery run fresh" in text


def test_the_worst_check_of_the_worst_phase_is_shown_first(workspace: Workspace) -> None:
    app = opened()
    text = said(app)
    assert app.subheader[1].value == "Values plausible"
    assert "see the failing rules: a merge chose an implausible value" in text.replace("\\", "")
    measured, rows = (frame.value for frame in app.dataframe)
    assert measured["Measured"].tolist() == ["Memory mib"]
    assert measured["Found"].tolist() == ["1 cells"]
    assert rows["asset_id"].tolist() == [DB]
    assert rows["value"].tolist() == ["-1.0"]
    assert "not passed in 2 of them" in text


def test_every_row_is_told_to_have_a_place(workspace: Workspace) -> None:
    assert "Every one of the 11 rows read has exactly one place." in said(opened())


def test_a_click_shows_another_check_and_the_link_names_it(workspace: Workspace) -> None:
    app = opened()
    click(app, "check/inventory.few_repeats")
    assert app.subheader[1].value == "Few repeats"
    assert app.query_params["check"] == "inventory.few_repeats"
    assert app.dataframe[0].value["Found"].tolist() == ["30 %"]
    assert app.dataframe[0].value["Expected"].tolist() == ["at most 20 %"]


def test_a_link_opens_a_check_that_passed(workspace: Workspace) -> None:
    app = opened(phase="inventory", check="inventory.classified")
    assert "Every rule of it holds" in said(app)


@pytest.mark.parametrize("items", [{"phase": "nothing"}, {"phase": "analysis"}, {"check": "gone.gone"}])
def test_a_link_to_what_is_not_there_shows_the_worst(workspace: Workspace, items: dict[str, str]) -> None:
    assert opened(**items).subheader[1].value == "Values plausible"


def test_rows_come_a_page_at_a_time(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    run_over(workspace, "run-3", pl.lit(True))
    monkeypatch.setattr(quality_check, "PER_PAGE", 2)
    app = opened()
    assert "1 to 2 of 3 rows" in said(app)
    click(app, "rows/acme/inventory.values_plausible/Next")
    assert "3 to 3 of 3 rows" in said(app)
    assert len(app.dataframe[1].value) == 1


def test_a_run_that_stopped_says_at_which_check_and_what_to_do(workspace: Workspace) -> None:
    facts = {"asset_tables": 0.0}
    report = run_checks("export_findings", None, facts)
    record_quality(workspace.database, "acme", "run-3", "validation", "export_findings", "v", report, facts)
    app = driving.opened(quality_page, "acme")
    assert "stopped at a check" in app.error[0].value
    assert "ingest an inventory export" in app.error[0].value.replace("\\", "")
    assert app.subheader[1].value == "Inventory present"
    assert "not reached, from an earlier run" in said(app)
