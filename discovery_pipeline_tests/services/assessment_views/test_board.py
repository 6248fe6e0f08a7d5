"""The wave board of a small estate: what stands where, what moves break, and pins."""

from __future__ import annotations

from pathlib import Path

import pytest

from discovery_pipeline.domain.analysis.lifecycle.table import lifecycle
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.analysis.waves.placing import scheduled
from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.services.assessment_views.board import WaveBoard, wave_board
from discovery_pipeline.services.assessment_views.estate import AssessedEstate, assessed_estate
from discovery_pipeline.services.assessment_views.older_plan import made_anew
from discovery_pipeline.services.assessment_views.pins import pinning
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline_tests.services.assessment_views.assessed import OLDER, PARAMS, estate, server
from discovery_pipeline_tests.services.hand_built import publish


def shop(home: Path, *, older: bool = False) -> AssessedEstate:
    """Shop needs CRM: two groups in production; Lab stands in test and moves first."""
    return estate(
        home,
        server("crm1"), server("crm2"),
        server("shop1", application_name=["Shop"]), server("shop2", application_name=["Shop"]),
        server("lab1", environment="test", application_name=["Lab"]),
        ties=(("crm1", "crm2", "tier"), ("shop1", "shop2", "tier"), ("shop1", "crm1", "application")),
        older=older,
    )  # fmt: skip


@pytest.fixture(scope="module", params=OLDER)
def board(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> WaveBoard:
    return wave_board(shop(tmp_path_factory.mktemp("frames"), older=request.param), PARAMS)


def group_of(board: WaveBoard, asset: str) -> str:
    return str(board.members_of([asset])["group_id"][0])


def test_groups_carry_what_a_card_shows(board: WaveBoard) -> None:
    lab = board.groups.filter(board.groups["group_id"] == group_of(board, "lab1")).row(0, named=True)
    assert (lab["size"], lab["wave"], lab["production"], lab["environments"]) == (1, 1, 0, ["test"])
    assert 0 < lab["readiness"] <= 100
    assert lab["cost"] > 0
    assert lab["reasons"]


def test_the_board_is_the_published_plan_made_anew(board: WaveBoard) -> None:
    """What follows from moves is told by the planner itself: without a move it says what was published."""
    anew = scheduled(board.kept.basis(PARAMS.waves), PARAMS.waves).placed.wave
    made = dict(zip(board.kept.groups["group_id"], anew, strict=True))
    assert made == dict(board.groups.select("group_id", "wave").iter_rows())


def test_what_a_run_kept_is_what_is_made_anew(tmp_path: Path) -> None:
    found = shop(tmp_path)
    kept, anew = wave_board(found, PARAMS).kept.frames(), made_anew(found, PARAMS).frames()
    assert [name for name, frame in kept.items() if not frame.equals(anew[name])] == []
    assert not kept["edges"].is_empty()


def test_a_plan_that_was_changed_since_the_run_judges_moves(tmp_path: Path) -> None:
    changed = AnalysisParams.model_validate({**PARAMS.model_dump(), "waves": {"capacity": 2, "pilots": {"waves": 0}}})
    board = wave_board(shop(tmp_path), changed)
    found = board.consequences({group_of(board, "crm1"): 1}).over
    assert found.select("wave", "load", "after", "bound").rows() == [(1, "size", 3.0, 2.0)]


def test_a_move_shows_the_group_in_its_new_wave_and_where_it_was(board: WaveBoard) -> None:
    lab = group_of(board, "lab1")
    moved = board.placed({lab: 3})
    assert moved.filter(moved["group_id"] == lab).select("wave", "was").row(0) == (3, 1)
    assert moved["was"].null_count() == len(moved) - 1
    assert board.loads({lab: 3}).filter(wave=3)["size"].to_list() == [1]


def test_moves_are_judged_by_group_id_and_unknown_ones_left_out(board: WaveBoard) -> None:
    later = board.last + 1
    found = board.consequences({group_of(board, "crm1"): later, "g_nothing": 1})
    assert found.crossing["crossing"].to_list() == ["dependent_first"]
    assert found.crossing["to_asset"].to_list() == ["crm1"]
    assert not board.consequences({}).breaks


def test_a_pin_is_a_planned_wave_of_every_asset_of_the_group(board: WaveBoard) -> None:
    decided = pinning(board, {group_of(board, "crm1"): 2}, "after the audit")
    assert {(d.asset, d.field, d.value, d.reason) for d in decided} == {
        (asset, "planned_wave", "2", "after the audit") for asset in ("crm1", "crm2")
    }


def test_an_analysis_of_an_older_version_is_said_to_lack_the_plan(tmp_path: Path) -> None:
    found = estate(tmp_path, server("a"))
    analysis = found.run.scan("analysis", "analysis").collect()
    publish(found.run.frames, "analysis", {"analysis": analysis}, found.run.meta("analysis"))
    older = assessed_estate(run_frames(found.run.frames), lifecycle())
    with pytest.raises(PermanentError, match="no wave plan"):
        wave_board(older, PARAMS)
