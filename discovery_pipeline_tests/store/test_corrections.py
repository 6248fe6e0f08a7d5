"""Corrections: numbered without gaps, only ever added to, learned from in the same transaction."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.store import corrections as module
from discovery_pipeline.store.corrections import NewCorrection, corrections, newest_correction, record
from discovery_pipeline.store.patterns import current_patterns
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tenants import add_tenant, remove_tenant

OWNER = NewCorrection(
    "changed", "cmdb", "cmdb_2025.csv", "cmdb.csv", "cmdb_2025", "cmdb", 3, "Managed by", "managed by", 0, "asset",
    None, "technical_owner", None, None, "business_owner", "review", 0.68, "ann", "they run it",
)  # fmt: skip
UNIT = replace(
    OWNER,
    header="RAM",
    header_key="ram",
    position=4,
    field="memory_mib",
    unit="GB",
    was_field=None,
    was_confidence=None,
)


@pytest.fixture
def acme(database: Database) -> Database:
    add_tenant(database, "acme")
    add_tenant(database, "other")
    return database


def test_what_was_decided_is_kept_as_it_was(acme: Database) -> None:
    made = record(acme, "acme", [OWNER, UNIT])
    assert [c.number for c in made] == [1, 2]
    assert corrections(acme, "acme") == made
    assert [c.what for c in made] == [OWNER, UNIT]


def test_numbers_go_on_per_tenant(acme: Database) -> None:
    record(acme, "acme", [OWNER, UNIT])
    assert [c.number for c in record(acme, "acme", [OWNER])] == [3]
    assert [c.number for c in record(acme, "other", [OWNER])] == [1]
    assert (newest_correction(acme, "acme"), newest_correction(acme, "other")) == (3, 1)
    assert [c.number for c in corrections(acme, "acme", after=2)] == [3]


def test_writers_at_once_get_numbers_of_their_own(acme: Database) -> None:
    threads = [threading.Thread(target=lambda: [record(acme, "acme", [OWNER]) for _ in range(5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [c.number for c in corrections(acme, "acme")] == list(range(1, 21))
    (pattern,) = current_patterns(acme, "acme")
    assert pattern.supported == 20


def test_what_could_not_be_learned_was_not_decided(acme: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(module, "learn", failing)
    with pytest.raises(RuntimeError, match="power cut"):
        record(acme, "acme", [OWNER])
    assert newest_correction(acme, "acme") == 0


def test_text_that_postgresql_cannot_hold_is_marked(acme: Database) -> None:
    (made,) = record(acme, "acme", [replace(OWNER, reason="a\x00b", header="Own\x00er")])
    assert (made.what.reason, made.what.header) == ("a\ufffdb", "Own\ufffder")
    assert corrections(acme, "acme") == (made,)


def test_a_removed_tenants_corrections_and_patterns_go(acme: Database) -> None:
    record(acme, "acme", [OWNER])
    remove_tenant(acme, "acme")
    add_tenant(acme, "acme")
    assert (corrections(acme, "acme"), current_patterns(acme, "acme")) == ((), ())


def test_there_is_no_correcting_for_nobody(acme: Database) -> None:
    with pytest.raises(UsageError, match="no tenant"):
        record(acme, "nobody", [OWNER])
