"""What an asset needs and who needs it: the surest edges by evidence, each a door to the neighbour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from discovery_pipeline.services.dependencies.words import evidence_in_words
from discovery_pipeline.services.inventory.opened import OpenedAsset
from streamlit_app import state
from streamlit_app.widgets import percent, selected_row


def show_relations(tenant: str, opened: OpenedAsset) -> None:  # noqa: ARG001 - as every tab
    """Both directions; a click on a row opens the neighbour."""
    found = opened.dependencies()
    if not found:
        st.info("There are no dependencies yet.")
        return
    for side, title in (("depends_on", "Depends on"), ("used_by", "Used by")):
        edges = found[side]
        kinds = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in edges["kinds"].items())
        st.markdown(f"**{title} {edges['edges']:,}**" + (f" :small[{kinds}]" if kinds else ""))
        if edges["surest"]:
            _edges(f"{side}/{opened.asset_id}", title, edges["surest"], edges["edges"])
    st.caption("Edges are confirmed, rejected and added on the map.")


def _edges(key: str, title: str, surest: Sequence[Mapping[str, Any]], of: int) -> None:
    event: Any = st.dataframe(
        pd.DataFrame(map(_edge_row, surest)), key=key, hide_index=True, on_select="rerun",
        selection_mode=["single-row", "single-cell"], placeholder="", alt=title, height="content",
    )  # fmt: skip
    if of > len(surest):
        st.caption(f"The surest {len(surest)} of {of:,}; the map has all.")
    row = selected_row(event, len(surest))
    if row is not None and surest[row]["asset_id"]:
        state.go_to("asset", asset=surest[row]["asset_id"])


def _edge_row(edge: Mapping[str, Any]) -> dict[str, str]:
    return {
        "Asset": f"{edge['name']}{'' if edge['asset_id'] else ' (not in the inventory)'}",
        "Kind": edge["kind"].replace("_", " "),
        "Sure": percent(edge["confidence"]),
        "Evidence": "; ".join(map(evidence_in_words, edge["evidence"])),
    }
