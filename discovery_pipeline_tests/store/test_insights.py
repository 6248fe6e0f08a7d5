"""What was said in a run comes back as it was said, by run and by the versions it was said about; only ones own."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.insights.contents import Layout, Meaning, NameScheme
from discovery_pipeline.domain.insights.insight import About, Insight
from discovery_pipeline.store.insights import (
    add_insights,
    insights_of_run,
    insights_of_versions,
    last_number,
    runs_with_insights,
)
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant

LAYOUT = Insight(
    "mapping phase", "observation", Layout(record="asset", grain="asset", product="rvtools"), About(table_no=3),
    ("cleansing",), None, 1, 0.9, 1, "column_mapping", "v1",
)  # fmt: skip
SCHEME = Insight(
    "inventory phase", "observation", NameScheme(parts=("site", "number"), share=0.8), number=2, asset="inventory",
    version="v7",
)  # fmt: skip
QUESTION = Insight(
    "inventory phase", "question", Meaning(code="u", offers=("staging", "none")), About("asset", "environment"),
    number=3, asset="inventory", version="v8",
)  # fmt: skip


def test_what_was_said_comes_back(database: Database) -> None:
    add_tenant(database, "acme")
    add_tenant(database, "other")
    assert last_number(database, "acme") == 0
    add_insights(database, "acme", "run-1", [LAYOUT, SCHEME])
    add_insights(database, "acme", "run-2", [QUESTION])
    add_insights(database, "acme", "run-3", [])
    assert last_number(database, "acme") == 3
    assert [said.insight for said in insights_of_run(database, "acme", "run-1")] == [LAYOUT, SCHEME]
    assert [(said.run_id, said.insight) for said in insights_of_run(database, "acme")] == [("run-2", QUESTION)]
    assert [run for run, _ in runs_with_insights(database, "acme")] == ["run-2", "run-1"]
    assert insights_of_run(database, "other") == []
    assert last_number(database, "other") == 0


def test_a_phase_hears_what_belongs_to_its_inputs(database: Database) -> None:
    add_tenant(database, "acme")
    add_insights(database, "acme", "run-1", [LAYOUT, SCHEME, QUESTION])
    now = {"inventory": "v7", "column_mapping": "v1"}
    assert insights_of_versions(database, "acme", now) == [SCHEME, LAYOUT]
    assert insights_of_versions(database, "acme", {"inventory": "v8", "column_mapping": "v2"}) == [QUESTION]
    assert insights_of_versions(database, "acme", {}) == []


def test_an_unknown_tenant_is_named(database: Database) -> None:
    with pytest.raises(UsageError, match="nobody"):
        add_insights(database, "nobody", "run-1", [LAYOUT])
