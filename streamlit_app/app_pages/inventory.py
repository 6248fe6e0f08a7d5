"""One row per real thing: searched, filtered and sorted at the server, each row explained."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import polars as pl
import streamlit as st

from discovery_pipeline.files.frames import MissingFrame
from discovery_pipeline.services.inventory.search import (
    FACETS,
    ORDERS,
    Facet,
    InventoryPage,
    InventoryQuery,
    InventorySearch,
)
from streamlit_app import services, state, widgets
from streamlit_app.asset_detail import show_asset

PER_PAGE = 50
WORDS = {
    "cpus": "CPUs", "memory_gib": "Memory GiB", "storage_gib": "Storage GiB", "ip_addresses": "IP addresses",
    "os": "OS", "asset_id": "Id",
}  # fmt: skip
SHOWN = (
    "name", "type", "environment", "os", "cpus", "memory_gib", "storage_gib", "site", "strategy", "wave",
    "applications", "ip_addresses", "owner", "sources", "records",
)  # fmt: skip
# Codes of the product; what tenants wrote stays as they wrote it.
CODES = ("type", "strategy")


@widgets.guarded
def page() -> None:
    """The inventory of the tenant."""
    st.title("Inventory", anchor=False)
    widgets.show_notice()
    tenant = state.tenant()
    try:
        search = services.inventory_search(tenant)
    except MissingFrame as error:
        widgets.empty(
            f"{error.message[:1].upper()}{error.message[1:]}", f"Run {tenant} first.", f"discovery run {tenant}"
        )
        return
    _grid(search)


@st.fragment
@widgets.guarded
def _grid(search: InventorySearch) -> None:
    query = _query(search)
    key = f"inventory/{search.tenant}"
    total = search.page(query, limit=0).total
    left, right = st.columns([5, 1.4], vertical_alignment="center")
    with left:
        first = widgets.pager(key, query, total, PER_PAGE, "assets")
    _download(right, search, query)
    if not total:
        st.info("No asset matches. Take a filter away, or search for less.")
        return
    found = search.page(query, first, PER_PAGE)
    row = _table(found, f"{key}/{first}/{hash(repr(query))}")
    if row is None:
        st.caption("Click a row to see where each of its values came from.")
        return
    show_asset(search.tenant, found.rows.item(row, "asset_id"))


def _query(search: InventorySearch) -> InventoryQuery:
    """What the search box, the filters and the order say."""
    tenant = search.tenant
    text, order, direction = st.columns([5, 1.6, 1.4], vertical_alignment="bottom")
    words = text.text_input(
        "Search", key=f"find/{tenant}", placeholder="Name, address, serial number, application, owner"
    )
    by = order.selectbox(
        "Order by", [name for name in SHOWN if name in ORDERS], key=f"order/{tenant}", format_func=in_words
    )
    down = direction.selectbox("Direction", ["upwards", "downwards"], key=f"direction/{tenant}") == "downwards"
    chosen: dict[Facet, tuple[str, ...]] = {}
    facets = _facets(tenant, search)
    for column, facet in zip(st.columns(len(FACETS)), FACETS, strict=True):
        counts = dict(facets[facet])
        chosen[facet] = tuple(
            column.multiselect(
                in_words(facet),
                list(counts),
                key=f"facet/{tenant}/{facet}",
                format_func=partial(_counted, counts),
                placeholder="any",
            )
        )
    return InventoryQuery(words or "", chosen, by, down)


def _counted(counts: Mapping[str, int], value: str) -> str:
    return f"{value.replace('_', ' ')} ({counts.get(value, 0):,})"


def _facets(tenant: str, search: InventorySearch) -> dict[Facet, tuple[tuple[str, int], ...]]:
    """Counted once per published inventory and session."""
    remembered = st.session_state.get(f"facets/{tenant}")
    if remembered is None or remembered[0] is not search:
        remembered = st.session_state[f"facets/{tenant}"] = (search, search.facets())
    return cast("dict[Facet, tuple[tuple[str, int], ...]]", remembered[1])


def _download(place: Any, search: InventorySearch, query: InventoryQuery) -> None:
    place.download_button(
        "Download CSV",
        data=lambda: search.csv(query),
        file_name=f"inventory-{search.tenant}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        help="Everything that matches, not only this page; no cell starts a formula.",
    )


def _table(found: InventoryPage, key: str) -> int | None:
    """One page of the grid; returns the row that was clicked."""
    joined = [pl.col(name).list.join("; ") for name, dtype in found.rows.schema.items() if isinstance(dtype, pl.List)]
    shown = found.rows.with_columns(joined).select(
        pl.col(SHOWN).exclude(CODES, "memory_gib", "storage_gib"),
        pl.col(CODES).str.replace_all("_", " ", literal=True),
        pl.col("memory_gib", "storage_gib").round(1),
    )
    event: Any = st.dataframe(
        shown.to_pandas(),
        key=key,
        hide_index=True,
        height=min(38 + 35 * len(shown), 420),
        column_order=SHOWN,
        placeholder="",
        column_config={name: in_words(name) for name in shown.columns},
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
    )
    return widgets.selected_row(event, len(shown))


def in_words(name: str) -> str:
    """The name of a column or filter as people read it."""
    return WORDS.get(name, name.replace("_", " ").capitalize())
