"""What a table's rows are follows from decisions about its columns, for it and for tables of its layout."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.recall.kinds import kinds_told, of_their_kind, reconsidered
from discovery_pipeline.domain.mapping.recall.layouts import KnownTable
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.domain.schema import fields
from discovery_pipeline_tests.domain.mapping.recall.builders import ASSETS, HERE, OWNER, known
from discovery_pipeline_tests.domain.tables import raw_table

FLOWS = ("from", "to", "dport", "hits")
TABLE = known(FLOWS)
IS_FLOWS = replace(OWNER, place=replace(HERE, header_key="from"), record="connection", field="source_host")


def told(table: KnownTable, *corrected: KnownTable, kind: TableKind = ASSETS) -> TableKind:
    (found,) = kinds_told({0: table}, [kind], of_their_kind(corrected, [IS_FLOWS]))
    return found


def test_a_table_is_of_the_kind_that_its_decisions_speak_of() -> None:
    found = told(TABLE, TABLE)
    assert (found.record, found.grain) == ("connection", "asset")
    assert found.why[-1] == "columns of cmdb.csv were decided as those of a table of connections"


@pytest.mark.parametrize(
    ("headers", "record"),
    [
        pytest.param(FLOWS, "connection", id="same headers"),
        pytest.param(("from", "to", "dport", "sum"), "connection", id="one reworded"),
        pytest.param(("from", "name", "os", "sum"), "asset", id="another layout"),
    ],
)
def test_so_is_a_table_of_its_layout_under_another_name(headers: tuple[str, ...], record: str) -> None:
    assert told(known(headers, "other.csv"), TABLE).record == record


def test_what_agrees_stays_as_it_was_found() -> None:
    flows = replace(ASSETS, record="connection")
    assert told(TABLE, TABLE, kind=flows) is flows


def test_the_newest_decision_about_a_table_says_what_it_is() -> None:
    later = replace(IS_FLOWS, record="asset", field="hostname", corrections=(9,))
    assert [table.record for table in of_their_kind([TABLE], [later, IS_FLOWS])] == ["asset"]


def test_a_table_of_which_nothing_stands_is_not_known() -> None:
    assert of_their_kind([known(FLOWS, "other.csv")], [IS_FLOWS]) == []


def test_evidence_is_gathered_anew_without_reading_a_cell() -> None:
    columns = {"from": ["web1", "web2"], "to": ["db1", "db2"], "dport": ["5432", "1521"], "hits": ["3", "4"]}
    tables = [raw_table(columns, 0), raw_table({"Name": ["a", "b"]}, 1)]
    kinds = [ASSETS, replace(ASSETS, table_no=1)]
    before = propose(tables, kinds)
    flows = [replace(ASSETS, record="connection"), kinds[1]]
    found = reconsidered(before, [table.info for table in tables], kinds, flows)
    anew = propose(tables, flows)
    of_first = pl.col("table_no") == 0
    assert found.evidence.filter(of_first).equals(anew.evidence.filter(of_first))
    assert found.evidence.filter(~of_first).equals(before.evidence.filter(~of_first))
    assert reconsidered(before, [table.info for table in tables], kinds, kinds) is before


def test_a_products_conventions_are_not_those_of_other_records() -> None:
    columns = {"Netbios_Name0": ["a", "b"], "Full_Domain_Name0": ["x.example", "x.example"], "ResourceID": ["1", "2"]}
    kinds = [replace(ASSETS, product="sccm")]
    tables = [raw_table(columns, 0)]
    before = propose(tables, kinds)
    assert "product" in before.evidence["source"]
    links = [replace(kinds[0], record="relationship")]
    found = reconsidered(before, [tables[0].info], kinds, links)
    named = set(found.evidence.filter(pl.col("field") != "")["field"])
    assert named <= fields("relationship").keys()
    assert [mapping.position for mapping in resolve(found, links)] == [0, 1, 2]
