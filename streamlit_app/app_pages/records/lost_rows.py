"""Corrections of single rows that no row of the newest run answers to any more."""

from __future__ import annotations

import streamlit as st

from discovery_pipeline.services.learning.deciding.words import about, in_words
from discovery_pipeline.services.records.row_decisions import RowDecision, row_decisions
from discovery_pipeline.services.run_frames import RunFrames, run_frames
from discovery_pipeline.store.corrections import newest_by_kind
from streamlit_app import decisions, services, state
from streamlit_app.people import may
from streamlit_app.widgets import plain

_MOST = 20


def show_lost(tenant: str, run: RunFrames) -> None:
    """What they say, with buttons that look at them and take them back; nothing where every row was found."""
    newest = newest_by_kind(services.workspace().database, tenant).get("value", 0)
    if not newest or not run.has("canonical_records"):
        return
    lost = [each for each in _found(tenant, run.versions["canonical_records"], newest) if not each.rows]
    if not lost:
        return
    title = "A correction finds its row" if len(lost) == 1 else f"{len(lost):,} corrections find their rows"
    with st.expander(f"{title} no more", icon=":material/link_off:"):
        st.caption(
            "The newest delivery lacks the row, or it says something else now. They hold again where it comes back; "
            "take back what was mended at the source."
        )
        for each in lost[:_MOST]:
            _one(tenant, each)


@st.cache_data(max_entries=32, show_spinner=False)
def _found(tenant: str, version: str, newest: int) -> tuple[RowDecision, ...]:  # noqa: ARG001 - keyed by them
    return row_decisions(services.workspace().database, run_frames(services.frames(tenant)))


def _one(tenant: str, lost: RowDecision) -> None:
    what, number = lost.correction.what, lost.correction.number
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{plain(about(what))}: **{plain(in_words(what, what.said))}**", width="stretch")
        st.button("Look", key=f"lost/{number}", icon=":material/search:", on_click=state.go_to, args=("learning",),
                  kwargs={"correction": str(number)})  # fmt: skip
        st.button(
            "Take back", key=f"lost/undo/{number}", icon=":material/undo:", disabled=not may("analyst"),
            on_click=decisions.take_back, args=(tenant, [number], f"**Correction {number} is taken back.**"),
        )  # fmt: skip
