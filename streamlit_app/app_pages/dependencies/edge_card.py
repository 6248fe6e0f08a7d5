"""One dependency under review: how sure it is and why; confirmed, rejected, made another kind or taken back."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from discovery_pipeline.services.dependencies.detail import EdgeDetail, edge_detail
from discovery_pipeline.services.dependencies.model import SERVES, Edge
from discovery_pipeline.services.dependencies.numbering import KINDS
from discovery_pipeline.services.dependencies.words import evidence_in_words, kind_in_words, sure_in_words
from discovery_pipeline.services.learning.deciding.decisions import EdgeDecision
from discovery_pipeline.services.run_frames import run_frames
from streamlit_app import services
from streamlit_app.decisions import decide, show_question, take_back
from streamlit_app.people import may
from streamlit_app.widgets import html_text, plain

Names = Mapping[str, str]
_WAITING = {
    "confirmed": "confirmed, waits for a run", "rejected": "rejected, waits for a run",
    "undone": "its decision was taken back, waits for a run",
}  # fmt: skip


def show_edge(tenant: str, edge: Edge, names: Names) -> None:
    """The card of one edge."""
    start, end = (names.get(key, key) for key in (edge.start, edge.end))
    st.html(_head(edge, start, end))
    if not edge.can_be_decided:
        st.caption(_why_not(edge))
        return
    detail = _detail(tenant, edge.start, edge.end, edge.kind, services.frames(tenant).version("dependencies"))
    _reasons(edge, detail)
    show_question(tenant, edge.key)
    _buttons(tenant, edge, start, end)


def state_in_words(edge: Edge) -> str:
    """believed, a lead, confirmed ...; what waits for a run before what stands."""
    if edge.waiting:
        return _WAITING[edge.waiting]
    return "a lead" if edge.state == "lead" else edge.state


def confirming(edge: Edge, reason: str = "") -> list[EdgeDecision]:
    """That the edge holds."""
    return [EdgeDecision(edge.start, edge.end, True, _kind(edge), reason=reason)]


def rejecting(edge: Edge, reason: str = "") -> list[EdgeDecision]:
    """That the edge does not hold."""
    return [EdgeDecision(edge.start, edge.end, False, _kind(edge), reason=reason)]


def changing(edge: Edge, kind: str, reason: str = "") -> list[EdgeDecision]:
    """That the edge is of another kind."""
    return [*rejecting(edge, reason), EdgeDecision(edge.start, edge.end, True, kind, reason=reason)]


def _kind(edge: Edge) -> str | None:
    """None where its kind is to be told by a run."""
    return edge.kind if edge.kind in KINDS else None


def _head(edge: Edge, start: str, end: str) -> str:
    if edge.kind == SERVES:
        return f'<div class="d-title">{html_text(end)} serves {html_text(start)}</div>'
    by = f" · by {html_text(edge.author)}" if edge.author else ""
    records = "record" if edge.observations == 1 else "records"
    seen = f" · {edge.observations:,} {records}" if edge.observations else ""
    last = f" · last seen {edge.last_seen:%d %b %Y}" if edge.last_seen else ""
    return (
        f'<div class="d-title">{html_text(start)} needs {html_text(end)}</div>'
        f'<div class="d-quiet">{html_text(kind_in_words(edge.kind))} · {sure_in_words(edge)} · '
        f"{html_text(state_in_words(edge))}{by}{seen}{last}</div>"
        f'<div class="d-bar"><i style="width:{edge.confidence:.0%}"></i></div>'
    )


def _why_not(edge: Edge) -> str:
    if edge.kind == SERVES:
        return "It serves the application, as the inventory and the dependencies have it."
    if edge.count > 1:
        return f"{edge.count:,} dependencies of assets that stand in a group. Put one of them in the middle to decide."
    return "An address that no asset of the inventory has: there is nothing to decide about it."


@st.cache_data(max_entries=200, show_spinner=False)
def _detail(tenant: str, start: str, end: str, kind: str, version: str | None) -> EdgeDetail | None:  # noqa: ARG001 - keyed by it
    return edge_detail(run_frames(services.frames(tenant)), start, end, kind)


def _reasons(edge: Edge, detail: EdgeDetail | None) -> None:
    """Why it is believed, and what speaks against it."""
    lines = [
        f"- {plain(evidence_in_words(label)[:1].upper() + evidence_in_words(label)[1:])}" for label in edge.evidence
    ]
    if detail:
        lines += [f"- Counts: {plain(reason)}" for reason in detail.reasons]
        lines += [f"- **Against**: {plain(against)}" for against in detail.contradictions]
        if detail.first_seen:
            lines.append(f"- First seen {plain(f'{detail.first_seen:%d %b %Y %H:%M}')}")
    st.markdown("\n".join(lines) or "No run has seen it.")


def _buttons(tenant: str, edge: Edge, start: str, end: str) -> None:
    refused, held = not may("analyst"), edge.waiting or edge.state
    about = f"{plain(start)} needs {plain(end)}"
    st.text_input("Reason", key=f"reason/{edge.key}", placeholder="why, for who reads it later", disabled=refused)
    with st.container(horizontal=True):
        for action, icon, after in (("Confirm", "check", "confirmed"), ("Reject", "close", "rejected")):
            st.button(
                action, key=f"{action.lower()}/{edge.key}", icon=f":material/{icon}:", on_click=_decide,
                disabled=refused or held == after, type="primary" if action == "Confirm" else "secondary",
                args=(tenant, edge, action, about),
            )  # fmt: skip
        if edge.number is not None:
            st.button(
                "Undo", key=f"undo/{edge.key}", icon=":material/undo:", disabled=refused, on_click=take_back,
                args=(tenant, [edge.number], f"What was decided about **{about}** is taken back. It waits for a run."),
            )  # fmt: skip
    if edge.kind in KINDS:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            others = [kind for kind in KINDS if kind not in (edge.kind, "external")]
            st.selectbox("It is rather of kind", others, key=f"kind/{edge.key}", disabled=refused)
            st.button(
                "Change", key=f"change/{edge.key}", icon=":material/swap_horiz:", disabled=refused, on_click=_decide,
                args=(tenant, edge, "Change", about),
            )  # fmt: skip


def _decide(tenant: str, edge: Edge, action: str, about: str) -> None:
    """A button's callback: the reason and the kind are what stands in the fields now, not when the button was drawn."""
    reason = str(st.session_state.get(f"reason/{edge.key}") or "")
    if action == "Change":
        kind = str(st.session_state[f"kind/{edge.key}"])
        decide(tenant, edge.key, changing(edge, kind, reason), f"**{about}** is of kind {kind}.")
    elif action == "Confirm":
        decide(tenant, edge.key, confirming(edge, reason), f"**{about}** is confirmed.")
    else:
        decide(tenant, edge.key, rejecting(edge, reason), f"**{about}** is rejected.")
