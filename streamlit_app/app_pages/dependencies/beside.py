"""What stands beside the map: the asset or group that was clicked, and every edge as a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from discovery_pipeline.services.dependencies.detail import asset_facts
from discovery_pipeline.services.dependencies.model import Edge, Neighbourhood, Node
from discovery_pipeline.services.dependencies.numbering import ADDRESS
from discovery_pipeline.services.dependencies.words import evidence_in_words, kind_in_words
from discovery_pipeline.services.run_frames import run_frames
from streamlit_app import services, state
from streamlit_app.app_pages.dependencies.edge_card import state_in_words
from streamlit_app.asset_words import in_words
from streamlit_app.widgets import html_text, selected_row

Act = Callable[[str], None]
_LIST_HEIGHT_PX = 320
# Facts whose values are words of the product.
_CODED = ("strategy", "lifecycle_status")
_ROW_PX, _HEADER_PX = 35, 38


def show_node(tenant: str, node: Node, around: Neighbourhood, centre_on: Act) -> None:
    """The facts of an asset with ways on, or who stands in a group."""
    kind = node.type.replace("_", " ")
    if node.is_group:
        _group(node, centre_on)
        return
    shared = " · shared service" if node.shared else ""
    st.html(f'<div class="d-title">{html_text(node.name)}</div><div class="d-quiet">{html_text(kind)}{shared}</div>')
    if node.key.startswith(ADDRESS):
        st.caption("No asset of the inventory has this address.")
        return
    facts = _facts(tenant, node.key, services.frames(tenant).version("analysis"))
    st.html(_facts_html(facts))
    needs = sum(edge.start == node.key for edge in around.edges)
    used = sum(edge.end == node.key for edge in around.edges)
    st.caption(f"On this map it needs {needs:,} and is needed by {used:,}.")
    with st.container(horizontal=True):
        st.button(
            "Centre here", key=f"centre/{node.key}", icon=":material/center_focus_strong:", on_click=centre_on,
            args=(node.key,), disabled=node.key == around.centre,
        )  # fmt: skip
        if st.button("Open asset", key=f"open/{node.key}", icon=":material/search:"):
            state.go_to("asset", asset=node.key)


def _group(node: Node, centre_on: Act) -> None:
    st.html(f'<div class="d-title">{node.count:,} × {html_text(node.name)}</div>')
    st.caption("Too many to draw each. Put one in the middle to see what is around it.")
    with st.container(height=220, gap=None):
        for key, name in node.sample:
            st.button(name, key=f"of_group/{node.key}/{key}", type="tertiary", on_click=centre_on, args=(key,))
        if node.count > len(node.sample):
            st.caption(f"and {node.count - len(node.sample):,} more")


@st.cache_data(max_entries=200, show_spinner=False)
def _facts(tenant: str, key: str, version: str | None) -> dict[str, Any]:  # noqa: ARG001 - keyed by it
    return asset_facts(run_frames(services.frames(tenant)), key)


def _facts_html(facts: Mapping[str, Any]) -> str:
    told = []
    for name, value in facts.items():
        text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        said = text.replace("_", " ") if name in _CODED else text
        told.append(f"<div>{html_text(in_words(name))}: <b>{html_text(said)}</b></div>")
    return f'<div class="d-effect">{"".join(told)}</div>'


def show_edges(around: Neighbourhood, key: str, pick: Act) -> None:
    """Every edge of the map as a list to filter and sort; a click on a row selects it."""
    names = {node.key: f"+{node.count:,} {node.name}" if node.is_group else node.name for node in around.nodes}
    text = st.text_input("Filter the list", key=f"filter/{key}", placeholder="a name, a kind, evidence ...")
    rows = [_row(edge, names) for edge in around.edges]
    words = (text or "").lower().split()
    listed = [
        (edge, row)
        for edge, row in zip(around.edges, rows, strict=True)
        if all(word in " ".join(map(str, row.values())).lower() for word in words)
    ]
    st.caption(f"{len(listed):,} of {len(rows):,} dependencies; click one to decide about it.")
    if not listed:
        return
    table = f"edges/{key}/{hash((tuple(words), tuple(edge.key for edge, _ in listed)))}"

    def picked() -> None:
        row = selected_row(st.session_state[table], len(listed))
        if row is not None:
            pick(listed[row][0].key)

    st.dataframe(
        pd.DataFrame([row for _, row in listed]), key=table, hide_index=True, on_select=picked,
        height=min(_HEADER_PX + _ROW_PX * len(listed), _LIST_HEIGHT_PX), selection_mode=["single-row", "single-cell"],
        placeholder="", alt="The dependencies of the map",
        column_config={"Sure": st.column_config.NumberColumn(format="%d %%", width=60), "Dependency": {"width": 230}},
    )  # fmt: skip


def _row(edge: Edge, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "Dependency": f"{names.get(edge.start, edge.start)} → {names.get(edge.end, edge.end)}",
        "Sure": round(100 * edge.confidence),
        "Kind": kind_in_words(edge.kind),
        "State": state_in_words(edge),
        "Evidence": "; ".join(map(evidence_in_words, edge.evidence)),
        "Seen": edge.observations,
        "Last seen": edge.last_seen,
        "Edges": edge.count,
    }
