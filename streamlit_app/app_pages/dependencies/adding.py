"""A dependency that no run has found: two assets by their names, its kind, why. And what waits for a run."""

from __future__ import annotations

import streamlit as st

from discovery_pipeline.services.dependencies.finding import find_nodes
from discovery_pipeline.services.dependencies.network import Network
from discovery_pipeline.services.dependencies.numbering import KINDS
from discovery_pipeline.services.dependencies.waiting import EdgeWord, EdgeWords
from discovery_pipeline.services.learning.deciding.decisions import EdgeDecision
from streamlit_app.decisions import decide, show_question, take_back
from streamlit_app.people import may
from streamlit_app.widgets import clock, html_text, plain

_TOLD = "as their types say"
_PLACE = "added_edge"
_LISTED = 50
Found = tuple[str, str, str]


def show_adding(tenant: str, network: Network, centre: str) -> None:
    """The form of a new dependency; the node in the middle is offered as the one that depends."""
    number = network.number(centre)
    name = network.nodes["name"][number] if number is not None else ""
    dependent, provider, what = st.columns([1, 1, 1], gap="medium")
    with dependent:
        start = _asset(network, "Which asset depends", f"add_start/{tenant}/{centre}", name)
    with provider:
        end = _asset(network, "on which other one", f"add_end/{tenant}/{centre}", "")
    kinds = [_TOLD, *(kind for kind in KINDS if kind != "external")]
    refused = not may("analyst")
    kind = what.selectbox("Kind", kinds, key=f"add_kind/{tenant}", disabled=refused)
    what.text_input("Reason", key=f"add_reason/{tenant}", placeholder="who says so", disabled=refused)
    if start is None or end is None:
        st.caption("Type a part of both names and choose the assets that are meant.")
        return
    what.button(
        "Add the dependency", key="add_edge", type="primary", icon=":material/add_link:", on_click=_add,
        disabled=refused or start[0] == end[0], args=(tenant, start, end, None if kind == _TOLD else kind),
    )  # fmt: skip
    show_question(tenant, _PLACE)


def _add(tenant: str, start: Found, end: Found, kind: str | None) -> None:
    """A button's callback: the reason is what stands in its field now."""
    reason = str(st.session_state.get(f"add_reason/{tenant}") or "")
    added = EdgeDecision(start[0], end[0], True, kind, reason=reason)
    decide(tenant, _PLACE, [added], f"**{plain(start[1])} needs {plain(end[1])}** is added.")


def _asset(network: Network, label: str, key: str, name: str) -> Found | None:
    text = st.text_input(label, value=name, key=f"{key}/text", placeholder="a part of its name")
    found = find_nodes(network, text or "")
    if not found:
        return None
    chosen: Found | None = st.selectbox(
        f"{label}: which one", found, key=f"{key}/{text}", label_visibility="collapsed",
        format_func=lambda node: f"{node[1]} ({node[2].replace('_', ' ')})",
    )  # fmt: skip
    return chosen


def show_waiting(tenant: str, words: EdgeWords) -> None:
    """Every decision about dependencies that no run has followed, each with its undoing."""
    waiting = words.waiting
    if not waiting:
        st.write("No decision about dependencies waits for a run.")
        return
    for word in waiting[:_LISTED]:
        text, button = st.columns([5, 1], vertical_alignment="center")
        text.html(_word_html(word))
        about = " needs ".join(map(plain, word.names))
        button.button(
            "Undo", key=f"undo_waiting/{word.number}", icon=":material/undo:", disabled=not may("analyst"),
            on_click=take_back, args=(tenant, [word.number], f"What was decided about **{about}** is taken back."),
        )  # fmt: skip
    if len(waiting) > _LISTED:
        st.caption(f"and {len(waiting) - _LISTED:,} more")


def _word_html(word: EdgeWord) -> str:
    start, end = map(html_text, word.names)
    said = "needs" if word.holds else "does not need"
    kind = f" ({html_text(word.kind)})" if word.kind else ""
    return (
        f'<div class="d-effect"><b>{start}</b> {said} <b>{end}</b>{kind} '
        f'<span class="d-quiet">{html_text(word.author)}, {clock(word.made_at)}</span></div>'
    )
