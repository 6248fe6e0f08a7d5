"""What matches, as a file: how large it is told before, written by a process of its own once it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from discovery_pipeline.services.export.writers import Format
from discovery_pipeline.services.inventory.grid_export import csv_bytes, exported
from discovery_pipeline.services.inventory.query import InventoryQuery
from discovery_pipeline.services.inventory.search import InventorySearch
from streamlit_app import services, sign_in

_FORMATS: dict[Format, tuple[str, str]] = {
    "csv": ("CSV", "text/csv"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "parquet": ("Parquet", "application/vnd.apache.parquet"),
}
# Cells of a spreadsheet are written one by one: 100,000 rows of 23 columns took 40 s on a loaded machine.
_SLOW_ROWS = 50_000


def show_export(search: InventorySearch, query: InventoryQuery, columns: Sequence[str]) -> None:
    """A button per format."""
    total = search.page(query, limit=0).total
    st.markdown(f"**{total:,} assets**, {len(columns)} columns, {_size(csv_bytes(search, query, columns))} as CSV")
    st.caption("Everything that matches, in this order; no cell starts a formula. Parquet is the smallest.")
    location = services.frames_location()
    for format, (name, mime) in _FORMATS.items():
        st.download_button(
            name,
            data=sign_in.for_its_people(
                search.tenant, partial(exported, location, search.tenant, query, tuple(columns), format)
            ),
            file_name=f"inventory-{search.tenant}.{format}",
            mime=mime,
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
            disabled=not total,
            key=f"inventory/{search.tenant}/export/{format}",
        )
    if total > _SLOW_ROWS:
        st.caption("Excel takes about a minute per 150,000 assets; you can go on working.")


def _size(size: int) -> str:
    if size < 1_000_000:
        return f"about {max(1, round(size / 1_000)):,} kB"
    return f"about {size / 1_000_000:,.0f} MB"
