"""What opinions were worth and changed: on record once per run that called, each change once."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from discovery_pipeline.agents.choosing import ANSWERS
from discovery_pipeline.domain.calls import Call, CallOutcome, Prices
from discovery_pipeline.domain.opinions.advice import ADVISED
from discovery_pipeline.services.agents.opinions import record_opinions
from discovery_pipeline.store.opinions import changes, opinions
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant, remove_tenant
from discovery_pipeline_tests.store.model_rows import record_calls

ANSWERED = pl.DataFrame(
    [
        ("mapping", "c1", None, "hostname", "m", "q"),
        ("mapping", "c2", None, None, "m", "q"),
        ("mapping", "k1", "ip", "ip", "m", "q"),
        ("mapping", "k2", "ip", "mac", "m", "q"),
        ("mapping", "k3", "ip", None, "m", "q"),
        ("mapping", "k1", "ip", "ip", "other", "q"),
    ],
    schema=ANSWERS,
    orient="row",
)
CHANGED = pl.DataFrame(
    [("mapping", "f/t/1", "field", None, "hostname", "m", 0.9, "why")], schema=ADVISED, orient="row"
)  # fmt: skip
NONE_CHANGED = CHANGED.clear()


@pytest.fixture
def acme(database: Database) -> Database:
    add_tenant(database, "acme")
    return database


def called(database: Database, run: str, outcome: CallOutcome = "answered", agent: str = "mapping") -> None:
    call = Call(agent, "m", "q", 5, datetime(2026, 1, 2, tzinfo=UTC), 1.0, outcome)
    record_calls(database, "acme", run, [call], Prices())


def worth(database: Database) -> list[tuple[str, str, int, int, int, int]]:
    return [(o.run_id, o.model, o.doubts, o.controls, o.right_controls, o.changed) for o in opinions(database, "acme")]


def test_an_opinion_and_its_changes_are_on_record(acme: Database) -> None:
    called(acme, "run-1")
    record_opinions(acme, "acme", "run-1", ANSWERED, CHANGED)
    record_opinions(acme, "acme", "run-1", ANSWERED, CHANGED)  # the step was tried again
    assert worth(acme) == [("run-1", "m", 2, 3, 1, 1), ("run-1", "other", 0, 1, 1, 0)]
    (change,) = changes(acme, "acme")
    assert (change.subject, change.after, change.model, change.run_id) == ("f/t/1", "hostname", "m", "run-1")


def test_kept_answers_prove_nothing_anew_and_a_change_is_told_once(acme: Database) -> None:
    called(acme, "run-1")
    record_opinions(acme, "acme", "run-1", ANSWERED, CHANGED)
    called(acme, "run-2", "kept")
    record_opinions(acme, "acme", "run-2", ANSWERED, CHANGED)
    assert {run for run, *_ in worth(acme)} == {"run-1"}
    assert [change.run_id for change in changes(acme, "acme")] == ["run-1"]


def test_of_kept_and_fresh_answers_only_the_fresh_ones_are_counted(acme: Database) -> None:
    """One more doubt: its question is asked, those of earlier runs are not."""
    called(acme, "run-2")
    kept = ANSWERED.with_columns(question=pl.lit("kept"))
    record_opinions(acme, "acme", "run-2", pl.concat([kept, ANSWERED.head(3)]), None)
    assert worth(acme) == [("run-2", "m", 2, 1, 1, 0)]


def test_what_a_later_asset_applies_is_counted_where_the_opinion_stands(acme: Database) -> None:
    called(acme, "run-1")
    record_opinions(acme, "acme", "run-1", ANSWERED, None)
    assert [row[-1] for row in worth(acme)] == [0, 0]
    record_opinions(acme, "acme", "run-1", None, CHANGED)
    record_opinions(acme, "acme", "only corrections", None, CHANGED)
    assert sorted(worth(acme)) == [("run-1", "m", 2, 3, 1, 1), ("run-1", "other", 0, 1, 1, 0)]


def test_without_a_model_nothing_is_written(acme: Database) -> None:
    record_opinions(acme, "acme", "run-1", ANSWERED.clear(), None)
    record_opinions(acme, "acme", "run-1", None, None)
    record_opinions(acme, "acme", "run-1", ANSWERED.clear(), NONE_CHANGED)
    assert (opinions(acme, "acme"), changes(acme, "acme")) == ([], [])


def test_a_removed_tenant_leaves_nothing(acme: Database) -> None:
    called(acme, "run-1")
    record_opinions(acme, "acme", "run-1", ANSWERED, CHANGED)
    remove_tenant(acme, "acme")
    add_tenant(acme, "acme")
    assert (opinions(acme, "acme"), changes(acme, "acme")) == ([], [])
