from __future__ import annotations

import polars as pl
import pytest
from sqlalchemy import select

from discovery_pipeline.domain.handoffs import ColumnMapping, mapping_frame
from discovery_pipeline.store.mappings import save_mappings
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ChosenMapping
from discovery_pipeline.store.tenants import add_tenant

HOSTNAME = ColumnMapping(
    0, 0, 'Na"me', "hostname", 0.98, "accepted", why=("exact synonym",), alternatives=(("fqdn", 0.31), ("model", 0.1))
)
UNMAPPED = ColumnMapping(0, 1, "", None, 0.1, "unmapped")


@pytest.fixture
def acme(database: Database) -> Database:
    add_tenant(database, "acme")
    return database


def named(*mappings: ColumnMapping, file: str = "cmdb.csv") -> pl.DataFrame:
    names = (pl.lit(value).alias(name) for name, value in (("source", "cmdb"), ("file", file), ("table", "cmdb")))
    return mapping_frame(mappings).with_columns(*names)


def saved(database: Database) -> list[ChosenMapping]:
    with database.tenant_session("acme") as session:
        return list(session.execute(select(ChosenMapping).order_by(ChosenMapping.position)).scalars())


def test_a_mapping_is_saved_as_it_was_chosen(acme: Database) -> None:
    assert save_mappings(acme, "acme", named(HOSTNAME, UNMAPPED)) == 2
    first, second = saved(acme)
    assert (first.source, first.file, first.table, first.header) == ("cmdb", "cmdb.csv", "cmdb", 'Na"me')
    assert (first.field, first.confidence, first.why) == ("hostname", 0.98, ["exact synonym"])
    assert first.alternatives == [{"field": "fqdn", "confidence": 0.31}, {"field": "model", "confidence": 0.1}]
    assert (second.header, second.field, second.why, second.alternatives) == ("", None, [], [])


def test_the_next_run_replaces_them_all(acme: Database) -> None:
    save_mappings(acme, "acme", named(HOSTNAME, UNMAPPED))
    save_mappings(acme, "acme", named(UNMAPPED, file="other.csv"))
    assert [(m.file, m.position) for m in saved(acme)] == [("other.csv", 1)]
