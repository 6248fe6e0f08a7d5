"""Whom to ask what next: owners, short lists, what an answer is worth."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.assess import assess
from discovery_pipeline.domain.analysis.questions.ask_next import Assessed, Doubtful, QuestionParams, ask_next
from discovery_pipeline.domain.analysis.questions.owners import owners
from discovery_pipeline.domain.analysis.questions.worth import monthly_costs, worth
from discovery_pipeline.domain.handoffs import (
    ANALYSIS,
    APPLICATIONS,
    LOOK_ALIKES,
    QUESTIONS,
    SIZING,
    STRUCTURE,
)
from discovery_pipeline.domain.membership import MEMBERSHIP
from discovery_pipeline_tests.domain.analysis.small_assessments import DAY, GOOD, edges
from discovery_pipeline_tests.domain.estate import application, inventory, server

IN_USE = "Is {} still in use? no -> retire; otherwise rehost"


def estate(questions: dict[str, str], *rows: dict[str, Any], members: tuple[tuple[str, str], ...] = ()) -> Assessed:
    """An assessed estate in which these assets have these questions."""
    assets = inventory(*rows)
    analysis = [
        {"asset_id": row["asset_id"], "strategy": "rehost", "next_question": questions.get(row["asset_id"])}
        for row in rows
    ]
    listed = [
        (row["asset_id"], row["application_name"][0], [], "inventory", 1.0)
        for row in rows
        if row["classified_type"] == "application"
    ]
    return Assessed(
        assets,
        pl.DataFrame(members, schema=MEMBERSHIP, orient="row"),
        pl.DataFrame(analysis, ANALYSIS),
        pl.DataFrame(listed, APPLICATIONS, orient="row"),
        pl.DataFrame(schema=SIZING),
        pl.DataFrame(schema=STRUCTURE),
    )


def in_use(*assets: str) -> dict[str, str]:
    return {asset: IN_USE.format(asset) for asset in assets}


def test_one_owner_is_asked_once_about_all_of_a_kind() -> None:
    rows = [server(f"s{n}", business_owner=" Ann ") for n in range(12)]
    [asked] = ask_next(estate(in_use(*(f"s{n}" for n in range(12))), *rows), Doubtful()).to_dicts()
    assert (asked["owner"], asked["assets"], asked["rank"], asked["topic"]) == ("Ann", 12, 1, "in_use")
    assert asked["question"] == "Which of these 12 are still in use: s0, s1, s10, s11, s2, s3, s4, s5 and 4 more?"
    assert len(asked["subjects"]) == 12
    assert asked["change"] == pytest.approx(12 * 0.07)
    assert asked["outcomes"] == ["no -> retire; otherwise rehost"]


def test_one_thing_is_asked_about_by_its_name() -> None:
    [asked] = ask_next(estate(in_use("s1"), server("s1")), Doubtful()).to_dicts()
    assert (asked["question"], asked["owner"]) == ("Is s1 still in use?", None)


def test_owners_are_the_assets_own_people_then_the_applications_then_its_team() -> None:
    rows = [
        server("own", business_owner="Ann", technical_owner="Tom"),
        server("of_app"), server("of_team"), server("nobody"), server("blank", business_owner="  "),
        application("app1", "CRM", business_owner="Cara"), application("app2", "ERP"),
    ]  # fmt: skip
    built = estate({}, *rows, members=(("of_app", "app1"), ("of_team", "app2")))
    found = {row["asset_id"]: row for row in owners(built.inventory, built.members, built.applications).to_dicts()}
    assert (found["own"]["business"], found["own"]["technical"]) == ("Ann", "Tom")
    assert (found["of_app"]["business"], found["of_app"]["technical"]) == ("Cara", "Cara")
    assert found["of_team"]["business"] == "the team of ERP"
    assert found["nobody"]["business"] is found["blank"]["business"] is None


def test_more_rests_on_what_costs_and_on_what_others_need() -> None:
    analysis = pl.DataFrame([{"asset_id": a} for a in ("cheap", "dear", "needed", "plain")], ANALYSIS)
    sizing = [
        {"asset_id": asset, "provider": provider, "total_on_demand": cost, "currency": "USD"}
        for asset, cost in (("cheap", 50.0), ("dear", 150.0))
        for provider, cost in (("aws", cost), ("azure", cost + 1))
    ]
    needed = [{"asset_id": "needed", "blast_radius": 7}]
    rests = worth(analysis, pl.DataFrame(sizing, SIZING), pl.DataFrame(needed, STRUCTURE))
    assert dict(rests.select("asset_id", "weight").rows()) == {"cheap": 1.5, "dear": 2.5, "needed": 4.0, "plain": 1.0}


def test_costs_are_those_of_the_newest_prices_then_of_the_cheapest_provider() -> None:
    old, new = date(2024, 1, 1), date(2026, 1, 1)
    rows = [("a", "aws", 10.0, new), ("b", "aws", 12.0, new), ("a", "gcp", 1.0, old), ("a", "azure", 30.0, new)]
    sizing = [
        {"asset_id": a, "provider": p, "total_on_demand": c, "currency": "USD", "price_date": d} for a, p, c, d in rows
    ]
    assert monthly_costs(pl.DataFrame(sizing, SIZING))["monthly_cost"].to_list() == [10.0, 12.0]


def test_a_list_is_short_and_begins_with_what_is_worth_most() -> None:
    rows = [server(f"s{n}", business_owner="Ann", technical_owner="Ann") for n in range(4)]
    pairs = [("s0", "s1", 0.2, []), ("s2", "s3", 0.45, []), ("s0", "s2", 0.1, [])]
    left = Doubtful(look_alikes=pl.DataFrame(pairs, LOOK_ALIKES, orient="row"))
    found = ask_next(estate({}, *rows), left, QuestionParams(per_owner=2))
    assert found["subjects"].to_list() == [["s2", "s3"], ["s0", "s1"]]
    assert found["rank"].to_list() == [1, 2]


def test_vanished_assets_are_not_asked_about() -> None:
    assert ask_next(estate(in_use("s1"), server("s1", vanished=True)), Doubtful()).is_empty()


def test_the_order_of_rows_changes_nothing() -> None:
    rows = [
        server(f"s{n:02}", f"10.0.0.{n}", **{**GOOD, "business_owner": f"P{n % 3}", "os_name": None}) for n in range(20)
    ]
    ties = tuple((f"s{n:02}", f"s{(n + 7) % 20:02}", "tier") for n in range(20))
    one, other = (assess(inventory(*r), edges(*t), DAY) for r, t in ((rows, ties), (rows[::-1], ties[::-1])))
    assert one.questions.equals(other.questions)
    assert len(one.questions) > 2
    assert one.questions.schema == pl.Schema(QUESTIONS)
    assert one.narratives == other.narratives


def test_ids_are_the_same_in_every_run_and_differ() -> None:
    rows = [server("s1", business_owner="Ann"), server("s2", business_owner="Bob")]
    first, again = (ask_next(estate(in_use("s1", "s2"), *rows), Doubtful()) for _ in range(2))
    assert first["question_id"].to_list() == again["question_id"].to_list()
    assert first["question_id"].n_unique() == 2
