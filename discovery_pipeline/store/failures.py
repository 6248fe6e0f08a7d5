"""What the database driver raises, turned into the project's errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError

from discovery_pipeline.domain.errors import ConfigurationError, DiscoveryError, TransientError, Unreachable

# Refusals that no retry changes; the server reports them before there is a session, so without a code.
REFUSED = re.compile(r'password authentication failed|no pg_hba\.conf entry|(database|role) "[^"]*" does not exist')
LOST_CONNECTION = ("08", "57")  # SQLSTATE classes: connection exception, operator intervention


def translated(error: BaseException, where: str) -> DiscoveryError | None:
    """The project's error for a failed connection or a transient failure; None for anything else (a fault of ours)."""
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return None
    said = " ".join(str(error).split())
    if REFUSED.search(said):
        return ConfigurationError(said, where=where, advice="check user, password and database of the URL")
    if error.sqlstate is None or error.sqlstate.startswith(LOST_CONNECTION):
        return Unreachable("the database does not answer", where=where, advice=f"is it running? It was told: {said}")
    return TransientError(said, where=where)


@contextmanager
def translating(where: str) -> Iterator[None]:
    """Raise Unreachable, TransientError or ConfigurationError instead of the driver's errors."""
    try:
        yield
    except DBAPIError as error:
        found = translated(error.orig, where) if error.orig else None
        if found is None:
            raise
        raise found from error
    except psycopg.Error as error:
        found = translated(error, where)
        if found is None:
            raise
        raise found from error
