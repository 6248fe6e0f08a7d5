"""The page of the agents in each of its states: what an analyst reads and what a click does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from discovery_pipeline.domain.opinions.trust import Reliability
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.agents.advised_estate import publish_advised, record_run
from discovery_pipeline_tests.services.hand_built import APP, DB
from discovery_pipeline_tests.streamlit_app import driving
from discovery_pipeline_tests.streamlit_app.driving import said
from streamlit_app import services
from streamlit_app.app_pages.agents.tables import dollars, latency


@pytest.fixture
def workspace(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """acme has a run in which a model was asked; fresh has nothing."""
    with open_workspace(replace(settings, embeddings=False)) as opened:
        for tenant in ("acme", "fresh"):
            add_tenant(opened.database, tenant)
        publish_advised(opened, "acme")
        record_run(opened, "acme")
        monkeypatch.setattr(services, "workspace", lambda: opened)
        yield opened


def agents_page() -> None:
    from streamlit_app.app_pages.agents import page as agents

    agents.page()


def opened(tenant: str = "acme") -> AppTest:
    return driving.opened(agents_page, tenant, "ada")


def test_without_a_model_the_page_says_how_to_have_one(workspace: Workspace) -> None:
    text = said(opened("fresh"))
    assert "No model is asked" in text
    assert "OPENAI_BASE_URL" in text
    assert "discovery health" in text


def test_with_a_model_that_was_never_asked_a_run_is_the_next_step(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = replace(workspace, settings=replace(workspace.settings, model_base_url="http://127.0.0.1:9/v1"))
    monkeypatch.setattr(services, "workspace", lambda: asking)
    text = said(opened("fresh"))
    assert "Nothing was asked yet" in text
    assert "discovery run fresh" in text
    assert "No model is asked" not in text


def test_figures_tables_and_changes_of_the_run(workspace: Workspace) -> None:
    app = opened()
    assert {metric.label: metric.value for metric in app.metric} == {
        "Changes in the results": "7",
        "Calls in the run": "2",
        "Answered usably": "50 %",
        "Answered before": "1",
        "Cost of the run": "$0.0012",
    }
    insights, agents, worth, plans = (table.value for table in app.dataframe)
    assert insights["What"].tolist() == ["asset hostname: 80% of the host names consist of: site, number"]
    assert agents["Ended"].tolist() == ["answered 1, refused 1"]
    assert worth["Known things right"].tolist() == ["15 of 16"]
    assert worth["Trusted as right in"].tolist() == [f"{Reliability(16, 15).bound:.0%}".replace("%", " %")]
    assert plans["Why"].tolist() == ["it was right most often"]
    text = said(app)
    assert "column &#x27;RAM&#x27; of cmdb.csv/cmdb" in text
    assert "nothing → <b>memory mib</b>" in text or "nothing → <b>memory_mib</b>" in text


def test_what_tenants_wrote_stays_text(workspace: Workspace) -> None:
    text = said(opened())
    assert "&lt;prd&gt;" in text
    assert "<prd>" not in text


def test_a_click_keeps_a_change_and_another_takes_one_back(workspace: Workspace) -> None:
    app = opened()
    button = next(button for button in app.button if button.key.startswith("Keep/") and "environment" in button.key)
    button.click().run()
    assert not app.exception
    assert "is kept" in app.success[0].value
    assert "kept by a person" in said(app)
    edge = next(button for button in app.button if button.key.startswith("Take back/") and ">" in button.key)
    edge.click().run()
    assert "decided otherwise by a person" in said(app)
    kept, taken = corrections(workspace.database, "acme")
    assert (kept.what.author, kept.what.target["raw"]) == ("ada", "<prd>")
    assert (taken.what.target["from_asset"], taken.what.target["to_asset"]) == (APP, DB)
    assert not [button for button in app.button if button.key.startswith("Keep/") and "environment" in button.key]


def test_changes_of_one_agent_can_be_looked_at_alone(workspace: Workspace) -> None:
    app = opened()
    app.multiselect(key="agents_of/acme").set_value(["dependencies"]).run()
    text = said(app)
    assert "app01 needs =db01" in text
    assert "&lt;prd&gt;" not in text
    assert "1 to 1 of 1 changes" in text


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "$0.00"), (0.0033, "$0.0033"), (0.5, "$0.5000"), (1234.5, "$1,234.50")]
)
def test_dollars(amount: float, text: str) -> None:
    assert dollars(amount) == text


@pytest.mark.parametrize(("milliseconds", "text"), [(None, ""), (12.4, "12 ms"), (2345.0, "2.3 s")])
def test_latency(milliseconds: float | None, text: str) -> None:
    assert latency(milliseconds) == text
