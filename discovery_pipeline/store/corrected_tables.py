"""The tables of which a column was corrected, as they were then: how a layout is known again. Holds no cell.

A correction names the table that it was made in, so what is known of tables follows from the log like everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from discovery_pipeline.domain.learning.corrections import NewCorrection, digest
from discovery_pipeline.domain.mapping.recall.layouts import KnownColumn, KnownTable
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import CorrectedTable

KEY = "known_table"
# Of each table the newest look that a standing correction names.
STANDING = text("""
SELECT DISTINCT ON (t.source, t.series, t."table") t.*
  FROM corrections c JOIN corrected_tables t ON t.table_id = c.context ->> 'known_table'
 WHERE c.kind = 'mapping' AND c.action <> 'undone'
   AND NOT EXISTS (SELECT FROM corrections u WHERE u.undoes = c.number)
 ORDER BY t.source, t.series, t."table", c.number DESC
""")
UNUSED = text("""
DELETE FROM corrected_tables t
 WHERE NOT EXISTS (SELECT FROM corrections c WHERE c.context ->> 'known_table' = t.table_id)
""")


def save_tables(
    session: Session, tenant: str, decided: Sequence[NewCorrection], tables: Sequence[KnownTable]
) -> list[NewCorrection]:
    """Keep tables as they look now; returns the decisions, each naming its table where that is one of them."""
    rows = [{"tenant_id": tenant, "table_id": table_id(table), **asdict(table)} for table in tables]
    if rows:
        session.execute(insert(CorrectedTable).on_conflict_do_nothing(), rows)
    return naming(decided, tables)


def table_id(table: KnownTable) -> str:
    """The id of a table as it looks, from its content."""
    return digest(asdict(table))


def naming(decided: Sequence[NewCorrection], tables: Sequence[KnownTable]) -> list[NewCorrection]:
    """The decisions, each naming its table where that is one of these."""
    ids = {(table.source, table.series, table.table): table_id(table) for table in tables}
    return [_naming(what, ids) for what in decided]


def drop_unused_tables(session: Session) -> None:
    """Drop the tables that no correction names any more."""
    session.execute(UNUSED)


def corrected_tables(database: Database, tenant: str) -> tuple[KnownTable, ...]:
    """Every table that a standing correction was made in, in the order of their names."""
    with database.tenant_session(tenant) as session:
        found = session.execute(select(CorrectedTable).from_statement(STANDING)).scalars()
        return tuple(_known(row) for row in found)


def known_tables_by_id(database: Database, tenant: str) -> dict[str, KnownTable]:
    """Every table as it looked when a correction was made in it, by the id that its corrections name."""
    with database.tenant_session(tenant) as session:
        return {row.table_id: _known(row) for row in session.execute(select(CorrectedTable)).scalars()}


def _naming(what: NewCorrection, ids: dict[tuple[Any, ...], str]) -> NewCorrection:
    own = ids.get(tuple(what.target.get(name) for name in ("source", "series", "table")))
    return replace(what, context={**what.context, KEY: own}) if own and what.kind == "mapping" else what


def _known(row: CorrectedTable) -> KnownTable:
    columns = tuple(KnownColumn(**column) for column in row.columns)
    return KnownTable(row.source, row.series, row.table, row.record, row.product, columns)  # type: ignore[arg-type]
