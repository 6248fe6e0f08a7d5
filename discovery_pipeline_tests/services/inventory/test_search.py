"""Search, filters, order and pages over an inventory published by hand; what a searcher types stays a value."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import ANALYSIS, CONFLICTS, INVENTORY
from discovery_pipeline.files.frames import FrameStore, MissingFrame, TenantFrames
from discovery_pipeline.services.inventory.grid import GRID, PART, grid_of
from discovery_pipeline.services.inventory.query import NONE, ONLY, ORDERS, InventoryQuery
from discovery_pipeline.services.inventory.search import InventorySearch
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline_tests.services.hand_built import frame, publish

FLAGS = {"record_count": 1, "first_run": True, "vanished": False}
ASSETS: list[dict[str, Any]] = [
    {"asset_id": "a_1", "hostname": "App01", "classified_type": "virtual_machine", "environment": "production",
     "os_name": "RHEL 8", "memory_mib": 16384.0, "ip_address": ["10.0.0.1", "fd00::1"], "sources": ["cmdb", "rvtools"],
     "application_name": ["Billing"], "datacenter": "DC-1"},
    {"asset_id": "a_2", "fqdn": "db01.corp", "classified_type": "database", "environment": "test",
     "os_name": "RHEL 8", "memory_mib": 8192.0, "sources": ["cmdb"], "location": "100%_full", "datacenter": "DC-1"},
    {"asset_id": "a_3", "classified_type": "application", "hostname": "x", "application_name": ["Billing", "Core"],
     "sources": []},
    {"asset_id": "a_4", "hostname": "=cmd()", "classified_type": "printer", "sources": ["sheet"], "serial_number": "S9",
     "business_owner": "O'Hara", "vanished": True, "first_run": False},
]  # fmt: skip


DISPUTES: list[dict[str, Any]] = [
    {"asset_id": "a_1", "field": "memory_mib", "weight": 0.4, "stated": ["16384", "8192"], "sources": 2},
    {"asset_id": "a_2", "field": "os_name", "weight": 0.1, "stated": ["RHEL 8", "AIX"], "sources": 2},
    {"asset_id": "a_2", "field": "memory_mib", "weight": 0.2, "stated": ["8192", "4096"], "sources": 2},
]


def analysed(location: Path) -> TenantFrames:
    opened = FrameStore(str(location)).open("acme")
    parts = {"inventory": frame([{**FLAGS, **a} for a in ASSETS], INVENTORY), "conflicts": frame(DISPUTES, CONFLICTS)}
    version = publish(opened, "inventory", parts)
    rows = [{"asset_id": "a_1", "strategy": "rehost", "wave": 2}, {"asset_id": "a_2", "strategy": "retire"}]
    publish(opened, "analysis", {"analysis": frame(rows, ANALYSIS)}, {"inputs": {"inventory": version}})
    return opened


@pytest.fixture(scope="module", params=["made when it is opened", "stored by the run"])
def search(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InventorySearch]:
    frames = analysed(tmp_path_factory.mktemp("frames"))
    if request.param == "stored by the run":
        run = run_frames(frames)
        parts = {"analysis": run.scan("analysis", "analysis").collect(), PART: grid_of(run)}
        publish(frames, "analysis", parts, run.meta("analysis"))
    opened = InventorySearch(frames)
    yield opened
    opened.close()


def found(search: InventorySearch, query: InventoryQuery) -> list[str]:
    return search.page(query).rows.get_column("asset_id").to_list()


def test_a_row_shows_the_asset_as_people_name_it(search: InventorySearch) -> None:
    page = search.page(InventoryQuery(order="asset_id"))
    assert page.rows.schema == pl.Schema(GRID)
    assert page.rows.get_column("name").to_list() == ["App01", "db01.corp", "Billing", "=cmd()"]
    first = page.rows.row(0, named=True)
    assert (first["memory_gib"], first["site"], first["strategy"], first["wave"]) == (16.0, "DC-1", "rehost", 2)
    assert first["ip_addresses"] == ["10.0.0.1", "fd00::1"]
    assert (page.total, page.of) == (4, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("app01", ["a_1"], id="a name in any case"),
        pytest.param("  DB01.corp ", ["a_2"], id="FQDN"),
        pytest.param("0.0.1", ["a_1"], id="part of an address"),
        pytest.param("billing", ["a_1", "a_3"], id="application"),
        pytest.param("billing rhel", ["a_1"], id="all words"),
        pytest.param("s9", ["a_4"], id="serial number"),
        pytest.param("a_3", ["a_3"], id="id"),
        pytest.param("o'hara", ["a_4"], id="quote"),
        pytest.param("100%_f", ["a_2"], id="no wildcard: itself"),
        pytest.param("%", ["a_2"], id="no wildcard: alone"),
        pytest.param("'; DROP TABLE inventory; --", [], id="SQL"),
        pytest.param("", ["a_1", "a_2", "a_3", "a_4"], id="nothing"),
    ],
)
def test_text_finds_names_identifiers_and_addresses(search: InventorySearch, text: str, expected: list[str]) -> None:
    assert found(search, InventoryQuery(text, order="asset_id")) == expected
    assert search.page(InventoryQuery(text)).total == len(expected)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        pytest.param({"type": ("database", "printer")}, ["a_2", "a_4"], id="one of two"),
        pytest.param({"environment": (NONE,)}, ["a_3", "a_4"], id="without a value"),
        pytest.param({"environment": ("test", NONE)}, ["a_2", "a_3", "a_4"], id="a value or none"),
        pytest.param({"source": ("rvtools",)}, ["a_1"], id="list"),
        pytest.param({"source": ("sheet", NONE)}, ["a_3", "a_4"], id="list or an empty one"),
        pytest.param({"application": ("Core",)}, ["a_3"], id="application"),
        pytest.param({"site": ("DC-1",)}, ["a_1"], id="a location goes before the data centre"),
        pytest.param({"strategy": ("retire",), "os": ("RHEL 8",)}, ["a_2"], id="two facets"),
        pytest.param({"wave": ("2",)}, ["a_1"], id="number"),
        pytest.param({"wave": ("3", NONE)}, ["a_2", "a_3", "a_4"], id="number or none"),
        pytest.param({"application": ("Billing",), "source": (NONE,)}, ["a_3"], id="two lists"),
        pytest.param({"type": ("') OR true --",)}, [], id="SQL"),
        pytest.param({"type": ()}, ["a_1", "a_2", "a_3", "a_4"], id="nothing chosen"),
    ],
)
def test_facets_narrow(search: InventorySearch, chosen: Any, expected: list[str]) -> None:
    assert found(search, InventoryQuery(chosen=chosen, order="asset_id")) == expected


@pytest.mark.parametrize(
    ("order", "descending", "expected"),
    [
        pytest.param("name", False, ["a_4", "a_1", "a_3", "a_2"], id="case does not matter"),
        pytest.param("memory_gib", True, ["a_1", "a_2", "a_4", "a_3"], id="what has no value comes last, by name"),
        pytest.param("memory_gib", False, ["a_2", "a_1", "a_4", "a_3"], id="also upwards"),
    ],
)
def test_order(search: InventorySearch, order: str, descending: bool, expected: list[str]) -> None:
    assert found(search, InventoryQuery(order=order, descending=descending)) == expected


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_is_possible(search: InventorySearch, order: str) -> None:
    assert len(found(search, InventoryQuery(order=order, descending=True))) == len(ASSETS)


def test_order_is_a_column_or_refused(search: InventorySearch) -> None:
    with pytest.raises(KeyError):
        search.page(InventoryQuery(order="name; DROP TABLE inventory"))


def test_pages_follow_each_other(search: InventorySearch) -> None:
    query = InventoryQuery(order="asset_id")
    pages = [search.page(query, offset, 3).rows.get_column("asset_id").to_list() for offset in (0, 3, 6)]
    assert pages == [["a_1", "a_2", "a_3"], ["a_4"], []]


def test_facets_count_assets(search: InventorySearch) -> None:
    facets = search.counts(InventoryQuery()).facets
    assert dict(facets["source"]) == {"cmdb": 2, "rvtools": 1, "sheet": 1, NONE: 1}
    assert facets["os"] == ((NONE, 2), ("RHEL 8", 2))
    assert dict(facets["strategy"]) == {"rehost": 1, "retire": 1, NONE: 2}
    assert dict(facets["wave"]) == {"2": 1, NONE: 3}
    assert dict(facets["application"]) == {"Billing": 2, "Core": 1, NONE: 2}
    assert dict(facets["support"]) == {"supported": 2, NONE: 2}


def test_a_facet_is_counted_under_all_others_but_not_itself(search: InventorySearch) -> None:
    counted = search.counts(InventoryQuery("rhel", {"type": ("database",), "source": ("cmdb",)}))
    assert dict(counted.facets["type"]) == {"database": 1, "virtual_machine": 1}
    assert dict(counted.facets["source"]) == {"cmdb": 1}
    assert dict(counted.facets["environment"]) == {"test": 1}
    assert counted.only == {"disputed": 1, "new": 1, "vanished": 0, "no_owner": 1, "unsupported": 0}


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        pytest.param(("disputed",), ["a_1", "a_2"], id="disputed"),
        pytest.param(("vanished",), ["a_4"], id="vanished"),
        pytest.param(("new",), ["a_1", "a_2", "a_3"], id="new"),
        pytest.param(("no_owner",), ["a_1", "a_2", "a_3"], id="without an owner"),
        pytest.param(("disputed", "vanished"), [], id="both"),
    ],
)
def test_quick_filters(search: InventorySearch, only: Any, expected: list[str]) -> None:
    assert found(search, InventoryQuery(only=only, order="asset_id")) == expected
    assert search.counts(InventoryQuery(only=only)).only.keys() == {*ONLY}


def test_a_quick_filter_is_one_or_refused(search: InventorySearch) -> None:
    with pytest.raises(KeyError):
        search.page(InventoryQuery(only=("true; DROP TABLE inventory",)))  # type: ignore[arg-type]


def test_disputed_fields_are_named_those_worth_most_first(search: InventorySearch) -> None:
    rows = search.page(InventoryQuery(order="asset_id")).rows
    assert rows.get_column("disputed").to_list() == [["memory_mib"], ["memory_mib", "os_name"], [], []]


@pytest.mark.parametrize("descending", [False, True])
def test_the_order_of_names_needs_no_question_and_is_the_same(search: InventorySearch, descending: bool) -> None:
    asked = found(search, InventoryQuery(only=("new",), descending=descending))
    assert asked == [i for i in found(search, InventoryQuery(descending=descending)) if i != "a_4"]


def test_an_analysis_of_another_inventory_is_not_shown(tmp_path: Path) -> None:
    frames = analysed(tmp_path)
    parts = {"inventory": frame([{**FLAGS, **ASSETS[0]}], INVENTORY), "conflicts": frame(DISPUTES, CONFLICTS)}
    publish(frames, "inventory", parts)
    search = InventorySearch(frames)
    assert search.page(InventoryQuery()).rows.get_column("strategy").to_list() == [None]
    assert search.counts(InventoryQuery()).facets["strategy"] == ((NONE, 1),)


def test_without_inventory_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(MissingFrame, match="discovery run acme"):
        InventorySearch(FrameStore(str(tmp_path)).open("acme"))


def test_threads_share_a_search(search: InventorySearch) -> None:
    answers: list[int] = []

    def ask() -> None:
        answers.extend(search.page(InventoryQuery("billing")).total for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [2] * 80


def rows_of(batches: Iterator[pl.DataFrame]) -> list[int]:
    return [len(batch) for batch in batches]


def test_batches_cover_everything_that_matches(search: InventorySearch) -> None:
    assert sum(rows_of(search.batches(InventoryQuery()))) == len(ASSETS)
