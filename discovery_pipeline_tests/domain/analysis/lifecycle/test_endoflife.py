"""endoflife.date's documents taken into a support table."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from discovery_pipeline.domain.analysis.lifecycle.endoflife import _places as places
from discovery_pipeline.domain.analysis.lifecycle.endoflife import take_in
from discovery_pipeline.domain.analysis.lifecycle.table import (
    LifecycleTable,
    lifecycle,
    packaged_table_text,
    read_table,
)
from discovery_pipeline.domain.errors import UsageError

DAY = date(2027, 3, 1)


def taken(product: str, document: Any, as_of: date | None = DAY) -> LifecycleTable:
    return read_table(take_in(packaged_table_text(), [(product, json.dumps(document))], as_of).text)


@pytest.mark.parametrize(
    ("product", "cycle", "system", "version"),
    [
        ("windows-server", "2019", "windows_server", "2019"),
        ("windows-server", "2012-R2", "windows_server", "2012 R2"),
        ("windows-server", "2008-R2-SP1", "windows_server", "2008 R2"),
        ("windows", "11-24h2-w", "windows", "11 24H2"),
        ("sles", "15.6", "sles", "15 SP6"),
        ("ubuntu", "24.04", "ubuntu", "24.04"),
        ("amazon-linux", "2023", "amazon_linux", "2023"),
        ("proxmox-ve", "7.x", "proxmox", "7"),
    ],
)
def test_cycles_of_systems_find_their_place(product: str, cycle: str, system: str, version: str) -> None:
    release = taken(product, [{"cycle": cycle, "eol": "2040-05-01"}]).systems[system][version]
    assert release.end == date(2040, 5, 1)


def test_builds_of_databases_find_their_release() -> None:
    table = taken("mssqlserver", [{"cycle": "16.0", "eol": "2040-05-01"}])
    (product,) = [p for p in table.databases if p.id == "sql_server"]
    assert product.releases["2022"].end == date(2040, 5, 1)


def test_the_second_form_names_its_product_and_its_day() -> None:
    release = {"name": "8.4", "eolFrom": "2040-05-01", "eoesFrom": "2041-05-01", "isEol": False}
    document = {"generated_at": "2027-02-03T04:05:06Z", "result": {"name": "mysql", "releases": [release]}}
    table = taken("whatever", document, None)
    (mysql,) = [p for p in table.databases if p.id == "mysql"]
    assert (mysql.releases["8.4"].extended, table.as_of) == (date(2041, 5, 1), date(2027, 2, 3))
    assert taken("all", {**document, "result": [document["result"]]}, None).as_of == date(2027, 2, 3)


def test_an_end_that_is_told_without_a_day_changes_nothing() -> None:
    assert (
        taken("ubuntu", [{"cycle": "18.04", "eol": True}]).systems["ubuntu"]["18.04"]
        == (lifecycle().systems["ubuntu"]["18.04"])
    )


def test_paid_updates_stay_known_where_the_document_says_nothing_of_them() -> None:
    before = lifecycle().systems["windows_server"]["2016"]
    after = taken("windows-server", [{"cycle": "2016", "eol": "2027-01-12"}]).systems["windows_server"]["2016"]
    assert after.extended == before.extended is not None


def test_a_table_tells_what_was_taken_in_once() -> None:
    once = take_in(packaged_table_text(), [("php", json.dumps([{"cycle": "8.3", "eol": "2040-01-01"}]))], DAY).text
    twice = read_table(take_in(once, [("php", json.dumps([{"cycle": "8.3", "eol": "2040-01-01"}]))], DAY).text)
    assert twice.source.count("endoflife.date of 2027-03-01") == 1
    assert twice.source.endswith(lifecycle().source)


@pytest.mark.parametrize(
    ("product", "text", "as_of", "told"),
    [
        ("ubuntu", "[", DAY, "ubuntu, line 1: this is no JSON"),
        ("ubuntu", '"x"', DAY, "no document of endoflife.date"),
        ("ubuntu", '[{"cycle": "1", "eol": "soon"}]', DAY, "ubuntu, ubuntu 1: 'soon' is no date"),
        ("nothing", '[{"cycle": "1"}]', DAY, "none of these products has a place"),
        ("ubuntu", '[{"cycle": "1"}]', None, "doesn't say of which day"),
    ],
)
def test_what_is_wrong_is_told(product: str, text: str, as_of: date | None, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        take_in(packaged_table_text(), [(product, text)], as_of)
    assert told in str(raised.value)


def test_products_without_a_place_are_skipped_and_told() -> None:
    documents = [("php", '[{"cycle": "8.3", "eol": "2040-01-01"}]'), ("angular", '[{"cycle": "1", "eol": true}]')]
    found = take_in(packaged_table_text(), documents, DAY)
    assert (found.products, found.skipped) == (("php",), ("angular",))


def test_every_place_exists_in_the_table() -> None:
    table = lifecycle()
    known = {"systems": set(table.systems), "databases": {p.id for p in table.databases}}
    known["middleware"] = {p.id for p in table.middleware}
    for product, place in places().items():
        assert place["id"] in known[place["part"]], product
