"""What was learned from whom: each lesson with how far it is trusted, taken back or forgotten with what taught it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from discovery_pipeline.domain.learning.kinds import KINDS
from discovery_pipeline.services.learning.learned import Taught, taught_page
from discovery_pipeline.store.learned import LearnedQuery, PatternState, count_learned
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.learning.forgetting import ask_to_forget
from streamlit_app.decisions import take_back
from streamlit_app.people import may

# The key of the page's parts, and the part that a decision is opened in.
VIEW, DECISIONS = "learning/view", "Decisions"
PER_PAGE = 20
STATES: dict[str, PatternState | None] = {
    "holds": "current", "replaced by another": "superseded", "taken back": "retired", "any": None,
}  # fmt: skip


@widgets.guarded
def show_learned(tenant: str) -> None:
    """The lessons that match, a page at a time, and the one that was clicked."""
    query = _query(tenant)
    total = count_learned(services.workspace().database, tenant, query)
    if not total:
        st.info("Nothing learned matches. Take a filter away, or search for less.")
        return
    first = widgets.pager(f"learned/{tenant}", query, total, PER_PAGE, "lessons")
    page = taught_page(services.workspace(), tenant, query, first, PER_PAGE)
    trusted = st.column_config.ProgressColumn("Trusted", format="percent", min_value=0, max_value=1)
    event: Any = st.dataframe(
        pd.DataFrame([_row(each) for each in page]), key=f"learned/{tenant}/{first}/{hash(query)}", hide_index=True,
        placeholder="", height="content", on_select="rerun", selection_mode=["single-row", "single-cell"],
        column_config={"Trusted": trusted},
    )  # fmt: skip
    row = widgets.selected_row(event, len(page))
    if row is None:
        st.caption("Click a lesson to see who taught it, and to take it back.")
    else:
        _card(tenant, page[row])


def _query(tenant: str) -> LearnedQuery:
    text, kind, which = st.columns([5, 3, 2], vertical_alignment="bottom")
    words = text.text_input("Search", key=f"learned_text/{tenant}", placeholder="A header, a spelling, a field, a name")
    kinds = kind.multiselect("About", KINDS, key=f"learned_kind/{tenant}", placeholder="anything")
    chosen = which.selectbox("State", list(STATES), key=f"learned_state/{tenant}")
    return LearnedQuery(words or "", tuple(kinds), STATES[chosen])


def _row(each: Taught) -> dict[str, object]:
    return {
        "Kind": each.kind,
        "About": each.about,
        "Is": each.says,
        "Trusted": each.trust,
        "Taught by": ", ".join(each.authors),
        "Times": len(each.corrections),
        "Said otherwise": each.contradicted,
        "Last": widgets.clock(each.strengthened_at),
    }


def _card(tenant: str, each: Taught) -> None:
    """A lesson and the decisions that taught it."""
    with st.container(border=True):
        st.html(
            f'<div class="d-title">{widgets.html_text(each.about)}: {widgets.html_text(each.says)}</div>'
            f'<div class="d-quiet">taught by {widgets.html_text(", ".join(each.authors))}, first '
            f"{widgets.clock(each.learned_at)}, last {widgets.clock(each.strengthened_at)} · trusted to "
            f"{widgets.percent(each.trust)}, which falls with age and with people who say otherwise</div>"
        )
        with st.container(horizontal=True):
            for number in each.corrections[-5:]:
                st.button(
                    f"Decision {number}", key=f"taught/{number}", icon=":material/history:", on_click=_open,
                    args=(number,),
                )  # fmt: skip
            newest = each.corrections[-1]
            if each.state == "current":
                st.button(
                    "Take back the newest", key=f"unteach/{newest}", icon=":material/undo:",
                    disabled=not may("analyst"), on_click=take_back,
                    args=(tenant, [newest], f"Decision {newest} is taken back."),
                )  # fmt: skip
            forget = st.button(
                "Forget ...", key=f"forget/{each.pattern_id}", icon=":material/delete:", disabled=not may("admin"),
                help="Deletes every decision that taught it; takes the role admin, and is asked about first.",
            )  # fmt: skip
            if forget:
                ask_to_forget(tenant, each.corrections)


def _open(number: int) -> None:
    """The decision in the log."""
    state.show_item("correction", str(number))
    state.show_item("view", "")
    st.session_state[VIEW] = DECISIONS
