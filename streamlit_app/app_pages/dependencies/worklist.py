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
from discovery_pipeline.services.learning.deciding.decisions import EdgeDecision
from discovery_pipeline.services.run_frames import run_frames
from streamlit_app import services, state
from streamlit_app.app_pages.dependencies.edge_card import confirming, rejecting
from streamlit_app.decisions import record, show_question
from streamlit_app.people import acting, may
from streamlit_app.widgets import html_text, percent, plain, selected_row

PER_PAGE = 6
# In the URL: the doubtful dependency that the keys are for.
EDGE = "edge"
KEYS = (("J K", "next, previous"), ("A", "confirm"), ("N", "reject"), ("M", "show on the map"), ("U", "undo the last"))
_LOOKED_AT = "looked_at"
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
    place = _place(tenant, doubtful)
    first = place - place % PER_PAGE
    shown = doubtful[first : first + PER_PAGE]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        last = first + len(shown)
        st.caption(f"{first + 1:,} to {last:,} of {len(doubtful):,} doubtful dependencies", width="stretch")
        for label, shortcut, to in (("Previous", "K", place - 1), ("Next", "J", place + 1)):
            outside = not 0 <= to < len(doubtful)
            st.button(
                label, key=f"step/{label}/{doubtful[place].edge.key}", shortcut=shortcut, disabled=outside,
                on_click=_look_at, args=("" if outside else doubtful[to].edge.key,),
            )  # fmt: skip
        with st.popover("Keys", icon=":material/keyboard:"):
            st.html("".join(f'<div class="d-key"><b>{key}</b> {words}</div>' for key, words in KEYS))
    for number, each in enumerate(shown, first):
        looked_at = number == place
        with st.container(border=True, key=f"chosen_edge/{tenant}" if looked_at else None):
            _doubtful(tenant, each, centre_on, pick, looked_at=looked_at)
    with st.container(horizontal=True, horizontal_alignment="right"):
        for label, to in (("Earlier", first - PER_PAGE), ("Later", first + PER_PAGE)):
            outside = not 0 <= to < len(doubtful)
            st.button(
                label, key=f"leaf/{label}", type="tertiary", disabled=outside, on_click=_look_at,
                args=("" if outside else doubtful[to].edge.key,),
            )  # fmt: skip


def _place(tenant: str, doubtful: Sequence[DoubtfulEdge]) -> int:
    """The place of the one that the keys are for: which the link names, else the one before; the first at first.

    When somebody has decided about it, the next one stands at its place.
    """
    at = f"{_LOOKED_AT}/{tenant}"
    before, place = st.session_state.get(at, ("", 0))
    named = state.item(EDGE) or before
    place = next(
        (number for number, each in enumerate(doubtful) if each.edge.key == named), min(place, len(doubtful) - 1)
    )
    st.session_state[at] = (doubtful[place].edge.key, place)
    return place


def _look_at(edge: str) -> None:
    """A button's callback: the keys are for this one, and the link names it."""
    state.show_item(EDGE, edge)


def _doubtful(tenant: str, each: DoubtfulEdge, centre_on: Act, pick: Act, *, looked_at: bool) -> None:
    """One dependency in doubt. looked_at: it is the one that the keys are for."""
    edge = each.edge
    # With their keys the buttons are wider than a place beside the text.
    text, buttons = (st.container(), st.container()) if looked_at else st.columns([1.2, 1], vertical_alignment="center")
    why = "; ".join(map(evidence_in_words, edge.evidence)) or "no evidence is kept"
    behind = f" · {each.behind:,} asset{' stands' if each.behind == 1 else 's stand'} behind it" if each.behind else ""
    text.html(
        f'<div class="d-title">{html_text(each.start)} needs {html_text(each.end)}</div>'
        f'<div class="d-quiet">{html_text(edge.kind)} · {percent(edge.confidence)} sure{behind}<br>'
        f"{html_text(why)}</div>"
    )
    about, refused = f"**{plain(each.start)} needs {plain(each.end)}**", not may("analyst")
    with buttons, st.container(horizontal=True, horizontal_alignment="left" if looked_at else "right", gap="xsmall"):
        for label, name, shortcut, decided, told in (
            ("Confirm", "yes", "A", confirming(edge), "confirmed"), ("Reject", "no", "N", rejecting(edge), "rejected"),
        ):  # fmt: skip
            st.button(
                label, key=f"{name}/{edge.key}", disabled=refused, shortcut=shortcut if looked_at else None,
                type="primary" if looked_at and name == "yes" else "secondary", on_click=_decide,
                args=(tenant, edge.key, decided, f"{about} is {told}.", looked_at),
            )  # fmt: skip
        st.button(
            "Map", key=f"map/{edge.key}", shortcut="M" if looked_at else None, on_click=_on_map,
            args=(tenant, each, centre_on, pick, looked_at),
        )  # fmt: skip
    show_question(tenant, edge.key)


@acting()
def _decide(tenant: str, edge: str, decided: Sequence[EdgeDecision], done: str, by_key: bool) -> None:
    if _passed(tenant, edge, by_key):
        return
    if record(tenant, edge, decided, done):
        _look_at("")


def _on_map(tenant: str, each: DoubtfulEdge, centre_on: Act, pick: Act, by_key: bool) -> None:
    if _passed(tenant, each.edge.key, by_key):
        return
    _look_at("")
    centre_on(each.edge.start)
    pick(each.edge.key)


def _passed(tenant: str, edge: str, by_key: bool) -> bool:
    """Whether a key was meant for another one: the browser keeps the buttons of a card until the script has run."""
    now = state.item(EDGE) or st.session_state.get(f"{_LOOKED_AT}/{tenant}", ("", 0))[0]
    return by_key and now != edge


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
