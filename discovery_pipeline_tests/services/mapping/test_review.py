"""The mapping as an analyst sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from discovery_pipeline.domain.schema import RECORD_KINDS, fields
from discovery_pipeline.services.mapping.corrections import Decision, correct
from discovery_pipeline.services.mapping.reasons import reasons_of
from discovery_pipeline.services.mapping.review import ReviewColumn, fields_of, review_columns
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.corrections import undo
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.services.mapped_by_hand import COLUMNS, SERVERS, run_mapping, table

MANAGED = Decision(SERVERS.info.file, SERVERS.info.table, 1, "Managed by", "technical_owner")


@pytest.fixture
def acme(settings: Settings) -> Iterator[Workspace]:
    with open_workspace(replace(settings, embeddings=False)) as workspace:
        add_tenant(workspace.database, "acme")
        yield workspace


def reviewed(workspace: Workspace) -> dict[str, ReviewColumn]:
    return {column.header: column for column in review_columns(workspace, "acme")}


def test_nothing_is_reviewed_before_a_run(acme: Workspace) -> None:
    assert review_columns(acme, "acme") == ()


def test_the_most_doubtful_come_first(acme: Workspace) -> None:
    run_mapping(
        acme,
        "acme",
        table({**COLUMNS, "Software": ["x"] * 4, "IP address": ["10.0.0.1", "10.0.0.2"] * 2}, "a.csv", "a"),
    )
    columns = review_columns(acme, "acme")
    values = [column.stake.value for column in columns]
    assert values == sorted(values, reverse=True)
    assert {"review", "unmapped", "accepted"} == {column.status for column in columns}
    name = next(column for column in columns if column.header == "IP address")
    assert (name.stake.rows, name.stake.doubt) == (4, pytest.approx(1 - name.confidence))
    assert name.stake.words.endswith("decides which asset is which")


def test_what_was_decided_is_worth_no_look(acme: Workspace) -> None:
    run_mapping(acme, "acme", SERVERS)
    assert reviewed(acme)["Managed by"].stake.value > 0
    correct(acme, "acme", [MANAGED], "ann")
    assert reviewed(acme)["Managed by"].stake.value == 0


def test_a_column_shows_what_it_was_taken_for_and_why(acme: Workspace) -> None:
    run_mapping(acme, "acme", SERVERS)
    column = reviewed(acme)["Managed by"]
    assert (column.field, column.status, column.record) == ("business_owner", "review", "asset")
    assert [c.field for c in column.candidates][:2] == ["business_owner", "technical_owner"]
    assert column.candidates[0].description == fields("asset")["business_owner"].description
    assert set(column.samples) == {"Ann Lee", "Bob Ray", "Cy Day", "Di Fox"}
    assert (column.rows, column.filled, column.distinct) == (4, 4, 4)
    assert column.profile.mean_length == pytest.approx(6.5)
    assert column.between == ("Name", SERVERS.info.headers[2] if len(SERVERS.info.headers) > 2 else "")
    assert column.why


def test_every_candidate_says_what_speaks_for_it(acme: Workspace) -> None:
    run_mapping(acme, "acme", SERVERS)
    column = reviewed(acme)["Managed by"]
    found = reasons_of(acme, "acme", column.table_no, column.position)
    assert set(found) >= {candidate.field for candidate in column.candidates}
    assert found["business_owner"][0] == column.why[0]
    assert found["technical_owner"]
    assert reasons_of(acme, "acme", 99, 0) == {}


def test_nothing_speaks_for_anything_before_a_run(acme: Workspace) -> None:
    assert reasons_of(acme, "acme", 0, 0) == {}


def test_a_column_remembers_all_that_was_said_about_it(acme: Workspace) -> None:
    run_mapping(acme, "acme", SERVERS)
    correct(acme, "acme", [replace(MANAGED, reason="asked her")], "ann")
    undo(acme.database, "acme", [1], "bob")
    column = reviewed(acme)["Managed by"]
    assert [(one.action, one.author, one.reason) for one in column.history] == [
        ("changed", "ann", "asked her"), ("undone", "bob", "")
    ]  # fmt: skip
    assert reviewed(acme)["Name"].history == ()


def test_a_decision_shows_until_a_run_has_used_it(acme: Workspace) -> None:
    run_mapping(acme, "acme", SERVERS)
    correct(acme, "acme", [MANAGED], "ann")
    correct(acme, "acme", [replace(MANAGED, field=None, overrules=1)], "bob")
    columns = reviewed(acme)
    undone = columns["Managed by"].waiting
    assert undone is not None
    assert (undone.number, undone.field, undone.author) == (2, None, "bob")
    assert columns["Managed by"].decided == undone
    assert (columns["Name"].waiting, columns["Name"].decided) == (None, None)
    run_mapping(acme, "acme", SERVERS)
    column = reviewed(acme)["Managed by"]
    assert (column.waiting, column.field, column.method) == (None, None, "pattern")
    assert [c.field for c in column.candidates][:1] == ["business_owner"]
    assert column.decided == undone


def test_what_was_decided_and_undone_before_a_run_does_not_wait(acme: Workspace) -> None:
    run_mapping(acme, "acme", SERVERS)
    correct(acme, "acme", [MANAGED], "ann")
    undo(acme.database, "acme", [1], "ann")
    column = reviewed(acme)["Managed by"]
    assert (column.waiting, column.decided) == (None, None)


def test_an_undoing_waits_for_a_run_and_shows_what_stands_again(acme: Workspace) -> None:
    run_mapping(acme, "acme", SERVERS)
    correct(acme, "acme", [MANAGED], "ann")
    correct(acme, "acme", [replace(MANAGED, field=None, overrules=1)], "bob")
    run_mapping(acme, "acme", SERVERS)
    undo(acme.database, "acme", [2], "bob")
    column = reviewed(acme)["Managed by"]
    assert column.waiting is not None
    assert column.decided is not None
    assert (column.waiting.action, column.decided.number, column.decided.field) == ("undone", 1, "technical_owner")


@pytest.mark.parametrize("record", RECORD_KINDS)
def test_every_field_can_be_chosen(record: str) -> None:
    chosen = fields_of(record)  # type: ignore[arg-type]
    assert [c.field for c in chosen] == list(fields(record))  # type: ignore[arg-type]
    assert all(c.description for c in chosen)
