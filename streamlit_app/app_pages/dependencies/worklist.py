"""Where to begin: the dependencies whose answer is worth most, and the applications with most ties."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from discovery_pipeline.services.dependencies.network import Network
from discovery_pipeline.services.dependencies.waiting import EdgeWords
from discovery_pipeline.services.dependencies.words import evidence_in_words
from discovery_pipeline.services.dependencies.worklist import (
    ApplicationTies,
    DoubtfulEdge,
    application_ties,
    edges_to_confirm,
)
from discovery_pipeline.services.run_frames import run_frames
from streamlit_app import services
from streamlit_app.app_pages.dependencies.edge_card import confirming, rejecting
from streamlit_app.decisions import decide, show_question
from streamlit_app.people import may
from streamlit_app.widgets import html_text, pager, percent, plain, selected_row

PER_PAGE = 6
_TABLE_PX = 560
Act = Callable[[str], None]


def show_worklist(tenant: str, network: Network, words: EdgeWords, centre_on: Act, pick: Act) -> None:
    """Both lists side by side."""
    version = services.frames(tenant).version("dependencies")
    analysed = services.frames(tenant).version("analysis")
    doubtful, applications = _found(tenant, version, analysed, network)
    left, right = st.columns([1.5, 1], gap="medium")
    with left:
        _edges(tenant, [each for each in doubtful if words.about(each.edge) is None], centre_on, pick)
    with right:
        _applications(tenant, applications, centre_on)


@st.cache_resource(max_entries=8, show_spinner="Looking for what is doubtful")
def _found(
    tenant: str,
    version: str | None,  # noqa: ARG001 - keyed by it
    analysed: str | None,  # noqa: ARG001 - keyed by it
    _network: Network,
) -> tuple[tuple[DoubtfulEdge, ...], tuple[ApplicationTies, ...]]:
    run = run_frames(services.frames(tenant))
    return edges_to_confirm(_network, run), application_ties(_network)


def _edges(tenant: str, doubtful: Sequence[DoubtfulEdge], centre_on: Act, pick: Act) -> None:
    st.subheader("Dependencies to confirm", anchor=False)
    if not doubtful:
        st.write("Nothing is in doubt: every dependency is sure, or somebody decided about it.")
        return
    st.caption("Most worth an answer first: how doubtful each is, and how much hangs on it.")
    first = pager(f"doubtful/{tenant}", "", len(doubtful), PER_PAGE, "doubtful dependencies")
    for each in doubtful[first : first + PER_PAGE]:
        with st.container(border=True):
            _doubtful(tenant, each, centre_on, pick)


def _doubtful(tenant: str, each: DoubtfulEdge, centre_on: Act, pick: Act) -> None:
    edge = each.edge
    text, buttons = st.columns([1.2, 1], vertical_alignment="center")
    why = "; ".join(map(evidence_in_words, edge.evidence)) or "no evidence is kept"
    behind = f" · {each.behind:,} assets stand behind it" if each.behind else ""
    text.html(
        f'<div class="d-title">{html_text(each.start)} needs {html_text(each.end)}</div>'
        f'<div class="d-quiet">{html_text(edge.kind)} · {percent(edge.confidence)} sure{behind}<br>'
        f"{html_text(why)}</div>"
    )
    about, refused = f"**{plain(each.start)} needs {plain(each.end)}**", not may("analyst")
    with buttons, st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        st.button(
            "Confirm", key=f"yes/{edge.key}", disabled=refused, on_click=decide,
            args=(tenant, edge.key, confirming(edge), f"{about} is confirmed."),
        )  # fmt: skip
        st.button(
            "Reject", key=f"no/{edge.key}", disabled=refused, on_click=decide,
            args=(tenant, edge.key, rejecting(edge), f"{about} is rejected."),
        )  # fmt: skip
        st.button("Map", key=f"map/{edge.key}", on_click=_on_map, args=(each, centre_on, pick))
    show_question(tenant, edge.key)


def _on_map(each: DoubtfulEdge, centre_on: Act, pick: Act) -> None:
    centre_on(each.edge.start)
    pick(each.edge.key)


def _applications(tenant: str, applications: Sequence[ApplicationTies], centre_on: Act) -> None:
    st.subheader("Applications", anchor=False)
    if not applications:
        st.write("No application is known; search for any asset above.")
        return
    st.caption(f"{len(applications):,} applications, those with most ties first; click one to see its map.")
    rows = [
        {
            "Application": each.name, "Needs": each.depends_on, "Needed by": each.used_by, "Assets": each.members,
            "Doubtful": each.doubtful,
        }
        for each in applications
    ]  # fmt: skip
    key = f"applications/{tenant}"

    def picked() -> None:
        row = selected_row(st.session_state[key], len(applications))
        if row is not None:
            centre_on(applications[row].key)

    st.dataframe(
        pd.DataFrame(rows), key=key, hide_index=True, on_select=picked, selection_mode=["single-row", "single-cell"],
        height=min(38 + 35 * len(rows), _TABLE_PX), alt="Applications by their ties to others",
        column_config={"Application": {"width": 130}, "Assets": {"width": 60}, "Needs": {"width": 60}},
    )  # fmt: skip
