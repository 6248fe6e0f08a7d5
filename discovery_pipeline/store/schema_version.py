"""Which migration a database stands at, without importing Alembic (0.2 s that every command would pay)."""

from __future__ import annotations

from enum import Enum

from sqlalchemy import text
from sqlalchemy.orm import Session

from discovery_pipeline.domain.errors import ConfigurationError

# The newest migration; a test compares it with the migrations folder.
HEAD = "0012"
MIGRATE = "discovery db migrate"


class SchemaState(Enum):
    MISSING = "has no tables"
    OLDER = "has tables of an older version"
    CURRENT = "is up to date"
    NEWER = "has tables of a newer version"


def schema_state(session: Session) -> SchemaState:
    """Compare the database's revision with the newest one; revisions are numbered upwards."""
    if session.execute(text("SELECT to_regclass('alembic_version') IS NULL")).scalar():
        return SchemaState.MISSING
    revision = session.execute(text("SELECT max(version_num) FROM alembic_version")).scalar()
    if revision is None:
        return SchemaState.MISSING
    if revision == HEAD:
        return SchemaState.CURRENT
    return SchemaState.OLDER if revision < HEAD else SchemaState.NEWER


def refuse_other_schema(session: Session, where: str) -> None:
    """Raises ConfigurationError unless the schema is current."""
    state = schema_state(session)
    if state is SchemaState.CURRENT:
        return
    advice = "install that version" if state is SchemaState.NEWER else f"run `{MIGRATE}`"
    raise ConfigurationError(f"the database {state.value}", where=where, advice=advice)
