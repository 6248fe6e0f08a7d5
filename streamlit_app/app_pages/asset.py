"""One asset: what it is, where every value came from, what it needs, what becomes of it. Reached by ?asset=ID."""

from __future__ import annotations

import streamlit as st

from streamlit_app import state, widgets
from streamlit_app.asset_detail import show_asset


@widgets.guarded
def page() -> None:
    """The asset that the URL names."""
    widgets.show_notice()
    asset = state.item("asset")
    if not asset:
        widgets.empty("No asset is chosen", "Choose one in the inventory.")
        if st.button("To the inventory", key="asset/inventory"):
            state.go_to("inventory")
        return
    show_asset(state.tenant(), asset)
