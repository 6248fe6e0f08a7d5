"""Decisions are checked against the newest mapping, all or none, and wait until a mapping has used them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.services.mapping.corrections import BadDecisions, Decision, correct, waiting
from discovery_pipeline.services.mapping.published import published_mapping
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline_tests.services.mapped_by_hand import COLUMNS, SERVERS, run_mapping, table

MANAGED = Decision("cmdb_2025-06-30.csv", "cmdb_2025-06-30", 1, "Managed by", "technical_owner", reason="they run it")
FNORD = replace(MANAGED, position=2, header="Fnord", field="tags", reason="")


@pytest.fixture
def acme(settings: Settings) -> Iterator[Workspace]:
    with open_workspace(replace(settings, embeddings=False)) as workspace:
        run_mapping(workspace, "acme", SERVERS)
        yield workspace


def test_a_correction_is_recorded_with_what_it_corrected(acme: Workspace) -> None:
    made = correct(acme, "acme", [MANAGED, FNORD], "ann")

    assert [(c.number, c.action, c.header, c.was_field, c.field) for c in made] == [
        (1, "changed", "Managed by", "business_owner", "technical_owner"),
        (2, "changed", "Fnord", None, "tags"),
    ]
    assert (made[0].author, made[0].reason, made[0].source) == ("ann", "they run it", "cmdb")
    stored = corrections(acme.database, "acme")[0].what
    assert (stored.target["series"], stored.target["table"]) == ("cmdb.csv", "cmdb")
    assert (stored.was["field"], stored.was["status"]) == ("business_owner", "review")


@pytest.mark.parametrize(
    ("decision", "action"),
    [
        (replace(MANAGED, field="business_owner"), "accepted"),
        (replace(MANAGED, field=None), "unmapped"),
        (replace(FNORD, field=None), "accepted"),
        (replace(FNORD, field="memory_mib", unit="GB"), "changed"),
        (replace(MANAGED, header="  managed BY ", source="cmdb"), "changed"),
    ],
    ids=["the same field", "no field", "still none", "with a unit", "header spelled otherwise"],
)
def test_what_kind_of_decision_it_was(acme: Workspace, decision: Decision, action: str) -> None:
    made = correct(acme, "acme", [decision], "ann")
    assert [(c.action, c.header) for c in made] == [
        (action, decision.header.strip().replace("managed BY", "Managed by"))
    ]


@pytest.mark.parametrize(
    ("decision", "code", "advice"),
    [
        (replace(MANAGED, file="cmdb_2025-06-3.csv"), "unknown_file", "near: cmdb_2025-06-30.csv"),
        (replace(MANAGED, source="other"), "unknown_file", "known: "),
        (replace(MANAGED, table="cmdb"), "unknown_table", "cmdb_2025-06-30"),
        (replace(MANAGED, position=3), "unknown_position", "0 to 2"),
        (replace(MANAGED, position=-1), "unknown_position", "0 to 2"),
        (replace(MANAGED, position=2), "other_header", "stands at 1"),
        (replace(MANAGED, header="Owner"), "other_header", "no column has that header"),
        (replace(MANAGED, field="tecnical_owner"), "unknown_field", "near: technical_owner"),
        (replace(MANAGED, field="source_ip"), "unknown_field", "near: source_id"),
        (replace(MANAGED, field="memory_mib", unit="furlong"), "unknown_unit", "GB"),
        (replace(MANAGED, unit="GB"), "unknown_unit", "leave the unit out"),
        (replace(MANAGED, field=None, unit="GB"), "unknown_unit", "leave the unit out"),
        (replace(MANAGED, transform="invert"), "unknown_transform", "leave the transform out"),
        (replace(MANAGED, field="is_virtual", transform="per_socket"), "unknown_transform", "possible: invert"),
    ],
)
def test_what_cannot_be_decided_is_told_and_nothing_is_recorded(
    acme: Workspace, decision: Decision, code: str, advice: str
) -> None:
    with pytest.raises(BadDecisions) as refused:
        correct(acme, "acme", [FNORD, replace(decision, line=7)], "ann")

    (problem,) = refused.value.problems
    assert (problem.line, problem.code) == (7, code)
    assert advice in problem.advice
    assert corrections(acme.database, "acme") == ()


def test_every_bad_decision_is_told_up_to_twenty(acme: Workspace) -> None:
    bad = [replace(MANAGED, table="x", line=line) for line in range(2, 27)]
    with pytest.raises(BadDecisions, match=r"line 2: .*line 21: .*and 5 more") as refused:
        correct(acme, "acme", bad, "ann")
    assert len(refused.value.problems) == 25


def test_one_column_is_decided_once_at_a_time(acme: Workspace) -> None:
    with pytest.raises(BadDecisions, match=r"line 4: decided_twice: .* on line 2"):
        correct(acme, "acme", [replace(MANAGED, line=2), replace(MANAGED, field=None, line=4)], "ann")


def test_a_file_of_two_sources_needs_its_source(acme: Workspace) -> None:
    other = table(COLUMNS, SERVERS.info.file, SERVERS.info.table, source="sap", table_no=1)
    run_mapping(acme, "acme", SERVERS, other)
    with pytest.raises(BadDecisions, match="name one as source: cmdb, sap"):
        correct(acme, "acme", [MANAGED], "ann")
    assert correct(acme, "acme", [replace(MANAGED, source="sap")], "ann")[0].source == "sap"


def test_fields_are_those_of_the_tables_record_kind(acme: Workspace) -> None:
    run_mapping(acme, "acme", SERVERS, kinds=[TableKind(0, "relationship", "asset", None, 0.9)])
    with pytest.raises(BadDecisions, match="relationship records have no field 'technical_owner'"):
        correct(acme, "acme", [MANAGED], "ann")


def test_nothing_can_be_corrected_before_a_run(settings: Settings) -> None:
    from discovery_pipeline.store.tenants import add_tenant

    with open_workspace(settings) as workspace:
        add_tenant(workspace.database, "acme")
        with pytest.raises(UsageError, match="no run has mapped anything"):
            correct(workspace, "acme", [MANAGED], "ann")


def test_somebody_decides_for_a_tenant_that_exists(acme: Workspace) -> None:
    with pytest.raises(UsageError, match="author"):
        correct(acme, "acme", [MANAGED], " ")
    with pytest.raises(UsageError, match="no tenant 'acne'"):
        correct(acme, "acne", [MANAGED], "ann")


def test_corrections_wait_until_a_mapping_has_used_them(acme: Workspace) -> None:
    correct(acme, "acme", [MANAGED], "ann")
    assert [c.number for c in waiting(acme, "acme")] == [1]
    run_mapping(acme, "acme", SERVERS)
    correct(acme, "acme", [FNORD], "bob")
    assert [(c.number, c.author) for c in waiting(acme, "acme")] == [(2, "bob")]


def test_a_decision_may_say_what_the_rows_of_its_table_are(acme: Workspace) -> None:
    port = replace(MANAGED, field="destination_port", record="connection")
    with pytest.raises(BadDecisions, match="asset records have no field 'destination_port'"):
        correct(acme, "acme", [replace(port, record=None)], "ann")
    correct(acme, "acme", [port], "ann")
    run_mapping(acme, "acme", SERVERS)
    published = published_mapping(acme.frames.open("acme"))
    assert published is not None
    assert published.kinds[0].record == "connection"
    assert published.mappings[0][port.position].field == "destination_port"
