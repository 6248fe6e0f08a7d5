"""Rows that are no records, wherever they stand: told apart from records that look a little like them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from discovery_pipeline.domain.validation.rows import rows_that_are_no_records
from discovery_pipeline_tests.domain.tables import raw_table

_HEADERS = ("Name", "IP Address", "Operating System", "Memory (GB)", "Owner", "Cost")
_RECORDS = [[f"srv-{i:02d}", f"10.0.0.{i}", "Debian 12", "16", "Jo Doe", "1,250.00"] for i in range(30)]

Row = Sequence[str | None]


def _dropped(rows: Sequence[Row], headers: Sequence[str] = _HEADERS) -> dict[int, str]:
    padded = [[*row, *[None] * (len(headers) - len(row))] for row in rows]
    table = raw_table([(header, [row[i] for row in padded]) for i, header in enumerate(headers)])
    return dict(rows_that_are_no_records(table).select("row", "reason").iter_rows())


def _inside(*rows: Row) -> list[Row]:
    """These rows after the first ten records; twenty follow."""
    return [*_RECORDS[:10], *rows, *_RECORDS[10:]]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(["Subtotal", None, None, "160"], id="with a number"),
        pytest.param([None, None, "Grand total", "160", None, "12,500.00"], id="in another column"),
        pytest.param(["Total: 10"], id="with its number in the same cell"),
        pytest.param(["Zwischensumme Frankfurt", None, None, "160 GB"], id="German, of a place"),
        pytest.param(["Total général", None, None, None, None, "12 500,00 €"], id="French"),
        pytest.param(["Итого", None, None, "160"], id="Russian"),
        pytest.param(["小計", None, None, "160"], id="Japanese"),
        pytest.param(["Total for Frankfurt", None, None, "160"], id="of something"),
    ],
)
def test_subtotals_between_records(row: Row) -> None:
    assert _dropped(_inside(row)) == {10: "subtotal"}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(["total-db-01", None, None, "160"], id="a name"),
        pytest.param(["Total", "10.0.0.99", None, "160"], id="with an address"),
        pytest.param(["Total Recall", None, None, None, None, "100"], id="a product"),
        pytest.param(["srv-99", None, None, None, "Sum", "7"], id="a word in another column"),
        pytest.param(["summe01", None, None, "16"], id="a host"),
        pytest.param(["Summary server", None, None, "16"], id="a word that begins so"),
        pytest.param(["page-server-1"], id="a name and nothing else"),
        pytest.param(["Page Speed Service"], id="an application"),
        pytest.param(["Oracle E-Business Suite"], id="a product of several words"),
        pytest.param(["-", "10.0.0.99"], id="a placeholder and an address"),
    ],
)
def test_records_that_look_like_something_else_stay(row: Row) -> None:
    assert _dropped(_inside(row)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Page 2 of 14", "- Seite 2 -", "Página 2 de 14", "Server list (continued)", "Serverliste (Fortsetzung)",
        "Generated on 2025-06-30 08:00", "Imprimé le 30/06/2025",
    ],
)  # fmt: skip
def test_page_breaks_between_records(text: str) -> None:
    assert _dropped(_inside([text])) == {10: "page_break"}


def test_ruled_and_blank_lines_between_records() -> None:
    ruled = ["-----", "-----", "-----", "---", "-----", "-----"]

    assert _dropped(_inside([None], ruled, ["  "], ["***"])) == {
        10: "blank_row",
        11: "ruled_line",
        12: "blank_row",
        13: "ruled_line",
    }


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(_HEADERS, id="as it was"),
        pytest.param(["NAME", "IP ADDRESS", "OPERATING SYSTEM", "MEMORY (GB)", "OWNER", "COST"], id="in capitals"),
        pytest.param(["Hostname", "IP-Address", "OS", "RAM GB", "Owner", "Costs"], id="spelt otherwise"),
        pytest.param(["Servername", "IP-Adresse", "Betriebssystem", "Arbeitsspeicher (GB)"], id="in German"),
        pytest.param(["Nom", "Adresse IP", "Système d'exploitation", "Mémoire (Go)"], id="in French"),
    ],
)
def test_headers_that_come_again(again: Row) -> None:
    assert _dropped(_inside(again)) == {10: "repeated_header"}


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(["server", None, "Linux", None, "owner"], id="generic values"),
        pytest.param(["name", None, None, None, None, None], id="one word of the header"),
        pytest.param(["Application", "n/a", "Operating System", None, "Department"], id="half of it"),
    ],
)
def test_records_of_words_are_no_header(row: Row) -> None:
    assert _dropped(_inside(row)) == {}


def test_an_export_of_words_alone_keeps_its_records() -> None:
    rows = [["Application", "Owner", "Department", "Environment", "Status", "Location"]] * 3
    headers = ("Class", "Role", "Unit", "Stage", "State", "Place")

    assert _dropped(rows, headers) == {}


@pytest.mark.parametrize(
    ("legend", "dropped"),
    [
        pytest.param([["Legend"], ["red", "to be removed"], ["green", "stays"]], 3, id="heading and two lines"),
        pytest.param([[None], ["Legende:"], ["rot", "Abbau"]], 3, id="after a blank row"),
        pytest.param([["凡例"], ["赤", "廃止"]], 2, id="Japanese"),
        pytest.param([["Legend"], ["srv-99", "10.0.0.99", "Debian 12"]], 0, id="a record follows"),
    ],
)
def test_legends_below_the_last_record(legend: Sequence[Row], dropped: int) -> None:
    assert sorted(_dropped([*_RECORDS, *legend])) == list(range(30, 30 + dropped))


def test_every_row_is_named_once() -> None:
    rows: list[Row] = [*_RECORDS, [None], ["Total", None, None, "480"], ["---"]]

    assert _dropped(rows) == {30: "blank_row", 31: "footer_total", 32: "footer_total"}
