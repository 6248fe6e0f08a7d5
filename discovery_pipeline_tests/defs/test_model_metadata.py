"""What Dagster shows of second opinions: figures and shapes, no value of a tenant's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from discovery_pipeline.agents.choosing import ANSWERS, Opinion
from discovery_pipeline.agents.desk import NO_TIME, Asked, Desk
from discovery_pipeline.agents.model import Endpoint
from discovery_pipeline.agents.replies import Reply
from discovery_pipeline.defs.model_metadata import forecast_metadata, opinion_facts, opinions_metadata, stage_opinions
from discovery_pipeline.domain.calls import Call
from discovery_pipeline.domain.opinions.advice import ADVISED
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline.domain.opinions.forecast import NOTHING_KNOWN, SAME_FILES, Expected, Forecast
from discovery_pipeline.domain.opinions.trust import Answer, trust
from discovery_pipeline.files.frames import FrameStore

CALL = Call("cleansing", "m", "q", 3, datetime(2026, 1, 2, tzinfo=UTC), 12.5, "answered", "", 900, 40)
ANSWERED = pl.DataFrame(
    [{"agent": "cleansing", "key": "asset.environment=Crown-Jewels", "chosen": "prod", "model": "m"}], schema=ANSWERS
)


def asked(agent: str = "cleansing", unanswered: int = 1) -> Opinion:
    answers = [Answer(Doubt("k", {}, ("prod", "none"), expected="prod"), "prod", "m")] * 20
    return Opinion(
        agent,
        tuple(answers),
        trust(answers),
        ANSWERED,
        questions=2,
        doubts=1,
        asked=Asked((None,) * unanswered, (CALL, CALL)),
    )


def told(*opinions: Opinion) -> dict[str, Any]:
    desk = Desk((Endpoint("http://h/v1", "m", provider="near"),), 12.34, whys={"cleansing": NO_TIME})
    desk.providers.standings[0].saw(Reply("refused", "HTTP 503", status=503))
    shown = opinions_metadata(desk, *opinions, changed=1)
    return {k: v.value if isinstance(v, dg.MarkdownMetadataValue) else v for k, v in shown.items()}


def test_calls_worth_and_answers_are_told_without_a_value() -> None:
    shown = told(asked(), asked("other"))
    assert (shown["model_calls"], shown["model_changed"], shown["model_seconds_left"]) == (4, 1, 12.3)
    assert "| cleansing | 2 | 0 | 1 | 0 | answered 2 | 1800 | 80 | as configured |" in shown["model_agents"]
    assert "| other | m | one | 20 | 20 | 0.90 | 2.16 |" in shown["model_reliability"]
    assert "| cleansing | xxxxx.xxxxxxxxxxx=Xxxxx-Xxxxxx | prod | 2 |" in shown["model_answers"]
    assert "| near | closed | 1 | 1 | HTTP 503 |" in shown["model_providers"]
    assert shown["model_unanswered"] == f"cleansing: {NO_TIME}"
    assert "Crown" not in str(shown)


def test_nothing_asked_nothing_shown_and_no_question_unanswered() -> None:
    assert told(Opinion("cleansing")) == {}
    assert opinion_facts() == opinion_facts(Opinion("a"), Opinion("b")) == _facts(0, 0)
    assert opinion_facts(asked(), asked(unanswered=2)) == _facts(3, 0)
    unearned = replace(asked(), trust=trust([]))
    assert opinion_facts(asked(), unearned) == _facts(2, len(unearned.answers))


def _facts(unanswered: int, without_weight: int) -> dict[str, int]:
    return {"unanswered_questions": unanswered, "answers_without_weight": without_weight}


@pytest.mark.parametrize(
    ("opinions", "parts"),
    [([], []), ([Opinion("cleansing")], []), ([asked(), Opinion("other")], ["advised", "answers"])],
)
def test_answers_stand_beside_the_result_only_where_something_was_asked(
    tmp_path: Path, opinions: list[Opinion], parts: list[str]
) -> None:
    frames = FrameStore(str(tmp_path)).open("acme")
    with frames.stage("clean_records") as staged:
        stage_opinions(staged, opinions)
        staged.publish()
    assert frames.parts("clean_records") == parts
    if parts:
        assert frames.scan("clean_records", "advised").collect_schema() == ADVISED


@pytest.mark.parametrize(
    ("expected", "shown"),
    [
        (None, {}),
        (Forecast({}, NOTHING_KNOWN), {}),
        (Forecast({}, SAME_FILES), {"run_expected_calls": 0, "run_expected_usd": 0, "run_expected_from": SAME_FILES}),
        (Forecast({"a": Expected(1.26, usd=None)}, "b"), {"run_expected_calls": 1.3, "run_expected_from": "b"}),
    ],
)
def test_what_the_run_was_expected_to_cost(expected: Forecast | None, shown: dict[str, object]) -> None:
    assert forecast_metadata(expected) == shown
