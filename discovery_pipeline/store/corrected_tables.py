"""The tables of which a column was corrected: how a layout is known again under another name. Holds no cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from discovery_pipeline.domain.mapping.recall.layouts import KnownColumn, KnownTable
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import CorrectedTable

_KEY = ("tenant_id", "source", "series", "table")
# Nothing about a table is kept once no mapping learned in it stands.
UNUSED = text("""
DELETE FROM corrected_tables t
 WHERE NOT EXISTS (SELECT FROM patterns p
                    WHERE p.kind = 'mapping' AND p.target ->> 'source' = t.source
                      AND p.target ->> 'series' = t.series AND p.target ->> 'table' = t."table")
""")


def save_tables(session: Session, tenant: str, tables: Sequence[KnownTable]) -> None:
    """Keep tables as they look now; one that is known already is renewed."""
    if not tables:
        return
    adding = insert(CorrectedTable)
    rows = [{"tenant_id": tenant, **asdict(table)} for table in tables]
    renewed = {name: adding.excluded[name] for name in rows[0] if name not in _KEY}
    session.execute(adding.on_conflict_do_update(index_elements=_KEY, set_=renewed), rows)


def drop_unused_tables(session: Session) -> None:
    """Drop the tables that nothing is known of any more."""
    session.execute(UNUSED)


def corrected_tables(database: Database, tenant: str) -> tuple[KnownTable, ...]:
    """Every table that was corrected, in the order of their names."""
    order = (CorrectedTable.source, CorrectedTable.series, CorrectedTable.table)
    with database.tenant_session(tenant) as session:
        return tuple(_known(row) for row in session.execute(select(CorrectedTable).order_by(*order)).scalars())


def _known(row: CorrectedTable) -> KnownTable:
    columns = tuple(KnownColumn(**column) for column in row.columns)
    return KnownTable(row.source, row.series, row.table, row.record, row.product, columns)  # type: ignore[arg-type]
