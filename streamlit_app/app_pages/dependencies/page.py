"""What depends on what: a map around one asset or application, its edges beside it, and where to begin."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import astuple

import streamlit as st

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.files.frames import MissingFrame
from discovery_pipeline.services.dependencies.finding import find_nodes
from discovery_pipeline.services.dependencies.layout import places
from discovery_pipeline.services.dependencies.model import DIRECTIONS, MAX_HOPS, Neighbourhood, Scope
from discovery_pipeline.services.dependencies.neighbourhood import neighbourhood, with_places
from discovery_pipeline.services.dependencies.network import Network, open_network
from discovery_pipeline.services.dependencies.numbering import KINDS
from discovery_pipeline.services.dependencies.waiting import EdgeWords, edge_words, with_words
from discovery_pipeline.services.inventory.asset_search import find_asset
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline.store.corrections import newest_correction
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.dependencies.adding import show_adding, show_waiting
from streamlit_app.app_pages.dependencies.beside import show_edges, show_node
from streamlit_app.app_pages.dependencies.drawing import legend_html, show_map
from streamlit_app.app_pages.dependencies.edge_card import show_edge
from streamlit_app.app_pages.dependencies.impact_view import show_impact
from streamlit_app.app_pages.dependencies.worklist import show_worklist
from streamlit_app.decisions import waiting_bar

_MOST = (30, 60, 100, 150)
_SELECTED = "map_selected"


@widgets.guarded
def page() -> None:
    """The dependencies of the tenant."""
    title, search = st.columns([1.4, 1], vertical_alignment="bottom")
    title.title("Dependencies", anchor=False)
    widgets.show_notice()
    tenant = state.tenant()
    try:
        network = _network(tenant, *_versions(tenant))
    except MissingFrame:
        text = f"A run of {tenant} finds what depends on what."
        widgets.empty("There are no dependencies yet", text, f"discovery run {tenant}", ways=("runs",))
        return
    with search:
        _search(network)
    waiting_bar(tenant)
    words = _words(tenant, _known(tenant))
    centre = ""
    try:
        centre = _centre(tenant, network)
    except UsageError as error:  # of a link that is old, or another tenant's
        widgets.failure(error)
    if centre:
        _around(tenant, network, words, centre)
    else:
        show_worklist(tenant, network, words, _centre_on, _pick)
        with st.expander(f"Decisions that wait for a run ({len(words.waiting):,})", icon=":material/schedule:"):
            show_waiting(tenant, words)


def _versions(tenant: str) -> tuple[str | None, str | None]:
    frames = services.frames(tenant)
    return frames.version("inventory"), frames.version("dependencies")


def _known(tenant: str) -> Hashable:
    """What a map rests on: it is made anew after a run, and after anybody's decision about an edge."""
    return (*_versions(tenant), newest_correction(services.workspace().database, tenant))


@st.cache_resource(max_entries=4, show_spinner="Reading the dependencies")
def _network(tenant: str, *versions: str | None) -> Network:  # noqa: ARG001 - keyed by them
    return open_network(services.frames(tenant))


@st.cache_resource(max_entries=16, show_spinner=False)
def _words(tenant: str, known: Hashable) -> EdgeWords:  # noqa: ARG001 - keyed by it
    return edge_words(services.workspace(), tenant)


@st.cache_resource(max_entries=64, show_spinner=False)
def _map(
    tenant: str,  # noqa: ARG001 - keyed by it
    known: Hashable,  # noqa: ARG001 - keyed by it
    centre: str,
    scope: tuple[object, ...],
    _network: Network,
    _words: EdgeWords,
) -> Neighbourhood:
    found = with_words(neighbourhood(_network, centre, Scope(*scope)), _words, _network)  # type: ignore[arg-type]
    return with_places(found, places(found.nodes, found.edges))


def _centre(tenant: str, network: Network) -> str:
    """What the URL puts in the middle, by its id or by a name that it alone has; "" for nothing. Raises UsageError."""
    wanted = state.item("asset") or state.item("application")
    if not wanted or network.number(wanted) is not None:
        return wanted
    return str(find_asset(run_frames(services.frames(tenant)), wanted)["asset_id"])


def _centre_on(key: str) -> None:
    """Put another asset in the middle; "" leads back to the beginning."""
    state.show_item("application", "")
    state.show_item("asset", key)
    _pick(key)


def _pick(key: str) -> None:
    st.session_state[_SELECTED] = key


def _search(network: Network) -> None:
    text = st.text_input(
        "Find an asset or application", key="find_node", placeholder="a part of its name", icon=":material/search:"
    )
    found = find_nodes(network, text or "", 8)
    if text and not found:
        st.caption("No asset has such a name.")
    with st.container(horizontal=True, gap="xsmall"):
        for key, name, kind in found:
            label = f"{widgets.plain(name)} · {kind.replace('_', ' ')}"
            st.button(label, key=f"found/{key}", on_click=_found, args=(key,), type="tertiary")


def _found(key: str) -> None:
    st.session_state["find_node"] = ""
    _centre_on(key)


def _around(tenant: str, network: Network, words: EdgeWords, centre: str) -> None:
    """The map with its controls, what was clicked, the list, and what else to do with the asset."""
    name = network.nodes["name"][network.number(centre) or 0]
    heading, back = st.columns([5, 1], vertical_alignment="center")
    heading.subheader(widgets.plain(name), anchor=False)
    back.button("All dependencies", icon=":material/arrow_back:", on_click=_centre_on, args=("",), width="stretch")
    scope = _scope()
    around = _map(tenant, _known(tenant), centre, astuple(scope), network, words)
    left, right = st.columns([2.1, 1], gap="medium")
    with left:
        _picture(tenant, around)
    with right:
        _beside(tenant, around)
    breaks, added, waits = st.tabs(
        ["What breaks if it goes", "Add a dependency", f"Waiting for a run ({len(words.waiting):,})"]
    )
    with breaks:
        show_impact(tenant, network, centre, name)
    with added:
        show_adding(tenant, network, centre)
    with waits:
        show_waiting(tenant, words)


def _scope() -> Scope:
    """What of the neighbourhood to show; all of it stands in the URL."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        hops = st.segmented_control(
            "Steps", range(1, MAX_HOPS + 1), default=1, required=True, key="hops", bind="query-params"
        )
        direction = st.segmented_control(
            "Direction", DIRECTIONS, default="both", required=True, key="direction", bind="query-params",
        )  # fmt: skip
        least = st.slider("At least sure, in %", 0, 100, 0, 5, key="least", bind="query-params", width=150)
        most = st.selectbox("Nodes at most", _MOST, index=1, key="most", bind="query-params", width=120)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kinds = st.pills(
            "Kinds", KINDS, selection_mode="multi", key="kinds", bind="query-params", help="None chosen = all."
        )
        folded = st.toggle(
            "Fold shared services",
            value=True,
            key="folded",
            bind="query-params",
            help="What everybody uses, such as name servers and monitoring, is one node.",
        )
    return Scope(hops or 1, direction or "both", tuple(kinds), least / 100, folded, most)


def _picture(tenant: str, around: Neighbourhood) -> None:
    if len(around.nodes) == 1:
        st.info("Nothing depends on it and it depends on nothing, as far as these filters let through.")
    selected = str(st.session_state.get(_SELECTED, ""))
    show_map(around, selected, f"map/{tenant}", _pick, _centre_on)
    hidden = f" {around.hidden:,} more stand in groups." if around.hidden else ""
    st.html(legend_html(around))
    st.caption(
        f"{len(around.nodes):,} nodes, {len(around.edges):,} dependencies.{hidden} Drag to move, Ctrl and wheel to "
        "zoom, double-click to put a node in the middle; Tab, arrows, + and - do the same."
    )


def _beside(tenant: str, around: Neighbourhood) -> None:
    """What was clicked, then the list."""
    selected = str(st.session_state.get(_SELECTED, "")) or around.centre
    names = {node.key: node.name for node in around.nodes}
    edge, node = around.edge(selected), around.node(selected) or around.node(around.centre)
    with st.container(border=True):
        if edge:
            show_edge(tenant, edge, names)
        elif node:
            show_node(tenant, node, around, _centre_on)
    show_edges(around, f"{tenant}/{around.centre}", _pick)
