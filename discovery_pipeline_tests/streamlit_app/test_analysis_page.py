"""The analysis page over a run: every part, moves on the wave board, and what is said before there is an analysis."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.services.assessment_views.board import WaveBoard
from discovery_pipeline.services.learning.history import history
from discovery_pipeline.services.learning.preview.proposed import Proposed
from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.streamlit_app.conftest import FRESH, TENANT
from discovery_pipeline_tests.streamlit_app.driving import TIMEOUT_S, click, keys, opened, said
from streamlit_app import services, state
from streamlit_app.app_pages.analysis import assessed
from streamlit_app.app_pages.analysis.page import PARTS

pytestmark = pytest.mark.usefixtures("app_home", "dagster")


def analysis_page() -> None:
    from streamlit_app.app_pages.analysis import page as analysis

    analysis.page()


def part_opened(part: str, tenant: str = TENANT) -> AppTest:
    app = AppTest.from_function(analysis_page, default_timeout=TIMEOUT_S)
    app.session_state[state.TENANT] = tenant
    app.query_params["part"] = part
    app.run()
    assert not app.exception
    return app


def board() -> WaveBoard:
    return assessed.board(TENANT)


def group_of(label: str) -> str:
    groups = board().groups
    return str(groups.filter(groups["label"] == label)["group_id"][0])


def put(app: AppTest, wave: int, *labels: str) -> None:
    """Groups into a wave, by keyboard."""
    app.multiselect(key=f"put/{TENANT}").set_value([group_of(label) for label in labels])
    app.number_input(key=f"put_into/{TENANT}").set_value(wave)
    click(app, "put")


def test_before_a_run_it_says_the_next_command() -> None:
    app = opened(analysis_page, FRESH)
    assert "There is no analysis yet" in said(app)
    assert f"discovery run {FRESH}" in said(app)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        pytest.param("matrix", "Click a cell", id="matrix"),
        pytest.param("readiness", "What costs most", id="readiness"),
        pytest.param("support", "the day the data speaks of", id="support"),
        pytest.param("waves", "The plan as it stands", id="waves"),
        pytest.param("cost", "needs known processors and memory", id="cost"),
        pytest.param("what_if", "Choose assets", id="what if"),
        pytest.param("questions", "questions", id="questions"),
        pytest.param("report", "One page for people", id="report"),
    ],
)
def test_every_part_is_reached_by_its_link(part: str, says: str) -> None:
    app = part_opened(part)
    assert not app.error
    assert says in said(app)
    assert app.query_params["part"] == part


def test_every_part_is_told_of_above() -> None:
    assert list(PARTS) == ["matrix", "readiness", "support", "waves", "cost", "what_if", "questions", "report"]


def test_an_unknown_part_in_the_link_shows_the_first() -> None:
    assert "Click a cell" in said(part_opened("nonsense"))


def test_the_browsers_way_back_shows_the_part_before() -> None:
    app = part_opened("report")
    del app.query_params["part"]
    app.run()
    assert not app.exception
    assert "Click a cell" in said(app)


def test_the_matrix_counts_the_assets_of_the_run() -> None:
    shown = part_opened("matrix").dataframe[0].value.set_index("value")
    assets = assessed.estate(TENANT).assets.filter(pl.col("strategy") != "not_applicable")
    assert shown["all"].sum() == len(assets.collect())


def test_without_prices_the_matrix_says_so() -> None:
    app = part_opened("matrix")
    app.segmented_control(key="figures").set_value("cost a month").run()
    assert not app.exception
    assert "No machine of this estate has a price" in said(app)


def test_moves_are_judged_saved_followed_by_a_run_and_taken_back(app_home: Settings) -> None:
    """The whole way of a pin: tried, what breaks, recorded, in the plan of the next run, and out of it again."""
    app = part_opened("waves")
    last = board().last
    put(app, last + 2, "web1")
    assert "Moves: 1 tried" in said(app)
    assert "Nothing breaks" in said(app)
    app.text_input(key=f"wave_reason/{TENANT}").set_value("after the audit").run()
    click(app, "save_moves")
    assert "1 move saved" in app.success[0].value
    decided = [entry for entry in history(services.workspace(), TENANT).entries if entry.kind == "value"]
    assert [(entry.said, entry.reason, entry.waits) for entry in decided][-1][1:] == ("after the audit", True)
    assert "waits for a run" in said(app)

    assert run_tenant(app_home, TENANT, None, lambda _: None).status == "done"
    app.run()
    waves = dict(board().groups.select("label", "wave").iter_rows())
    assert waves["web1"] == last + 2
    assert "followed by the plan" in said(app)
    assert "Moves:" not in said(app)

    click(app, f"unpin/{group_of('web1')}/{last + 2}")
    assert "planned by the data alone again" in app.success[0].value
    assert run_tenant(app_home, TENANT, None, lambda _: None).status == "done"
    app.run()
    assert dict(board().groups.select("label", "wave").iter_rows())["web1"] <= last
    assert "Planned by people" not in said(app)


def test_a_move_that_is_dropped_leaves_nothing() -> None:
    app = part_opened("waves")
    before = len(history(services.workspace(), TENANT).entries)
    put(app, board().last + 1, "web1")
    assert "drop_moves" in keys(app)
    click(app, "drop_moves")
    assert "Moves:" not in said(app)
    assert len(history(services.workspace(), TENANT).entries) == before


def test_a_group_put_where_it_stands_is_no_move() -> None:
    app = part_opened("waves")
    groups = board().groups
    put(app, int(groups.filter(groups["label"] == "web1")["wave"][0]), "web1")
    assert "Moves:" not in said(app)


@pytest.mark.parametrize(
    "dropped",
    [
        pytest.param({"group": "g_nothing", "wave": 2}, id="no such group"),
        pytest.param({"group": None, "wave": 2}, id="no group"),
        pytest.param({"group": "web1", "wave": 0}, id="no such wave"),
        pytest.param({"group": "web1", "wave": "2"}, id="a wave that is no number"),
        pytest.param({}, id="nothing"),
    ],
)
def test_what_the_browser_says_is_checked(dropped: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit_app.app_pages.analysis import wave_moves

    said_by = {"group": group_of("web1") if dropped.get("group") == "web1" else dropped.get("group")}
    kept: dict[str, Any] = {"board": {"moved": {**dropped, **(said_by if dropped else {})}}, state.TENANT: TENANT}
    monkeypatch.setattr("streamlit.session_state", kept)
    wave_moves.dropped(TENANT, board(), "board")
    assert kept.get(f"wave_moves/{TENANT}", {}) == {}


def test_a_viewer_sees_the_board_and_can_move_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit_app.app_pages.analysis.waves.may", lambda role: role == "viewer")
    app = part_opened("waves")
    assert app.multiselect(key=f"put/{TENANT}").disabled
    assert app.button(key="put").disabled


def test_a_strategy_is_previewed_and_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    previewed: list[Proposed] = []
    monkeypatch.setattr(
        "streamlit_app.app_pages.analysis.what_if.show_effects", lambda tenant, proposed: previewed.append(proposed)
    )
    app = part_opened("what_if")
    named = assessed.estate(TENANT).assets.filter(pl.col("name") == "web1")
    asset = str(named.collect()["asset_id"][0])
    app.multiselect(key=f"what_if_assets/{TENANT}").set_value([asset])
    app.selectbox(key=f"what_if/{TENANT}/strategy").set_value("retain").run()
    assert not app.exception
    assert [(c.target, c.said) for c in previewed[-1].decided] == [({"asset_id": asset}, {"strategy": "retain"})]
    assert not [entry for entry in history(services.workspace(), TENANT).entries if entry.kind == "strategy"]
    click(app, "decide_strategy")
    assert "retain" in app.success[0].value
    entry = history(services.workspace(), TENANT).entries[-1]
    assert (entry.kind, entry.said) == ("strategy", "retain")
