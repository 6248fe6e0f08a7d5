"""Slots for calls: as many as a provider takes, whoever asks, and free again when their holder is gone."""

from __future__ import annotations

from discovery_pipeline.store.provider_slots import ProviderSlots
from discovery_pipeline.store.session import Database

HERE, THERE = "http://127.0.0.1:8080/v1", "https://api.example.com/v1"


def test_as_many_as_a_provider_takes(database: Database) -> None:
    one, other = ProviderSlots(database), ProviderSlots(database)
    first, second = one.take(HERE, 2), other.take(HERE, 2)
    assert first is not None
    assert second not in (None, first)
    assert (one.take(HERE, 2), other.take(HERE, 2)) == (None, None)
    assert other.take(THERE, 1) is not None
    one.free(first)
    assert other.take(HERE, 2) == first
    assert one.take(HERE, 2) is None
    other.free_all()
    assert {one.take(HERE, 2), one.take(HERE, 2), one.take(HERE, 2)} == {first, second, None}
    one.free_all()


def test_an_ask_takes_no_slot_twice(database: Database) -> None:
    """A session that holds a lock is given it again."""
    one = ProviderSlots(database)
    assert len({one.take(HERE, 3), one.take(HERE, 3), one.take(HERE, 3)} - {None}) == 3
    assert one.take(HERE, 3) is None
    one.free_all()


def test_what_a_dead_holder_had_is_free(database: Database) -> None:
    dead, other = ProviderSlots(database), ProviderSlots(database)
    assert dead.take(HERE, 1) is not None
    assert other.take(HERE, 1) is None
    assert dead._connection is not None
    dead._connection.pgconn.finish()
    for _ in range(100):
        if other.take(HERE, 1) is not None:
            break
    else:
        raise AssertionError("still taken")
    other.free_all()
