from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.store.batches import NewFile
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.sources import Registration, counted, history, register, withdraw
from discovery_pipeline.store.tenants import add_tenant

NOW = datetime(2025, 6, 15, 23, 30, tzinfo=UTC)


def file(name: str, content: str, source: str = "cmdb") -> NewFile:
    return NewFile(source, name, name, content * 64, len(content))


def put(database: Database, *files: NewFile, as_of: date | None = None, minute: int = 0) -> Registration:
    return register(database, "acme", files, as_of, NOW + timedelta(minutes=minute))


@pytest.fixture
def acme(database: Database) -> Database:
    add_tenant(database, "acme")
    return database


def test_what_is_registered_counts(acme: Database) -> None:
    put(acme, file("b.csv", "2"), file("a.csv", "1"))
    assert [(f.source, f.file, f.sha256[0], f.size) for f in counted(acme, "acme")] == [
        ("cmdb", "a.csv", "1", 1),
        ("cmdb", "b.csv", "2", 1),
    ]


def test_dates_are_utc_without_zone(acme: Database) -> None:
    put(acme, file("a.csv", "1"))
    put(acme, file("a.csv", "2", "other"), as_of=date(2025, 3, 1))
    records = {f.source: f for f in counted(acme, "acme")}
    assert (records["cmdb"].as_of, records["cmdb"].as_of_is_explicit) == (datetime(2025, 6, 15, 23, 30), False)
    assert (records["other"].as_of, records["other"].as_of_is_explicit) == (datetime(2025, 3, 1), True)


def test_a_superseded_delivery_stays_in_the_history_and_is_reported(acme: Database) -> None:
    put(acme, file("a.csv", "1"), file("b.csv", "2"))
    registration = put(acme, file("a.csv", "3"), minute=1)
    assert [record.file for record in registration.superseded] == ["a.csv", "b.csv"]
    assert [(s.record.file, s.record.batch, s.standing) for s in history(acme, "acme")] == [
        ("a.csv", 1, "superseded"),
        ("a.csv", 2, "counts"),
        ("b.csv", 1, "superseded"),
    ]


def test_an_unchanged_batch_leaves_no_trace(acme: Database) -> None:
    put(acme, file("a.csv", "1"))
    assert [r.outcome for r in put(acme, file("a.csv", "1"), minute=1).files] == ["unchanged"]
    assert len(history(acme, "acme")) == 1


def test_an_older_date_does_not_count(acme: Database) -> None:
    put(acme, file("a.csv", "1"), as_of=date(2025, 4, 1))
    (registered,) = put(acme, file("a.csv", "2"), as_of=date(2025, 3, 1), minute=1).files
    assert (registered.outcome, registered.counts) == ("added", False)


def test_withdrawing_brings_back_the_delivery_before(acme: Database) -> None:
    put(acme, file("a.csv", "1"))
    put(acme, file("a.csv", "2"), minute=1)
    done = withdraw(acme, "acme", "a.csv", None, NOW)
    assert (done.withdrawn.batch, [record.batch for record in done.counts_again]) == (2, [1])
    assert [s.standing for s in history(acme, "acme")] == ["counts", "withdrawn"]


def test_what_was_withdrawn_can_be_ingested_again(acme: Database) -> None:
    put(acme, file("a.csv", "1"))
    withdraw(acme, "acme", "a.csv", None, NOW)
    assert counted(acme, "acme") == []
    assert [r.outcome for r in put(acme, file("a.csv", "1"), minute=1).files] == ["added"]
    assert [f.batch for f in counted(acme, "acme")] == [2]


def test_withdrawing_reaches_a_superseded_delivery_when_none_counts(acme: Database) -> None:
    put(acme, file("old.csv", "1"))
    put(acme, file("new.csv", "2"), minute=1)
    done = withdraw(acme, "acme", "old.csv", None, NOW)
    assert (done.withdrawn.file, done.counts_again) == ("old.csv", ())
    withdraw(acme, "acme", "new.csv", None, NOW)
    assert counted(acme, "acme") == []


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        pytest.param("a.cvs", None, r"no file 'a\.cvs' \(known: a\.csv", id="a near miss"),
        pytest.param("a.csv", "sccm", "no file", id="not of this source"),
        pytest.param("both.csv", None, r"2 sources have a file 'both\.csv' \(name one: cmdb, rvtools", id="ambiguous"),
        pytest.param("gone.csv", None, "withdrawn already", id="withdrawn"),
    ],
)
def test_a_file_that_cannot_be_withdrawn(acme: Database, name: str, source: str | None, message: str) -> None:
    files = [file("a.csv", "1"), file("both.csv", "2"), file("both.csv", "3", "rvtools"), file("gone.csv", "4", "x")]
    put(acme, *files)
    withdraw(acme, "acme", "gone.csv", None, NOW)
    with pytest.raises(UsageError, match=message):
        withdraw(acme, "acme", name, source, NOW)


def test_ingestions_at_once_get_batches_of_their_own(acme: Database) -> None:
    def one(number: int) -> None:
        put(acme, file(f"{number}.csv", f"{number}", source=f"s{number}"))

    threads = [threading.Thread(target=one, args=[number]) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(f.batch for f in counted(acme, "acme")) == [1, 2, 3, 4, 5]


def test_tenants_number_their_batches_alone(acme: Database) -> None:
    add_tenant(acme, "other")
    put(acme, file("a.csv", "1"))
    register(acme, "other", [file("a.csv", "1")], None, NOW)
    assert [f.batch for f in counted(acme, "other")] == [1]
