"""Alembic's entry: runs on the connection that store/migrate.py hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from discovery_pipeline.store.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata)
context.run_migrations()
