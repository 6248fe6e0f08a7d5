"""The rows of the sources that an asset is made of, and what happened to it: changes between runs, decisions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from discovery_pipeline.services.inventory.asset_history import changes_of_asset, decisions_about
from discovery_pipeline.services.inventory.opened import OpenedAsset
from discovery_pipeline.services.learning.history import Entry
from streamlit_app import decisions, services
from streamlit_app.asset_words import in_words
from streamlit_app.people import may
from streamlit_app.widgets import clock, html_text, plain

_ROWS_SHOWN = 50


def show_source_rows(tenant: str, opened: OpenedAsset) -> None:  # noqa: ARG001 - as every tab
    """Every input row with its cells as they stand in the file."""
    rows = list(opened.source_rows(_ROWS_SHOWN))
    if not rows:
        st.info("No row describes it: other records only name it.")
        return
    st.caption(
        f"Rows of the sources that tell of it: {opened.row['record_count']:,}. Up to {_ROWS_SHOWN} of a table are here."
    )
    for number, (where, cells) in enumerate(rows):
        line = f", line {where['line']}" if where["line"] is not None else ""
        repeated = " · an exact repeat" if where["duplicate"] else ""
        part = " · a part of it" if where["grain"] == "detail" else ""
        place = f"{where['file']} › {where['table']} › row {where['row']}{line}"
        chips = "".join(
            f"<tr><td class='d-quiet'>{html_text(name)}</td><td>{html_text(text)}</td></tr>" for name, text in cells
        )
        with st.expander(plain(f"{place}{part}{repeated}"), expanded=number == 0):
            st.html(f"<table class='d-table'>{chips}</table>")


def show_history(tenant: str, opened: OpenedAsset) -> None:
    """Changes since the delivery before, then decisions, the newest first, each with its undo."""
    st.markdown("**What changed since the delivery before**")
    changes = changes_of_asset(opened.run, opened.asset_id)
    if changes.is_empty():
        st.caption("Nothing.")
    elif changes.get_column("field").null_count() == len(changes):
        st.caption(f"It was {', '.join(changes.get_column('change').unique().sort())}.")
    else:
        rows = changes.select("change", "field", "old", "new").fill_null("").to_dicts()
        st.dataframe(
            pd.DataFrame(
                {"Change": r["change"], "Field": in_words(r["field"]), "Before": r["old"], "Now": r["new"]}
                for r in rows
            ),
            hide_index=True,
            alt="Changes of the asset",
        )
    st.markdown("**What people decided about it**")
    entries = decisions_about(services.workspace(), tenant, opened.asset_id)
    if not entries:
        st.caption("Nobody decided anything about it.")
    for entry in entries:
        _entry(tenant, entry)


def _entry(tenant: str, entry: Entry) -> None:
    said, button = st.columns([5, 1], vertical_alignment="center")
    was = f", before: {entry.was}" if entry.was else ""
    waits = " · waits for a run" if entry.waits and entry.state == "standing" else ""
    reason = f"<br>{html_text(entry.reason)}" if entry.reason else ""
    said.html(
        f"<div><b>{html_text(entry.kind)}</b> {html_text(entry.about)}: {html_text(entry.said)}{html_text(was)}</div>"
        f"<div class='d-quiet'>{html_text(entry.author)}, {clock(entry.made_at)} · {entry.state}{waits}{reason}</div>"
    )
    if entry.state == "standing":
        button.button(
            "Undo", key=f"asset/undo/{entry.number}", disabled=not may("analyst"), on_click=decisions.take_back,
            args=(tenant, [entry.number], f"**Taken back:** {plain(entry.about)}."),
        )  # fmt: skip
