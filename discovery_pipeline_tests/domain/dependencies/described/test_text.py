"""Edges out of depends-on texts."""

from __future__ import annotations

import pytest

from discovery_pipeline_tests.domain.dependencies.small_graphs import edges, run
from discovery_pipeline_tests.domain.estate import application, inventory, server


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("db1", ["db1"]),
        ("DB1; app01", ["app01", "db1"]),
        ("app01-03", ["app01", "app02", "app03"]),
        ("app01/2", ["app01", "app02"]),
        ("app01-09", []),
        ("n/a", []),
        ("reporting-srver", ["reporting-server"]),
        ("app04", []),
    ],
    ids=["one", "list", "range", "pair", "range with a gap", "nothing", "typo", "number is no typo"],
)
def test_depends_on_texts(text: str, targets: list[str]) -> None:
    others = [server(name) for name in ("db1", "app01", "app02", "app03", "reporting-server")]
    outcome = run(inventory(server("x", depends_on=[text]), *others))
    assert outcome.dependencies["to_asset"].to_list() == targets


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("CRM prod", ["crm"]),
        ("CRM (prod)", ["crm"]),
        ("SAP (ERP)", ["sap"]),
        ("Enterprise Planning (SAP)", ["sap"]),
        ("CRM and Billing", ["bil", "crm"]),
        ("CRM und SAP", ["crm", "sap"]),
        ("CRM et Billing prod", ["bil", "crm"]),
        ("Uses: CRM", ["crm"]),
        ("Research and Development", ["rnd"]),
        ("CRM and Unheard", []),
        ("the", []),
    ],
)
def test_names_with_qualifiers_and_conjunctions(text: str, targets: list[str]) -> None:
    estate = inventory(
        application("x", "Portal", depends_on=[text]),
        application("crm", "CRM"),
        application("bil", "Billing"),
        application("sap", "SAP"),
        application("rnd", "Research and Development"),
    )
    assert [to for _, to, _ in edges(run(estate))] == targets


def test_initials_name_an_application_of_several_words() -> None:
    estate = inventory(application("bil", "Billing", depends_on=["GL"]), application("gl", "General Ledger"))
    assert edges(run(estate)) == [("bil", "gl", "application")]


def test_the_initials_of_a_shared_service_name_no_application() -> None:
    estate = inventory(application("bil", "Billing", depends_on=["AD"]), application("ard", "Archive Direct"))
    assert edges(run(estate)) == []


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("CRM / Grant One", ["crm", "gra"]),
        ("CRM / Unheard of", ["crm"]),
        ("Order / Invoice", ["ord"]),
        ("Odrer / Invoice / CRM", ["crm"]),
        ("Odrer / Invoice", ["ord"]),
        ("GrantO ne", ["gra"]),
        ("mxaimo", ["max"]),
        ("maxino", []),
    ],
    ids=["list", "one unknown", "a name with a slash", "a list with one", "misspelt whole", "across the blank",
         "neighbours swapped", "another letter in a short name"],
)  # fmt: skip
def test_lists_with_slashes_and_swapped_letters(text: str, targets: list[str]) -> None:
    estate = inventory(
        application("x", "Portal", depends_on=[text]),
        application("crm", "CRM"),
        application("gra", "Grant One"),
        application("ord", "Order / Invoice"),
        application("max", "Maximo"),
    )
    assert [to for _, to, _ in edges(run(estate))] == targets
