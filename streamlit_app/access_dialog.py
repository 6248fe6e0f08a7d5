"""Who may see the tenant: granted and revoked by its administrators."""

from __future__ import annotations

import streamlit as st

from discovery_pipeline.domain.access import ROLES, Role
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.access import grant, revoke
from discovery_pipeline.store.access import Grant, grants
from streamlit_app import services, sign_in, state
from streamlit_app.people import acting, may
from streamlit_app.widgets import clock, empty, guarded, html_text, plain, show_notice

MEANINGS: dict[Role, str] = {
    "viewer": "sees everything of the tenant",
    "analyst": "corrects and starts runs too",
    "admin": "says who may, too",
}


def offer_access(tenant: str) -> None:
    """The button that opens the dialog, for administrators."""
    if may("admin") and st.button("Access", key="access", icon=":material/group:", help=f"Who may see {tenant}"):
        _dialog(tenant)


@st.dialog("Access", width="medium")
@guarded
def _dialog(tenant: str) -> None:
    if not may("admin", tenant):  # it stays open and is drawn anew by itself, whatever became of the role
        raise UsageError(f"this takes the role admin for {tenant}", advice="ask an administrator")
    show_notice()
    if not services.sign_in().is_asked:
        st.caption("Nobody signs in on this machine yet: roles count once DISCOVERY_SIGN_IN is set (docs/sign-in.md).")
    granted = grants(services.workspace().database, tenant)
    if granted:
        _list(tenant, granted)
    else:
        empty(f"Nobody may see {tenant} yet", "Give somebody a role below, or on the command line.",
              f"discovery access grant {tenant} ada@example.com --role analyst")  # fmt: skip
    _form(tenant)


def _list(tenant: str, granted: list[Grant]) -> None:
    for each in granted:
        who, since, take = st.columns([4, 4, 1.4], vertical_alignment="center")
        who.html(f"<b>{html_text(each.email)}</b> · {each.role}")
        since.caption(f"by {plain(each.granted_by)}, {clock(each.granted_at)}")
        take.button(
            "Revoke", key=f"revoke/{each.email}", help=f"{each.email} sees {tenant} no more", on_click=_revoke,
            args=(tenant, each.email), width="stretch",
        )  # fmt: skip


def _form(tenant: str) -> None:
    with st.form("grant_access", clear_on_submit=True, border=False):
        address, role, give = st.columns([4, 3, 1.4], vertical_alignment="bottom")
        address.text_input("E-mail", key="access/email", placeholder="ada@example.com")
        role.selectbox("Role", ROLES, index=1, key="access/role", format_func=lambda r: f"{r}: {MEANINGS[r]}")
        give.form_submit_button("Grant", width="stretch", on_click=_grant, args=(tenant,))


@acting("admin")
def _grant(tenant: str) -> None:
    role: Role = st.session_state["access/role"]
    database, admin = services.workspace().database, sign_in.email()
    email = grant(database, tenant, st.session_state["access/email"], role, state.author(), admin)
    state.notify("success", f"{plain(email)} is **{role}** of {plain(tenant)}.")


@acting("admin")
def _revoke(tenant: str, email: str) -> None:
    revoke(services.workspace().database, tenant, email, sign_in.email())
    state.notify("success", f"{plain(email)} sees {plain(tenant)} no more.")
