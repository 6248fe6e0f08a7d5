"""DuckDB over one tenant's published frames and over nothing else.

The connection's configuration is locked: no other folder, no extension, no attached file, no Python variable of the
caller. Keep out: queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Extensions are not needed (Parquet is built in) and would be fetched from the network; replacement scans would let SQL
# read frames of the calling process, which may serve several tenants.
_CLOSED = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET python_enable_replacements = false",
    "SET enable_external_access = false",
)
_LOCK = "SET lock_configuration = true"


def over_directory(tenant_folder: Path, views: Mapping[str, Path]) -> DuckDBPyConnection:
    """A connection that can read and write below `tenant_folder` only, with one view per Parquet file.

    Queries larger than memory spill below the same folder.
    """
    import duckdb

    connection = duckdb.connect(config={"temp_directory": str(tenant_folder / ".spill")})
    connection.execute(f"SET allowed_directories = [{_literal(tenant_folder)}]")
    _apply(connection, _CLOSED)
    for name, path in views.items():
        connection.execute(f'CREATE VIEW "{name}" AS FROM read_parquet({_literal(path)})')
    connection.execute(_LOCK)
    return connection


def over_datasets(views: Mapping[str, Any]) -> DuckDBPyConnection:
    """A connection that can open no file at all, with one view per pyarrow dataset: stores that are not local."""
    import duckdb

    connection = duckdb.connect(config={"temp_directory": ""})
    for name, dataset in views.items():
        connection.register(name, dataset)
    _apply(connection, (*_CLOSED, _LOCK))
    return connection


def _apply(connection: DuckDBPyConnection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.execute(statement)


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
