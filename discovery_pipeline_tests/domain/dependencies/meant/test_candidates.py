"""Who may be meant by a name: likeness of letters and words, initials, abbreviations, who was called."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.dependencies.meant.candidates import NameBook, name_book, nearly
from discovery_pipeline_tests.domain.estate import application, inventory, server

ESTATE = inventory(
    application("crm", "Customer Relationship Management", environment="production"),
    application("pay", "Payment Gateway"),
    application("arc", "Claims Archive"),
    application("gone", "Claims Intake", vanished=True),
    server("crm-app-01.corp.example"),
    server("crm-db-01.corp.example"),
    server("pay-db-01"),
    server("srv-0815"),
)
CALLS = pl.DataFrame({"from_asset": ["crm-app-01.corp.example"], "to_asset": ["srv-0815"]})


@pytest.fixture(scope="module")
def book() -> NameBook:
    return name_book(ESTATE, CALLS)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param("the old payment gateway thing", "pay", id="words around it"),
        pytest.param("pymnt gtwy", "pay", id="no vowels"),
        pytest.param("paymnet gatway", "pay", id="misspelt"),
        pytest.param("gateway payment", "pay", id="turned round"),
        pytest.param("cust rel mgmt", "crm", id="abbreviated"),
        pytest.param("our CRM", "crm", id="initials"),
        pytest.param("crm app 01", "crm-app-01.corp.example", id="a host's parts"),
        pytest.param("archive of claims", "arc", id="turned words"),
    ],
)
def test_the_likeliest_comes_first(book: NameBook, text: str, meant: str) -> None:
    assert book.candidates(text)[0].named.asset_id == meant


def test_short_forms_are_told(book: NameBook) -> None:
    assert [book.candidates(text)[0].shortened for text in ("cust rel mgmt", "our CRM", "payment gateway x")] == [
        True, True, False,
    ]  # fmt: skip


def test_whom_the_speaker_calls_is_a_candidate_however_it_is_called(book: NameBook) -> None:
    said = book.candidates("central claims store", ["crm-app-01.corp.example"])
    assert {c.named.asset_id: c.called for c in said}["srv-0815"]
    assert "srv-0815" not in {c.named.asset_id for c in book.candidates("central claims store")}


def test_nobody_means_itself_and_nobody_who_is_gone(book: NameBook) -> None:
    assert "arc" not in {c.named.asset_id for c in book.candidates("claims archive thing", ["arc"])}
    assert "gone" not in {c.named.asset_id for c in book.candidates("claims intake thing")}


@pytest.mark.parametrize("text", ["", "???", "zzzz qqqq"])
def test_what_is_like_nothing_has_no_candidates(book: NameBook, text: str) -> None:
    assert book.candidates(text) == []


def test_no_more_than_asked_for() -> None:
    crowd = inventory(*(application(f"a{n}", f"Payment Service {n:02d}") for n in range(50)))
    assert len(name_book(crowd, CALLS).candidates("payment", most=6)) == 6


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("gatewy", "gateway"), ("arch", "archive"), ("cstmr", "customer"), ("archive", None), ("ar", None),
        ("0815", None), ("zebra", None),
    ],
)  # fmt: skip
def test_a_word_that_shortens_or_misspells_another(word: str, meant: str | None) -> None:
    assert nearly(word, ["customer", "gateway", "archive", "0816"]) == meant
