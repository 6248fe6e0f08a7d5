"""The analysts' application: `python -m streamlit_app`, or `discovery up`.

Without a sign-in (DISCOVERY_SIGN_IN) it serves one person on this machine: the configuration beside this file binds it
to loopback, and who corrects is the user of the operating system until the sidebar says otherwise.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping

import streamlit as st

from discovery_pipeline.domain.access import Role
from discovery_pipeline.domain.errors import UsageError
from streamlit_app import page_registry, sign_in, state, widgets
from streamlit_app.access_dialog import offer_access

# Drawn here: Streamlit fetches named icons for the browser's tab from the network.
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#1f6f8b"/>
<circle cx="14" cy="14" r="6.5" fill="none" stroke="#fff" stroke-width="3"/>
<path d="M19 19l7 7" stroke="#fff" stroke-width="3.6" stroke-linecap="round"/></svg>"""


@widgets.told
def main() -> None:
    """The page chosen, over the tenant chosen; before that, signing in; without a tenant, what to do first."""
    pages = page_registry.pages()
    who = _person()
    names = sign_in.tenants() if who else {}
    page = st.navigation(page_registry.navigation(pages), position="sidebar" if names else "hidden")
    state.remember_pages(pages)
    if who is None:
        return
    if not names:
        _no_tenant(who)
        return
    state.choose_tenant(list(names))
    # What tabs, bookmarks and the browser's history are told apart by.
    st.set_page_config(page_title=f"{page.title} · {state.tenant()} · Discovery")
    _sidebar(names, who)
    page.run()


def _person() -> sign_in.Person | None:
    """Who looks; None once it is said what keeps them out."""
    try:
        who = sign_in.person()
    except UsageError as error:
        widgets.failure(error)
        sign_in.offer_sign_out()
        return None
    if who is None:
        sign_in.ask_to_sign_in()
    return who


def _no_tenant(who: sign_in.Person) -> None:
    if who.email:
        widgets.empty(
            "No tenant is open to you yet",
            f"You are {widgets.plain(who.email)}. An administrator of a tenant lets you in: by the button Access, "
            "or by this command.",
            f"discovery access grant TENANT {shlex.quote(who.email)} --role analyst",
        )
        with st.container(horizontal=True):
            st.button("Look again", key="look_again", icon=":material/refresh:")
            sign_in.offer_sign_out()
        return
    widgets.empty(
        "There is no tenant yet",
        "A tenant owns its files, mappings and inventory. Add one and hand over its exports, or try the samples.",
        "discovery tenant add acme",
        "discovery ingest acme ~/exports/",
        "discovery demo",
    )


def _sidebar(names: Mapping[str, Role], who: sign_in.Person) -> None:
    with st.sidebar:
        st.selectbox("Tenant", list(names), key=state.TENANT)
        if who.email:
            role = f"{names[state.tenant()]} of {state.tenant()}"
            st.html(f'<div><b>{widgets.html_text(who.email)}</b></div><div class="d-quiet">{role}</div>')
        else:
            st.text_input(
                "You are", placeholder=state.system_user(), key=state.AUTHOR, help="Recorded with each decision."
            )
            st.caption("Local mode: one person, this machine only, everything allowed.")
        with st.container(horizontal=True):
            offer_access(state.tenant())
            sign_in.offer_sign_out()
        sign_in.lead_back()


# Read on light and dark alike: an image does not know the theme.
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 32">
<rect width="32" height="32" rx="7" fill="#1f6f8b"/>
<circle cx="14" cy="14" r="6.5" fill="none" stroke="#fff" stroke-width="3"/>
<path d="M19 19l7 7" stroke="#fff" stroke-width="3.6" stroke-linecap="round"/>
<text x="42" y="22.5" font-family="sans-serif" font-weight="600" font-size="19" fill="#3086a4">Discovery</text></svg>"""

st.set_page_config(page_title="Discovery", page_icon=ICON, layout="wide", initial_sidebar_state=250)
st.logo(LOGO, size="large")
widgets.style()
main()
