"""Misspelt, shortened and lengthened names of applications, and names that only look alike."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.application_names import application_aliases
from discovery_pipeline.domain.membership import memberships
from discovery_pipeline_tests.domain.estate import Row, application, inventory, server


def named(asset_id: str, name: str, described: bool = False) -> Row:
    return application(asset_id, name, record_count=int(described))


def users(name: str, count: int) -> list[Row]:
    return [server(f"{name}{n}", application_name=[name]) for n in range(count)]


def aliases(*rows: Row) -> list[tuple[str, str]]:
    return application_aliases(inventory(*rows)).rows()


@pytest.mark.parametrize(
    "name",
    ["Biling", "Bililng", "Billling", "Bilbing", "billing (PROD)", "Billing - Test", "Billing System", "Billing (BLL)"],
)
def test_another_spelling_leads_to_the_application_that_is_described(name: str) -> None:
    assert aliases(named("b", "Billing", described=True), named("x", name)) == [("x", "b")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CRM", "CRN"),
        ("Hub 1", "Hub 2"),
        ("Yard Desk", "Card Desk"),
        ("Billing", "Pricing"),
        ("Order", "Orders Archive"),
    ],
)
def test_names_that_may_be_two_applications_stay_apart(one: str, other: str) -> None:
    assert aliases(named("a", one, described=True), named("b", other)) == []


def test_what_a_row_describes_is_no_misspelling() -> None:
    assert aliases(named("a", "Billing", described=True), named("b", "Biling", described=True)) == []


def test_of_undescribed_names_the_one_that_is_used_much_more_is_meant() -> None:
    both = [named("a", "Billing"), named("b", "Biling")]
    assert aliases(*both, *users("Billing", 3), *users("Biling", 1)) == [("b", "a")]
    assert aliases(*both, *users("Billing", 2), *users("Biling", 2)) == []


def test_a_name_that_is_used_often_is_no_slip() -> None:
    both = [named("a", "Billing", described=True), named("b", "Biling")]
    assert aliases(*both, *users("Billing", 12), *users("Biling", 4)) == []


def test_codes_and_initials_lead_to_the_one_application_they_are_short_for() -> None:
    patients = named("p", "Patient Record Archive", described=True)
    assert aliases(patients, named("i", "PRA")) == [("i", "p")]
    assert aliases(patients, named("q", "Plan Risk Audit", described=True), named("i", "PRA")) == []
    bracketed = named("l", "Patient Record Archive (PTNA)")
    assert aliases(patients, bracketed, named("c", "PTNA")) == [("c", "p"), ("l", "p")]


def test_an_alias_of_an_alias_leads_all_the_way() -> None:
    rows = [named("b", "Billing", described=True), named("x", "Biling"), named("y", "Biling Test")]
    assert aliases(*rows) == [("x", "b"), ("y", "b")]


def test_a_misspelt_name_makes_a_member_of_the_application_that_is_meant() -> None:
    rows = [named("b", "Billing", described=True), named("x", "Biling"), server("s", application_name=["Biling"])]
    assert memberships(inventory(*rows)).rows() == [("s", "b")]


def test_no_applications_no_aliases() -> None:
    assert aliases(server("s")) == []
    assert application_aliases(inventory(server("s")).clear()).is_empty()
