"""What would break if the asset in the middle moved or went."""

from __future__ import annotations

import streamlit as st

from discovery_pipeline.domain.analysis.groups.structure.needs import NEEDING
from discovery_pipeline.services.dependencies.impact import MAX_STEPS, Impact, impact
from discovery_pipeline.services.dependencies.model import SERVES
from discovery_pipeline.services.dependencies.network import Network
from discovery_pipeline.services.dependencies.numbering import KINDS
from streamlit_app import services
from streamlit_app.widgets import html_text

_LISTED = 1_000
_TYPES_TOLD = 8


def show_impact(tenant: str, network: Network, centre: str, name: str) -> None:
    """How many need it at each number of steps, and who they are."""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    steps = left.slider("Within how many steps", 1, MAX_STEPS, 3, key="impact_steps")
    offered = [kind for kind in KINDS if kind != "external"]
    kinds = right.pills(
        "Over these kinds", offered, default=list(NEEDING), selection_mode="multi", key="impact_kinds",
        help="Being managed and being visited is no need; add them to see who would notice.",
    )  # fmt: skip
    found = _impact(tenant, centre, steps, tuple(kinds), services.frames(tenant).version("dependencies"), network)
    if not found.total:
        st.write(f"Nothing that is known needs {name} over believed dependencies of these kinds.")
        return
    columns = st.columns(2 + len(found.steps))
    columns[0].metric("Assets that need it", f"{found.total:,}")
    columns[1].metric("of them applications", f"{found.applications:,}")
    for column, (step, count) in zip(columns[2:], found.steps, strict=True):
        column.metric("directly" if step == 1 else f"after {step} steps", f"{count:,}")
    told = ", ".join(f"{count:,} {html_text(kind.replace('_', ' '))}" for kind, count in found.types[:_TYPES_TOLD])
    st.html(f'<div class="d-quiet">{told}</div>')
    _listed(found)


@st.cache_resource(max_entries=32, show_spinner=False)
def _impact(
    tenant: str,  # noqa: ARG001 - keyed by it
    centre: str,
    steps: int,
    kinds: tuple[str, ...],
    version: str | None,  # noqa: ARG001 - keyed by it
    _network: Network,
) -> Impact:
    return impact(_network, centre, steps, kinds)


def _listed(found: Impact) -> None:
    rows = found.reached.head(_LISTED).to_pandas()
    rows["kind"] = rows["kind"].replace({SERVES: "is served by"})
    rows["type"] = rows["type"].str.replace("_", " ")
    st.dataframe(
        rows, hide_index=True, height=min(38 + 35 * len(rows), 360), placeholder="",
        column_order=["name", "type", "step", "kind", "via"], alt="Assets that would be reached",
        column_config={"name": "Asset", "type": "Type", "step": "Steps", "kind": "Over", "via": "Because it needs"},
    )  # fmt: skip
    if found.total > _LISTED:
        st.caption(f"The nearest {_LISTED:,} of {found.total:,}.")
