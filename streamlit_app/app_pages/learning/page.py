"""What people taught the runs, whether it makes them better, and every decision: found, taken back, forgotten."""

from __future__ import annotations

import streamlit as st

from discovery_pipeline.services.learning.learned import Sharing, sharing
from discovery_pipeline.services.tenant_settings import set_tenant_setting
from discovery_pipeline.store.corrections import newest_correction
from discovery_pipeline.store.shared_rows import ON, SHARE_LEARNING
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.learning.log import show_log
from streamlit_app.app_pages.learning.patterns import DECISIONS, VIEW, show_learned
from streamlit_app.app_pages.learning.trends import show_trends
from streamlit_app.people import acting, may, say_who_decides

LEARNED, TRENDS, SHARED = "What was learned", "Better or worse", "Shared"
VIEWS = (DECISIONS, LEARNED, TRENDS, SHARED)


@widgets.guarded
def page() -> None:
    """The learning of the tenant."""
    st.title("Learning", anchor=False)
    widgets.show_notice()
    say_who_decides()
    tenant = state.tenant()
    view = _view()
    if view == TRENDS:
        show_trends(tenant)
    elif view == SHARED:
        _shared(tenant, sharing(services.workspace(), tenant))
    elif not newest_correction(services.workspace().database, tenant):
        widgets.empty(
            "Nobody has decided anything yet",
            "What people correct on the pages Mappings and Records teaches the next run: it stands here, with who said "
            "it, what it taught, and how to take it back.",
            f"discovery correct {tenant} --file CSV",
            ways=("mappings", "records"),
        )
    elif view == LEARNED:
        show_learned(tenant)
    else:
        show_log(tenant)


def _view() -> str:
    """The part of the page that is shown; a link to a correction is one to the decisions."""
    wanted = state.item("view")
    first = wanted if wanted in VIEWS else DECISIONS
    chosen = st.segmented_control(
        "Show", VIEWS, default=first, required=True, key=VIEW, label_visibility="collapsed", on_change=_turn
    )
    return chosen or first


def _turn() -> None:
    state.show_item("view", st.session_state[VIEW] or "")
    state.show_item("correction", "")


def _shared(tenant: str, found: Sharing) -> None:
    """Whether the tenant shares header meanings, and what it gets for it."""
    st.markdown(
        "A tenant may share what headers mean with other tenants of this installation that share too. "
        "Only that a header of common words means a field leaves it: no name, no value, no file. "
        "A meaning counts once three tenants say so."
    )
    st.toggle(
        "Share header meanings, and use those of others",
        value=found.on,
        key=f"sharing/{tenant}/{found.on}",
        disabled=not may("admin"),
        help="Takes the role admin. Switched off, everything shared is taken back at once.",
        on_change=_switch,
        args=(tenant, "off" if found.on else ON),
    )
    if not found.on:
        return
    gives, gets = st.columns(2)
    gives.metric("Meanings it shares", f"{found.gives:,}")
    gets.metric("Meanings it is given", f"{len(found.gets):,}")
    if not found.gets:
        st.caption("No meaning is shared by three tenants yet.")
        return
    first = widgets.pager(f"shared/{tenant}", (), len(found.gets), 20, "meanings")
    rows = [
        {"Header": header, "Means": field.replace("_", " "), "Said by at least": f"{count} tenants"}
        for header, field, count in found.gets[first : first + 20]
    ]
    st.dataframe(rows, hide_index=True)


@acting("admin")
def _switch(tenant: str, value: str) -> None:
    set_tenant_setting(services.workspace().database, tenant, SHARE_LEARNING, value)
    told = "shares header meanings" if value == ON else "shares nothing any more"
    state.notify("success", f"**{widgets.plain(tenant)}** {told}. The next run goes by it.")
