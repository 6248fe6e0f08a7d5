"""One writer per tenant: an advisory lock on a connection of its own, freed by the server when its holder dies.

The lock is the session's, so it needs a direct connection: a pooler in transaction mode would lose it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from discovery_pipeline.domain.errors import TenantBusy
from discovery_pipeline.store.failures import translating
from discovery_pipeline.store.session import Database

# What the holder calls itself travels as the connection's application_name, which PostgreSQL cuts at 63 bytes.
NAME_BYTES = 63
# The server notices a holder whose machine vanished within about a minute, instead of two hours.
SESSION_SETTINGS = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
HOLDER = """
SELECT a.application_name, to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')
  FROM pg_locks l JOIN pg_stat_activity a USING (pid)
 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND (l.classid::bigint << 32) | l.objid::bigint = %s
"""


@contextmanager
def tenant_writer(database: Database, tenant: str, holder: str) -> Iterator[None]:
    """Hold the tenant's lock during the block.

    holder: who we are, as somebody else is told ("discovery run, pid 4711 on host-a"). Raises TenantBusy, naming the
    holder, when another connection has the lock, one of this process included.
    """
    with _held(database, "writer", tenant, holder):
        yield


@contextmanager
def drops_taker(database: Database, tenant: str) -> Iterator[None]:
    """Be the only one that takes the tenant's dropped files. Raises TenantBusy."""
    with _held(database, "drops", tenant, "taking dropped files"):
        yield


@contextmanager
def _held(database: Database, purpose: str, tenant: str, holder: str) -> Iterator[None]:
    name = holder.encode()[:NAME_BYTES].decode(errors="ignore")
    with translating(database.where):
        connection = database.connect(autocommit=True, application_name=name, options=SESSION_SETTINGS)
    try:
        _acquire(connection, database.where, purpose, tenant)
        yield
    finally:
        # A closed connection's locks are freed some time after: who comes next may be there sooner.
        with suppress(psycopg.Error):
            connection.execute("SELECT pg_advisory_unlock_all()")
        connection.close()


def _acquire(connection: psycopg.Connection, where: str, purpose: str, tenant: str) -> None:
    key = lock_key(purpose, tenant)
    with translating(where):
        taken = connection.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone()
        if taken == (True,):
            return
        other = connection.execute(HOLDER, [key]).fetchone()
    who = f"{other[0] or 'another process'}, since {other[1]} UTC" if other else "a process that has just ended"
    raise TenantBusy(
        f"is being written by {who}", where=f"tenant {tenant}", advice="wait for it to end, then try again"
    )


def lock_key(purpose: str, tenant: str) -> int:
    """A signed 64-bit key for pg_advisory_lock; with the 32 bits of hashtext, tenants by the thousand would collide."""
    return int.from_bytes(hashlib.sha256(f"{purpose} {tenant}".encode()).digest()[:8], signed=True)
