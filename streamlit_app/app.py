"""The analysts' application: `python -m streamlit run streamlit_app/app.py`, or `discovery up`.

One user on this machine (the configuration beside this file binds it to loopback); who corrects is the user of the
operating system until the sidebar says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from streamlit_app import page_registry, services, state, widgets

# Drawn here: Streamlit fetches named icons for the browser's tab from the network.
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#1f6f8b"/>
<circle cx="14" cy="14" r="6.5" fill="none" stroke="#fff" stroke-width="3"/>
<path d="M19 19l7 7" stroke="#fff" stroke-width="3.6" stroke-linecap="round"/></svg>"""


@widgets.guarded
def main() -> None:
    """The page chosen, over the tenant chosen; without a tenant, what to do first."""
    pages = page_registry.pages()
    page = st.navigation(page_registry.navigation(pages))
    state.remember_pages(pages)
    names = services.tenant_names()
    if not names:
        widgets.empty(
            "There is no tenant yet",
            "A tenant owns its files, mappings and inventory. Add one and hand over its exports, or try the samples.",
            "discovery tenant add acme",
            "discovery ingest acme ~/exports/",
            "discovery demo",
        )
        return
    state.choose_tenant(names)
    _sidebar(names)
    page.run()


def _sidebar(names: Sequence[str]) -> None:
    with st.sidebar:
        st.selectbox("Tenant", names, key=state.TENANT)
        st.text_input("You are", placeholder=state.system_user(), key=state.AUTHOR, help="Recorded with each decision.")
        st.caption("Local mode: one user, this machine only.")


st.set_page_config(page_title="Discovery", page_icon=ICON, layout="wide", initial_sidebar_state=250)
widgets.style()
main()
