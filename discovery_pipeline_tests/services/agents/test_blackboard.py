"""One blackboard per run: heard by whom it is addressed to, within bounds, kept with the result it was said about."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from discovery_pipeline.domain.insights.contents import Layout, Meaning, NameScheme, ValueCodes
from discovery_pipeline.domain.insights.insight import AGENTS, LAST_ROUND, About, Insight, observed
from discovery_pipeline.domain.opinions.advice import ADVISED
from discovery_pipeline.services.agents.blackboard import MOST_SAID, TenantBoard
from discovery_pipeline.store.insights import insights_of_run
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant

LAYOUT = observed("mapping", Layout(record="asset", grain="asset", product="rvtools"), About(table_no=1))
CODES = observed("cleansing", ValueCodes(codes={"p": "production"}), About("asset", "environment", 1, 2))
SCHEME = observed("inventory", NameScheme(parts=("site", "number"), share=0.8), About("asset", "hostname"))


@pytest.fixture
def board(database: Database) -> TenantBoard:
    add_tenant(database, "acme")
    return TenantBoard(database, "acme", "run-1")


def texts(insights: tuple[Insight, ...]) -> list[str]:
    return [insight.text for insight in insights]


def said(board: TenantBoard, asset: str, version: str, *insights: Insight) -> None:
    board.begin(asset, version, {})
    board.share(insights)
    board.conclude(None)


def test_later_phases_hear_what_their_inputs_said(board: TenantBoard) -> None:
    said(board, "column_mapping", "m1", LAYOUT)
    said(board, "clean_records", "c1", CODES)
    board.begin("inventory", "i1", {"column_mapping": "m1", "clean_records": "c1"})
    assert texts(board.heard("classification")) == [LAYOUT.text, CODES.text]
    board.begin("inventory", "i2", {"column_mapping": "m1", "clean_records": "c2"})
    assert texts(board.heard("classification")) == [LAYOUT.text]


def test_another_run_over_the_same_versions_hears_the_same(board: TenantBoard, database: Database) -> None:
    said(board, "clean_records", "c1", CODES)
    other = TenantBoard(database, "acme", "run-2")
    other.begin("inventory", "i1", {"clean_records": "c1"})
    assert texts(other.heard("reconciliation")) == [CODES.text]


def test_agents_of_one_phase_hear_each_other(board: TenantBoard) -> None:
    board.begin("inventory", "i1", {})
    board.share([SCHEME])
    assert texts(board.heard("reconciliation")) == [SCHEME.text]


def test_what_was_said_in_a_failed_phase_is_never_heard(board: TenantBoard, database: Database) -> None:
    board.begin("inventory", "i1", {})
    board.share([SCHEME])
    board.begin("inventory", "i2", {"clean_records": "c1"})
    assert board.heard("reconciliation") == ()
    assert board.conclude(None) == 0
    assert insights_of_run(database, "acme") == []


def test_a_step_that_is_tried_again_after_its_insights_were_kept_has_said_them_once(
    board: TenantBoard, database: Database
) -> None:
    said(board, "column_mapping", "m1", LAYOUT)
    for version in ("i1", "i2"):  # i1 was not published
        said(board, "inventory", version, SCHEME, CODES)
    shown = [(one.insight.asset, one.insight.version) for one in insights_of_run(database, "acme")]
    assert shown == [("column_mapping", "m1"), ("inventory", "i2"), ("inventory", "i2")]


def test_only_those_addressed_hear_it_and_nobody_else_takes_part(board: TenantBoard) -> None:
    board.begin("inventory", "i1", {})
    board.share([replace(SCHEME, to=("reconciliation",))])
    hearing = [name for name in (*AGENTS, "a stranger", "") if board.heard(name)]
    assert hearing == ["reconciliation"]


def test_another_tenant_hears_nothing(board: TenantBoard, database: Database) -> None:
    add_tenant(database, "other")
    said(board, "clean_records", "c1", CODES)
    other = TenantBoard(database, "other", "run-1")
    other.begin("inventory", "i1", {"clean_records": "c1"})
    assert other.heard("classification") == ()


def test_rounds_and_rows_are_bounded(board: TenantBoard, database: Database) -> None:
    board.begin("inventory", "i1", {})
    board.share([replace(SCHEME, round=LAST_ROUND), replace(SCHEME, round=LAST_ROUND + 1)])
    board.share([SCHEME] * (MOST_SAID + 5))
    assert board.dropped == 1 + 6
    assert board.conclude(None) == MOST_SAID
    assert [row.insight.number for row in insights_of_run(database, "acme")] == list(range(1, MOST_SAID + 1))


def test_what_an_agent_changed_is_linked_to_what_it_had_been_told(board: TenantBoard, database: Database) -> None:
    board.begin("clean_records", "c1", {})
    board.share([CODES, SCHEME])
    heard = board.heard("cleansing")
    board.told("cleansing", heard)
    changed = [("cleansing", f"s{n}", field, None, "x", "m", 0.9, "") for n, field in enumerate(["environment"] * 3)]
    other = [("reconciliation", "a|b", "same", None, "same", "m", 0.9, "")]
    board.conclude(pl.DataFrame([*changed, *other], schema=ADVISED, orient="row"))
    effects = [row.insight for row in insights_of_run(database, "acme") if row.insight.kind == "effect"]
    assert [(e.author, e.in_reply_to, e.content.text) for e in effects] == [
        ("cleansing agent", 1, "3 changed in environment"),
    ]
    board.begin("inventory", "i1", {"clean_records": "c1"})
    assert {insight.kind for insight in board.heard("classification")} == {"observation"}


def test_questions_and_answers_keep_their_thread(board: TenantBoard, database: Database) -> None:
    board.begin("inventory", "i1", {})
    question = Insight("inventory phase", "question", Meaning(code="u", offers=("staging", "none")))
    board.share([question])
    number = board.heard("classification")[0].number
    meaning = Meaning(code="u", offers=("staging", "none"), chosen="staging")
    board.share([Insight("classification agent", "opinion", meaning, in_reply_to=number, round=2, confidence=0.9)])
    board.conclude(None)
    asked, answered = [row.insight for row in insights_of_run(database, "acme")]
    assert (answered.in_reply_to, answered.round, answered.confidence) == (asked.number, 2, 0.9)
