"""The mapping that a tenant's last run chose."""

from __future__ import annotations

import polars as pl
from sqlalchemy import delete

from discovery_pipeline.domain.handoffs import MAPPING
from discovery_pipeline.store.bulk import insert_frame
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.tables import ChosenMapping

COLUMNS = ("source", "file", "table", *(name for name in MAPPING if name != "table_no"))


def save_mappings(database: Database, tenant: str, mapping: pl.DataFrame) -> int:
    """Replace the tenant's chosen mappings; returns their number.

    mapping: MAPPING with the columns source, file and table beside (or instead of) table_no.
    """
    with database.tenant_session(tenant) as session:
        session.execute(delete(ChosenMapping).where(ChosenMapping.tenant_id == tenant))
        lists = pl.col("why", "alternatives").fill_null([])
        return insert_frame(session, "column_mappings", mapping.select(COLUMNS).with_columns(lists))
