"""Pieces that several parts of the analysis page share: colours of both themes, money, tables that lead to assets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from streamlit_app import state, widgets

# Legible on white and on dark ground.
BAND_COLOURS = {"blocked": "#c0392b", "needs work": "#e0992b", "ready": "#2e8b57"}
SUPPORT_COLOURS = {
    "ended": "#c0392b", "extended": "#d9772b", "ending": "#e0b32b", "supported": "#2e8b57", "unknown": "#8795a1",
}  # fmt: skip


def words(code: str | None) -> str:
    """A code of the product as people read it."""
    return "unknown" if code is None else code.replace("_", " ")


def choice(label: str, name: str, titles: Mapping[str, str], **how: Any) -> str:
    """One of several views (code -> title) that the URL says under this name, the first where it says none."""
    key, linked = f"analysis_{name}", state.item(name)
    found = linked if linked in titles else next(iter(titles))
    # The browser's way back changes the URL alone.
    if st.session_state.get(key) != found:
        st.session_state[key] = found
    st.segmented_control(
        label, list(titles), key=key, format_func=titles.__getitem__, required=True, on_change=_name, args=(key, name),
        **how,
    )  # fmt: skip
    return found


def _name(key: str, name: str) -> None:
    """A widget's callback: what is chosen stands in the URL."""
    state.show_item(name, st.session_state[key] or "")


def counted(count: int, one: str) -> str:
    """1, "asset" -> "1 asset"; 1200 -> "1,200 assets"."""
    return f"{count:,} {one}{'' if count == 1 else 's'}"


def money(amount: float | None, currency: str = "") -> str:
    """1234.5, "USD" -> "1,234 USD"; "–" where nothing is known."""
    return "–" if amount is None else f"{amount:,.0f} {currency}".rstrip()


def table(frame: pl.DataFrame, key: str, columns: dict[str, Any], *, pick: bool = True) -> int | None:
    """A table of the frame's columns that are named; returns the row that was clicked. pick: whether one can be."""
    how: dict[str, Any] = {"on_select": "rerun", "selection_mode": ["single-row", "single-cell"]} if pick else {}
    event: Any = st.dataframe(
        frame.select(list(columns)).to_pandas(),
        key=key,
        hide_index=True,
        placeholder="",
        column_config=columns,
        **how,
    )
    return widgets.selected_row(event, len(frame)) if pick else None


def assets_table(assets: pl.DataFrame, key: str, columns: Sequence[str]) -> None:
    """Assets, of which a click opens one's own page."""
    coded = [name for name in ("type", "strategy") if name in assets.columns]
    told = assets.with_columns(pl.col(coded).str.replace_all("_", " ", literal=True))
    row = table(told, key, {name: name.replace("_", " ").capitalize() for name in columns})
    if row is not None:
        state.go_to("asset", asset=str(assets.item(row, "asset_id")))


def provider_chosen(tenant: str, providers: Sequence[str]) -> str | None:
    """The provider whose prices are shown; None where there are no prices."""
    if not providers:
        return None
    return st.selectbox("Prices of", list(providers), key=f"provider/{tenant}", format_func=provider_name)


def provider_name(code: str) -> str:
    """A provider's code as people write it."""
    return {"aws": "AWS", "gcp": "Google Cloud", "azure": "Azure"}.get(code, code)
