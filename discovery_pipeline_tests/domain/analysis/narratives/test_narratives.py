"""Sentences for people: what the facts alone give, and nothing of the tenant's in the facts."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.narratives.narrative import Written, narratives_frame
from discovery_pipeline.domain.analysis.narratives.rationales import causes
from discovery_pipeline.domain.analysis.narratives.tell import ESTATE, asked_in_general
from discovery_pipeline.domain.analysis.questions.ask_next import topics
from discovery_pipeline.domain.analysis.strategy.rulebook import rulebook
from discovery_pipeline.domain.handoffs import NARRATIVES
from discovery_pipeline_tests.domain.analysis.small_assessments import GOOD, run
from discovery_pipeline_tests.domain.estate import application, server

ROWS = [
    *(server(f"zeus-{n}", f"10.0.0.{n}", **{**GOOD, "application_name": ["Zeus Ledger"]}) for n in range(3)),
    server("zeus-9", **{**GOOD, "os_name": "CentOS 6", "application_name": ["Zeus Ledger"], "criticality": None}),
    server("lone-1", **{**GOOD, "os_name": None, "environment": "Zeus' own"}),
    application("app", "Zeus Ledger"),
]


def test_every_rule_has_its_words() -> None:
    book = rulebook()
    assert set(causes()) == {rule.id for rule in (*book.hard, *book.evidence)} | {"decided", "none"}
    assert not any("{" in cause for cause in causes().values())
    assert set(asked_in_general()) == set(topics())


def test_an_application_is_told_by_its_members() -> None:
    told = {one.key: one for one in run(*ROWS).narratives}
    one = told["rationale/app"]
    assert one.name == "Zeus Ledger"
    assert "strategy: rehost" in one.facts
    assert "strategies of these: 3 rehost, 1 replatform" in one.facts
    assert one.stated.startswith(
        "Rehost: a virtual machine on a supported system can move as it is (3 of 4 servers and databases); "
        "the operating system has left vendor support (1 of 4 servers and databases). It moves in wave"
    )


def test_where_there_are_few_applications_rules_are_told() -> None:
    rules = [one for one in run(*ROWS).narratives if one.kind == "rationale" and "/" in one.subject]
    assert {one.subject for one in rules} >= {"rehost/virtual_supported", "replatform/os_ended"}
    [ended] = [one for one in rules if one.subject == "replatform/os_ended"]
    assert ended.facts[2] == "assets: 1"
    assert ended.stated.startswith("Replatform: the operating system has left vendor support (1 asset).")


def test_the_estate_is_told_in_counts() -> None:
    [one] = [one for one in run(*ROWS).narratives if one.kind == "summary"]
    assert one.subject == ESTATE
    assert "servers whose operating system is out of regular support: 1" in one.facts
    assert one.stated.startswith("The estate has 6 assets, 5 of them servers, and 1 applications.")


def test_no_fact_holds_anything_of_the_tenant() -> None:
    outcome = run(*ROWS)
    assert len(outcome.questions) > 0
    facts = " ".join(fact for one in outcome.narratives for fact in one.facts).casefold()
    assert not any(name in facts for name in ("zeus", "lone", "ann example", "10.0.0", "centos", "2022"))


def test_an_empty_estate_has_nothing_to_tell() -> None:
    assert run().narratives == ()


def test_what_was_written_stands_in_the_stated_ones_place() -> None:
    told = run(*ROWS).narratives
    frame = narratives_frame(told, {"rationale/app": Written("It moves.", "m"), "rationale/gone": Written("x", "m")})
    assert frame.schema == pl.Schema(NARRATIVES)
    assert len(frame) == len(told)
    [row] = frame.filter(subject="app").to_dicts()
    assert (row["text"], row["model"], row["stated"].startswith("Rehost")) == ("It moves.", "m", True)
    others = frame.filter(pl.col("subject") != "app")
    assert others["model"].null_count() == len(others)
    assert others["text"].equals(others["stated"])
