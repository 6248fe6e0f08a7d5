"""Calls at once to each provider, over all processes of a database: an advisory lock for each call under way.

The locks are those of one session, so they are free again when their holder dies; they need a direct connection, as the
writers' do. Keep out: calling, waiting for a slot (agents).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg

from discovery_pipeline.store.failures import translating
from discovery_pipeline.store.locks import SESSION_SETTINGS, lock_key
from discovery_pipeline.store.session import Database

_NAME = "discovery calls of models"


@dataclass
class ProviderSlots:
    """Those that one ask holds; its connection opens with the first. Not for several threads at once."""

    database: Database
    _connection: psycopg.Connection | None = field(default=None, repr=False)
    _held: set[int] = field(default_factory=set)

    def take(self, address: str, most: int) -> int | None:
        """One of so many of the provider at this address; None while all are taken. Raises Unreachable."""
        # A session that has a lock is given it again: its own are left out.
        free = [key for number in range(most) if (key := lock_key("calls of", f"{address} {number}")) not in self._held]
        query = "SELECT key FROM unnest(%s::bigint[]) AS key WHERE pg_try_advisory_lock(key) LIMIT 1"
        with translating(self.database.where):
            if self._connection is None:
                self._connection = self.database.connect(
                    autocommit=True, application_name=_NAME, options=SESSION_SETTINGS
                )
            row = self._connection.execute(query, [free]).fetchone()
        if row is None:
            return None
        self._held.add(row[0])
        return int(row[0])

    def free(self, slot: int) -> None:
        """Give one back. Raises Unreachable."""
        self._held.discard(slot)
        if self._connection is not None:
            with translating(self.database.where):
                self._connection.execute("SELECT pg_advisory_unlock(%s)", [slot])

    def free_all(self) -> None:
        """Give all back and close the connection."""
        connection, self._connection = self._connection, None
        self._held.clear()
        if connection is not None:
            connection.close()
