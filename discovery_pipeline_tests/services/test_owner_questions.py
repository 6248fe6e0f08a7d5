"""The list of questions to owners, as it is handed out."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.files.frames import FrameStore, TenantFrames
from discovery_pipeline.services.owner_questions import OWNER_QUESTIONS, owner_questions, questions_csv
from discovery_pipeline_tests.services.hand_built import publish_estate, publish_records


@pytest.fixture
def frames(tmp_path: Path) -> TenantFrames:
    opened = FrameStore(str(tmp_path)).open("acme")
    publish_estate(opened)
    return opened


def test_questions_come_with_names_and_the_words_of_a_model(frames: TenantFrames) -> None:
    found = owner_questions(frames)
    assert found.schema == pl.Schema(OWNER_QUESTIONS)
    assert found.select("question_id", "names", "worded", "model").rows() == [
        ("q_1", ["app01"], "Is this system still in use?", "m1"),
        ("q_2", ["=db01"], None, None),
    ]


def test_an_owner_is_found_by_a_part_of_the_name(frames: TenantFrames) -> None:
    assert owner_questions(frames, "ANN")["question_id"].to_list() == ["q_1"]
    assert owner_questions(frames, "nobody").is_empty()
    assert len(owner_questions(frames, most=0)) == 0


def test_a_spreadsheet_runs_nothing(frames: TenantFrames) -> None:
    header, first, second = questions_csv(owner_questions(frames)).splitlines()
    assert header.startswith("question_id,owner,rank")
    assert first.startswith("q_1,'=Ann,1,in_use,")
    assert ",'=db01," in second


def test_before_an_analysis_there_are_none(tmp_path: Path) -> None:
    opened = FrameStore(str(tmp_path)).open("acme")
    publish_records(opened)
    with pytest.raises(PermanentError, match="no questions yet"):
        owner_questions(opened)
