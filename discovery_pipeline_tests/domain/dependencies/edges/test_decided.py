"""What people decided about dependencies: confirmed, made and denied edges, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.dependencies.graph import DependencyOutcome, build
from discovery_pipeline.domain.dependencies.params import reliabilities
from discovery_pipeline.domain.handoffs import DEPENDENCIES, CleanTable
from discovery_pipeline.domain.learning.rules import EdgeRule, Rules, Told
from discovery_pipeline_tests.domain.dependencies.small_graphs import DB, ENDS, ESX, LAPTOP, WEB, flow
from discovery_pipeline_tests.domain.estate import application, connections, inventory, relationships, server

ESTATE = inventory(WEB, DB, ESX, LAPTOP, server("x", "10.0.0.3"), application("crm", "CRM"))
SEEN = connections(ENDS, flow("10.0.0.1", "10.0.0.2", 5432), flow("10.0.0.1", "10.0.0.3", 443))
SAID = relationships(("web1", "Depends on::Used by", "db1"), ("web1", "Hosted on::Hosts", "esx1"))


def says(
    one: str, other: str, kind: str | None = None, *, holds: bool = True, number: int = 7, sure: float = 0.95
) -> EdgeRule:
    return EdgeRule(one, other, kind, holds, Told((number,), "ann", sure))


def decided(
    *rules: EdgeRule, estate: pl.DataFrame = ESTATE, tables: Sequence[CleanTable] = (SEEN, SAID)
) -> DependencyOutcome:
    return build(estate, tables, Rules(edges=rules))


def edge(outcome: DependencyOutcome, one: str, other: str, kind: str) -> dict[str, Any]:
    (row,) = outcome.dependencies.filter(from_asset=one, to_asset=other, kind=kind).to_dicts()
    return row


def kinds(outcome: DependencyOutcome, one: str, other: str) -> list[tuple[str, bool]]:
    """Kinds of the edges between two assets, and whether they are believed."""
    between = outcome.dependencies.filter(from_asset=one, to_asset=other)
    return between.select("kind", pl.col("confidence") >= 0.5).rows()


def others(outcome: DependencyOutcome, one: str, other: str) -> pl.DataFrame:
    return outcome.dependencies.filter(
        ~((pl.col("from_asset") == one) & (pl.col("to_asset") == other).fill_null(value=False))
    )


@pytest.mark.parametrize("kind", ["tier", None])
def test_a_confirmed_edge_is_surer_and_names_who_confirmed_it(kind: str | None) -> None:
    before, after = decided(), decided(says("web1", "db1", kind))
    was, now = edge(before, "web1", "db1", "tier"), edge(after, "web1", "db1", "tier")
    assert now["evidence"] == ["analyst:correction 7 by ann", *was["evidence"]]
    assert now["reasons"] == [*was["reasons"], "analyst, 1 record: 0.95"]
    changed = {"evidence": 0, "confidence": 0, "reasons": 0}
    assert now["confidence"] == pytest.approx(1 - (1 - was["confidence"]) * 0.05, abs=1e-4)
    assert {**now, **changed} == {**was, **changed}
    assert_frame_equal(others(after, "web1", "db1"), others(before, "web1", "db1"))


@pytest.mark.parametrize("sure", [0.95, 0.95238095, 0.3])
def test_an_edge_that_nothing_shows_is_made(sure: float) -> None:
    outcome = decided(says("db1", "x", "infrastructure", sure=sure))
    made = edge(outcome, "db1", "x", "infrastructure")
    assert sure <= made["confidence"] == pytest.approx(sure, abs=1e-4)
    assert made == {
        "from_asset": "db1", "to_asset": "x", "to_address": None, "kind": "infrastructure",
        "evidence": ["analyst:correction 7 by ann"], "confidence": made["confidence"], "observations": 1, "ports": [],
        "first_seen": None, "last_seen": None, "services": [], "reasons": [f"analyst, 1 record: {sure}"],
        "contradictions": [],
    }  # fmt: skip
    assert dict(outcome.dependencies.schema) == DEPENDENCIES
    assert_frame_equal(others(outcome, "db1", "x"), decided().dependencies)
    assert outcome.dependencies["confidence"].is_between(0, 1).all()


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [("db1", "x", "tier"), ("x", "esx1", "hosting"), ("crm", "web1", "hosting"), ("pc1", "db1", "access")],
)
def test_the_kind_of_an_edge_said_without_one_follows_from_its_ends(one: str, other: str, kind: str) -> None:
    assert kinds(decided(says(one, other)), one, other) == [(kind, True)]


def test_what_is_said_of_a_server_and_an_application_stays_between_them() -> None:
    estate = inventory(
        server("web1", "10.0.0.1", application_name=["CRM"]), application("crm", "CRM"), application("bil", "Billing")
    )
    outcome = decided(says("web1", "bil"), estate=estate, tables=())
    assert kinds(outcome, "web1", "bil") == [("application", True)]


@pytest.mark.parametrize("kind", ["tier", None])
def test_a_denied_edge_is_a_lead_that_keeps_what_was_observed(kind: str | None) -> None:
    before, after = decided(), decided(says("web1", "db1", kind, holds=False))
    was, now = edge(before, "web1", "db1", "tier"), edge(after, "web1", "db1", "tier")
    assert was["confidence"] > 0.9
    assert now["confidence"] == pytest.approx(0.05)
    assert now["evidence"] == ["denied:correction 7 by ann", *was["evidence"]]
    assert now["observations"] == was["observations"]
    assert_frame_equal(others(after, "web1", "db1"), others(before, "web1", "db1"))


def test_a_denial_that_is_hardly_believed_leaves_a_lead_still() -> None:
    assert edge(decided(says("web1", "db1", holds=False, sure=0.2)), "web1", "db1", "tier")["confidence"] == 0.45


def test_a_lead_that_is_denied_gets_no_surer() -> None:
    unclear = relationships(("db1", "Related to", "x"))
    before = edge(decided(tables=(unclear,)), "db1", "x", "tier")
    after = edge(decided(says("db1", "x", holds=False, sure=0.3), tables=(unclear,)), "db1", "x", "tier")
    assert after["confidence"] == before["confidence"] == reliabilities()["classes"]["stated_unclear"] < 0.5


def test_denying_what_nothing_shows_makes_no_edge() -> None:
    outcome = decided(says("db1", "x", holds=False))
    assert_frame_equal(outcome.dependencies, decided().dependencies)
    assert len(outcome.findings) == len(decided().findings)


def test_one_kind_is_denied_and_the_others_stay() -> None:
    both = (connections(ENDS, flow("10.0.0.1", "10.0.0.3", 443), flow("10.0.0.1", "10.0.0.3", 22)),)
    assert kinds(decided(tables=both), "web1", "x") == [("management", True), ("tier", True)]
    one = decided(says("web1", "x", "tier", holds=False), tables=both)
    assert kinds(one, "web1", "x") == [("management", True), ("tier", False)]
    every = decided(says("web1", "x", holds=False), tables=both)
    assert kinds(every, "web1", "x") == [("management", False), ("tier", False)]


YES, NO = (says("web1", "db1", "tier", number=7), says("web1", "db1", "tier", number=8, holds=False))


@pytest.mark.parametrize(
    ("rules", "believed"),
    [
        pytest.param((YES, NO), False, id="denied later"),
        pytest.param((NO, YES), False, id="in whatever order"),
        pytest.param((NO, says("web1", "db1", number=9)), True, id="every kind confirmed later"),
        pytest.param((says("web1", "db1", number=9, holds=False), YES), False, id="every kind denied later"),
        pytest.param((says("web1", "db1", number=5, holds=False), YES), True, id="one kind confirmed later"),
    ],
)
def test_the_latest_decision_about_an_edge_holds(rules: tuple[EdgeRule, ...], believed: bool) -> None:
    assert kinds(decided(*rules), "web1", "db1") == [("tier", believed)]


def test_an_edge_made_and_taken_back_leaves_nothing() -> None:
    rules = (says("db1", "x", "tier", number=7), says("db1", "x", number=8, holds=False))
    assert_frame_equal(decided(*rules).dependencies, decided().dependencies)


TWO = inventory(
    server("web1", "10.0.0.1", application_name=["CRM"]), server("db1", "10.0.0.2", application_name=["Billing"]),
    application("crm", "CRM"), application("bil", "Billing"),
)  # fmt: skip
CALL = connections(ENDS, flow("10.0.0.1", "10.0.0.2", 5432), flow("10.0.0.1", "10.0.0.2", 5432))


def test_what_follows_from_an_edge_follows_its_decision() -> None:
    assert kinds(decided(estate=TWO, tables=(CALL,)), "crm", "bil") == [("application", True)]
    assert kinds(decided(says("web1", "db1", holds=False), estate=TWO, tables=(CALL,)), "crm", "bil") == []
    assert kinds(decided(says("web1", "db1"), estate=TWO, tables=()), "crm", "bil") == [("application", True)]


@pytest.mark.parametrize("kind", ["application", None])
def test_a_derived_edge_can_be_denied_and_confirmed(kind: str | None) -> None:
    denied = decided(says("crm", "bil", kind, holds=False), estate=TWO, tables=(CALL,))
    assert edge(denied, "crm", "bil", "application")["evidence"] == [
        "denied:correction 7 by ann", "derived:1 tier edges",
    ]  # fmt: skip
    assert kinds(denied, "crm", "bil") == [("application", False)]
    assert kinds(denied, "web1", "db1") == [("tier", True)]
    confirmed = decided(says("crm", "bil", kind), estate=TWO, tables=(CALL,))
    assert edge(confirmed, "crm", "bil", "application")["evidence"] == [
        "analyst:correction 7 by ann", "derived:1 tier edges",
    ]  # fmt: skip


HOSTED = inventory(
    server("web1", "10.0.0.1"), server("db1", "10.0.0.2", application_name=["Billing"]),
    application("crm", "CRM"), application("bil", "Billing"),
)  # fmt: skip
RUNS = relationships(("crm", "Runs on::Runs", "web1"))


def test_servers_of_an_application_are_those_that_people_left_it() -> None:
    assert kinds(decided(estate=HOSTED, tables=(CALL, RUNS)), "crm", "bil") == [("application", True)]
    assert kinds(decided(says("crm", "web1", holds=False), estate=HOSTED, tables=(CALL, RUNS)), "crm", "bil") == []
    assert kinds(decided(says("crm", "web1"), estate=HOSTED, tables=(CALL,)), "crm", "bil") == [("application", True)]


def test_a_direction_that_was_denied_contradicts_nothing_any_more() -> None:
    both = (relationships(("web1", "Depends on::Used by", "db1"), ("db1", "Depends on::Used by", "web1")),)
    assert "direction_contradicted" in decided(tables=both).findings["code"].to_list()
    settled = decided(says("db1", "web1", holds=False), tables=both)
    assert "direction_contradicted" not in settled.findings["code"].to_list()


@pytest.mark.parametrize(
    "rule",
    [
        says("gone", "db1"), says("web1", "gone", "tier"), says("gone", "db1", holds=False), says("web1", "web1"),
    ],
    ids=["dependent", "provider", "denied", "itself"],
)  # fmt: skip
def test_a_decision_without_its_two_assets_is_told_and_changes_nothing(rule: EdgeRule) -> None:
    outcome, before = decided(rule), decided()
    assert_frame_equal(outcome.dependencies, before.dependencies)
    assert outcome.summary == before.summary
    told = outcome.findings.filter(code="correction_without_target")
    assert told["severity"].to_list() == ["warning"]
    assert f"correction 7 by ann: {rule.from_asset} -> {rule.to_asset}" in told["detail"].item()
    assert_frame_equal(outcome.findings.filter(pl.col("code") != "correction_without_target"), before.findings)


def test_nothing_learned_is_nothing_changed() -> None:
    plain, none = build(ESTATE, (SEEN, SAID)), build(ESTATE, (SEEN, SAID), Rules())
    for part in ("dependencies", "findings", "set_aside"):
        assert_frame_equal(getattr(plain, part), getattr(none, part))
    assert plain.summary == none.summary


def test_an_empty_estate_takes_decisions() -> None:
    outcome = decided(says("a", "b"), estate=inventory(), tables=())
    assert len(outcome.dependencies) == 0
    assert outcome.findings["code"].to_list() == ["correction_without_target"]
