"""Forgetting decisions: what it deletes is said first, and there is no way back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from discovery_pipeline.services.learning.history import forget
from discovery_pipeline.services.learning.learned import forgetting, forgetting_in_words
from streamlit_app import services, state, widgets
from streamlit_app.people import acting

_REASON, _DO = "forget_reason", "forget_it"


@st.dialog("Forget for good?", icon=":material/delete_forever:")
def ask_to_forget(tenant: str, numbers: Sequence[int]) -> None:
    """What would be deleted, why, and the button that does it."""
    _asked(tenant, tuple(numbers))


@widgets.guarded
def _asked(tenant: str, numbers: tuple[int, ...]) -> None:
    if st.session_state.get(_DO):  # its callback has forgotten them: there is nothing to ask about any more
        st.rerun()
    found = forgetting(services.workspace(), tenant, numbers)
    st.markdown(f"This deletes {forgetting_in_words(found)}.")
    st.markdown(
        "It is as if nobody had ever decided it: the next run comes to its own result. That something was forgotten, "
        "by whom and when, stays in the log. **There is no way back**; to change your mind later, take it back instead."
    )
    st.text_input("Why", key=_REASON, placeholder="Kept with it, for example: asked for by the tenant")
    with st.container(horizontal=True):
        st.button(
            "Forget it", key=_DO, type="primary", icon=":material/delete_forever:", on_click=_forget,
            args=(tenant, numbers),
        )  # fmt: skip
        if st.button("Keep it", key="keep_it"):
            st.rerun()


@acting("admin")
def _forget(tenant: str, numbers: tuple[int, ...]) -> None:
    reason = str(st.session_state.get(_REASON) or "")
    gone = forget(services.workspace(), tenant, numbers, state.author(), reason)
    state.show_item("correction", "")
    count = sum(gone.values())
    state.notify("success", f"Forgotten: {count:,} {'decision' if count == 1 else 'decisions'}. The next run shows it.")
