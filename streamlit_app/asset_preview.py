"""An asset in short beside the grid: what its row says, and the doors to its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from streamlit_app import state
from streamlit_app.asset_words import as_text, coded, in_words, surely
from streamlit_app.widgets import html_text


def show_preview(row: Mapping[str, Any]) -> None:
    """row: of the grid (services/inventory/grid.py)."""
    with st.container(border=True):
        st.html(f"<div class='d-title'>{html_text(row['name'])}</div>{facts_html(dict(facts_of(row)))}")
        asset = str(row["asset_id"])
        if st.button("Open asset", key=f"open/{asset}", type="primary", width="stretch"):
            state.go_to("asset", asset=asset)
        if state.page_named("dependencies") and st.button("On the map", key=f"map/{asset}", width="stretch"):
            state.go_to("dependencies", asset=asset)


def facts_html(facts: Mapping[str, str]) -> str:
    """Names and values, one below the other; what has no value is left out."""
    rows = [
        f"<div><span>{html_text(name)}</span><div>{html_text(value)}</div></div>"
        for name, value in facts.items()
        if value
    ]
    return f"<div class='d-facts'>{''.join(rows)}</div>"


def facts_of(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a row of the grid says, name by name; "" where it says nothing."""
    said = {name: coded(name, as_text(value)) for name, value in row.items()}
    yield "Type", surely(said["type"], row["type_confidence"])
    yield "Environment", said["environment"]
    yield "OS", ", ".join(filter(None, (said["os"], said["support"] if row["os"] else "")))
    sizes = (("CPUs", said["cpus"]), ("GiB memory", said["memory_gib"]), ("GiB storage", said["storage_gib"]))
    yield "Size", ", ".join(f"{value} {unit}" for unit, value in sizes if value)
    for name in ("site", "owner", "applications", "ip_addresses"):
        yield in_words(name), said[name]
    yield "Strategy", surely(said["strategy"], row["strategy_confidence"])
    yield "Wave", said["wave"]
    yield "Sources disagree on", ", ".join(map(in_words, row["disputed"]))
    rows = "row" if row["records"] == 1 else "rows"
    yield "Told by", f"{said['sources']} ({said['records']} {rows})" if row["sources"] else ""
    yield "Vanished", "no row of the newest delivery describes it" if row["vanished"] else ""
