"""One row per real thing: searched, filtered and sorted at the server, each row a door to its asset."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from discovery_pipeline.files.frames import MissingFrame
from discovery_pipeline.services.inventory.grid import GRID
from discovery_pipeline.services.inventory.query import InventoryQuery
from discovery_pipeline.services.inventory.search import InventoryPage, InventorySearch
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.inventory import filters
from streamlit_app.app_pages.inventory.export import show_export
from streamlit_app.asset_preview import show_preview
from streamlit_app.asset_words import CODES, in_words

PER_PAGE = 100
_HEIGHT = 560
_SHARES = ("type_confidence", "strategy_confidence")


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
            f"{error.message[:1].upper()}{error.message[1:]}", f"Run {tenant} first.", f"discovery run {tenant}",
            ways=("runs",),
        )  # fmt: skip
        return
    _grid(search)


@st.fragment
@widgets.guarded
def _grid(search: InventorySearch) -> None:
    tenant = search.tenant
    filters.begin(tenant)
    query = filters.asked(tenant)
    filters.show_filters(tenant, search.counts(query))
    total = search.page(query, limit=0).total
    pages = max(1, -(-total // PER_PAGE))
    number = filters.page(tenant, query, pages)
    _bar(search, query, number, pages, total)
    filters.name_in_url(tenant, query, number)
    if not total:
        st.info("No asset matches. Take a filter away, or search for less.")
        return
    found = search.page(query, (number - 1) * PER_PAGE, PER_PAGE)
    grid, beside = st.columns([3, 1]) if _row(_state(tenant, query, number)) is not None else (st.container(), None)
    with grid:
        row = _table(found, filters.columns(tenant), _state(tenant, query, number))
    if beside is None or row is None:
        st.caption("Click a row for a short view of its asset, its name to open it.")
        return
    with beside:
        show_preview(found.rows.row(row, named=True))


def _bar(search: InventorySearch, query: InventoryQuery, number: int, pages: int, total: int) -> None:
    """Where in what matches the page is, the way to others, and what to do with all of it."""
    tenant = search.tenant
    first = (number - 1) * PER_PAGE
    st.markdown(
        f"**{min(first + 1, total):,} to {min(first + PER_PAGE, total):,} of {total:,} assets**"
        + (f" :small[{total / search.assets:.1%} of all {search.assets:,}]" if query.narrows and total else "")
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        filters.show_order(tenant)
        filters.show_page(tenant, pages)
        with st.popover("Columns", icon=":material/view_column:", width="content"):
            filters.show_columns(tenant)
        with st.popover("Export", icon=":material/download:", width="content"):
            show_export(search, query, filters.columns(tenant))


def _state(tenant: str, query: InventoryQuery, number: int) -> str:
    """The key of the table that shows a page of a question: another one has nothing selected."""
    return f"inventory/{tenant}/rows/{hash(query.key)}/{number}"


def _row(at: str) -> int | None:
    event = st.session_state.get(at)
    return widgets.selected_row(event, PER_PAGE) if event else None


def _table(found: InventoryPage, columns: tuple[str, ...], at: str) -> int | None:
    """One page of the grid; returns the row that was clicked, and opens its asset where that was on the name."""
    event: Any = st.dataframe(
        _readable(found.rows.select(columns)).to_pandas(),
        key=at,
        hide_index=True,
        height=min(38 + 35 * len(found.rows), _HEIGHT),
        placeholder="",
        column_config={name: _column(name) for name in columns},
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        alt="Assets that match",
    )
    row = widgets.selected_row(event, len(found.rows))
    if any(name == "name" for _, name in event["selection"]["cells"]) and row is not None:
        state.go_to("asset", asset=found.rows.item(row, "asset_id"))
    return row


def _readable(rows: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.List)]
    codes = [name for name in CODES if name in rows.columns]
    return rows.with_columns(
        pl.col(lists).list.join("; "),
        pl.col(codes).str.replace_all("_", " ", literal=True),
    )


def _column(name: str) -> Any:
    words = in_words(name)
    if name in _SHARES:
        return st.column_config.NumberColumn(words, format="percent")
    if GRID[name] == pl.Float64():
        return st.column_config.NumberColumn(words, format="%.1f")
    return st.column_config.Column(words)
