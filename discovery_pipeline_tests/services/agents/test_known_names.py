"""Which names are gathered from a tenant's mapped records."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.services.agents.known_names import names_in

SERVERS = pl.LazyFrame(
    {
        "row": [0, 1],
        "hostname": ["zeus-db-1", None],
        "fqdn": ["hera-2.bank.example", "10.1.2.3"],
        "hostname#2": ["ares-3", ""],
        "technical_owner": ["Lovelace, Ada", "jörg.müßig@bank.example"],
        "application_name": ["Claims Hyperdrive; Orakel", None],
        "department": ["Finance", "Retail Zweigstelle"],
        "environment": ["Kilburn", "prod"],
    },
    schema_overrides={"row": pl.Int64},
)
TALKS = pl.LazyFrame(
    {"source_host": ["poseidon"], "destination_host": [None]}, schema_overrides={"destination_host": pl.String}
)
KNOWN = names_in([SERVERS, TALKS])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("ZEUS_DB_1", "host", id="a host"),
        pytest.param("hera-2", "host", id="the first label of a qualified name"),
        pytest.param("bank.example", "domain", id="the rest of it"),
        pytest.param("ares-3", "host", id="a second column of the field"),
        pytest.param("poseidon", "host", id="an end of a connection"),
        pytest.param("Lovelace", "person", id="a part of a person's name"),
        pytest.param("Lovelace, Ada", "person", id="the whole name"),
        pytest.param("jorg mussig", "person", id="what stands before an address's domain"),
        pytest.param("Orakel", "application", id="one of several applications"),
        pytest.param("claims hyperdrive", "application", id="of several words"),
        pytest.param("Retail Zweigstelle", "department", id="a department"),
        pytest.param("Finance", None, id="a word of everybody's"),
        pytest.param("Kilburn", None, id="a field that names nothing"),
    ],
)
def test_names(name: str, kind: str | None) -> None:
    assert KNOWN.kind_of(name) == kind


def test_tables_without_names_have_none() -> None:
    assert names_in([pl.LazyFrame({"row": [1], "memory_mib": ["1"]})]).kind_of("zeus-db-1") is None
    assert names_in([]).kind_of("zeus-db-1") is None
