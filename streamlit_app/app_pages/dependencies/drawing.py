"""The map itself: a component that draws a neighbourhood and says which node or edge was clicked.

Keep out: what the neighbourhood is (services/dependencies), what follows from a click (the page).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

import streamlit as st

from discovery_pipeline.services.dependencies.model import SERVES, Edge, Neighbourhood, Node
from discovery_pipeline.services.dependencies.waiting import UNTOLD
from discovery_pipeline.services.dependencies.words import evidence_in_words, kind_in_words, sure_in_words
from streamlit_app.widgets import html_text

# Of kinds; to be told apart on white and on black.
COLOURS: Mapping[str, str] = {
    "application": "#2f7ed8", "tier": "#1f9b7a", "hosting": "#8a63d2", "external": "#d9822b", "access": "#b89b1f",
    "infrastructure": "#8795a1", "management": "#b5708f", SERVES: "#93a3ad", UNTOLD: "#c0392b",
}  # fmt: skip
_DIMMED = ("infrastructure", "management")
_EVIDENCE_SHOWN = 4
_STATES = {
    "believed": "", "lead": "a lead", "confirmed": "confirmed by a person", "rejected": "rejected by a person",
    SERVES: "",
}  # fmt: skip


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


_COMPONENT = st.components.v2.component(
    "dependency_map", html=_asset("map.html"), css=_asset("map.css"), js=_asset("map.js")
)


def show_map(
    around: Neighbourhood, selected: str, key: str, on_pick: Callable[[str], None], on_centre: Callable[[str], None]
) -> None:
    """The map. selected: key of a node or edge. on_pick, on_centre: told the key that was clicked, double-clicked."""

    def told(name: str, act: Callable[[str], None]) -> Callable[[], None]:
        def tell() -> None:
            found = st.session_state[key].get(name)
            if found:
                act(str(found))

        return tell

    _COMPONENT(
        key=key, data=drawn(around, selected), on_picked_change=told("picked", on_pick),
        on_centred_change=told("centred", on_centre),
    )  # fmt: skip


def drawn(around: Neighbourhood, selected: str) -> dict[str, Any]:
    """The neighbourhood as the component takes it. version: another one is drawn anew, the same stays as it is."""
    names = {node.key: node.name for node in around.nodes}
    nodes = [_node(node, around.centre) for node in around.nodes]
    edges = [_edge(edge, names) for edge in reversed(around.edges)]
    label = f"Map of {len(nodes)} nodes and {len(edges)} dependencies; the list beside it says the same."
    return {
        "nodes": nodes, "edges": edges, "selected": selected, "centre": around.centre, "label": label,
        "colours": dict(COLOURS), "version": str(hash((around.nodes, around.edges))),
    }  # fmt: skip


def legend_html(around: Neighbourhood) -> str:
    """What colours and strokes mean, as far as they are there."""
    there = {edge.kind for edge in around.edges}
    kinds = [_swatch(COLOURS[kind], kind_in_words(kind)) for kind in COLOURS if kind in there]
    strokes = (
        "wide = sure · dashed = lead · dotted = waits for a run · pale box = shared service · stacked box = several"
    )
    return f'<div class="d-quiet">{"".join(kinds)}<br>An arrow leads to what is needed. {html_text(strokes)}</div>'


def edge_words(edge: Edge, names: Mapping[str, str]) -> str:
    """An edge in lines: which, how sure, why."""
    start, end = names.get(edge.start, edge.start), names.get(edge.end, edge.end)
    if edge.kind == SERVES:
        return f"{end} serves {start}"
    several = f", {edge.count:,} dependencies, at most" if edge.count > 1 else ","
    state = f", {_STATES[edge.state]}" if _STATES[edge.state] else ""
    waits = f"\nwaits for a run: {edge.waiting}" if edge.waiting else ""
    why = [evidence_in_words(label) for label in edge.evidence[:_EVIDENCE_SHOWN]]
    return (
        "\n".join([f"{start} needs {end}", f"{kind_in_words(edge.kind)}{several} {sure_in_words(edge)}{state}", *why])
        + waits
    )


def _node(node: Node, centre: str) -> dict[str, Any]:
    kind = node.type.replace("_", " ")
    name = f"+{node.count:,} {node.name}" if node.is_group else node.name
    below = "click to list them" if node.is_group else f"{kind}{', shared' if node.shared else ''}"
    words = f"{name}, {'several' if node.is_group else kind}{', shared service' if node.shared else ''}"
    return {
        "key": node.key, "name": name, "below": below, "words": words, "type": node.type,
        "shared": node.shared and node.key != centre, "count": node.count, "centre": node.key == centre,
        "x": node.x, "y": node.y,
    }  # fmt: skip


def _edge(edge: Edge, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "key": edge.key, "start": edge.start, "end": edge.end, "kind": edge.kind, "confidence": edge.confidence,
        "state": edge.state, "waiting": edge.waiting, "count": edge.count, "dim": edge.kind in _DIMMED,
        "words": edge_words(edge, names),
    }  # fmt: skip


def _swatch(colour: str, text: str) -> str:
    bar = f"display:inline-block;width:1.1rem;height:.24rem;border-radius:2px;background:{colour};vertical-align:middle"
    return f'<span style="margin-right:.9rem;white-space:nowrap"><i style="{bar}"></i> {html_text(text)}</span>'
