"""What a tenant delivered: every file, which snapshot counts, and letting a wrong one no longer count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from discovery_pipeline.services.delivery.ingest import withdraw
from discovery_pipeline.services.delivery.unread import unreadable_files
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline.store.sources import FileStanding, history
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.upload.recognised_files import size
from streamlit_app.people import acting, may

# Longer tables scroll in themselves.
SHOWN_WHOLE = 25
_STANDING = {"counts": "✓ counts", "superseded": "superseded by a newer snapshot", "withdrawn": "withdrawn"}


def delivered_files(tenant: str) -> None:
    """The table of files; the one that was clicked can be withdrawn."""
    files = history(services.workspace().database, tenant)
    st.subheader("Delivered so far", anchor=False)
    if not files:
        widgets.empty(
            "Nothing was delivered yet",
            "Drop exports above, or hand over a folder on the command line.",
            f"discovery ingest {tenant} ~/exports/",
        )
        return
    counting = sum(file.standing == "counts" for file in files)
    withdrawing = " Click a file to withdraw it." if may("analyst") else ""
    st.caption(f"{counting:,} of {len(files):,} files count in the next run.{withdrawing}")
    chosen = _table(tenant, files)
    if chosen is not None:
        _withdrawal(tenant, files[chosen])


def _table(tenant: str, files: Sequence[FileStanding]) -> int | None:
    unread = unreadable_files(run_frames(services.frames(tenant)))
    shown = pd.DataFrame([_row(file, unread) for file in files])
    event: Any = st.dataframe(
        shown,
        height="content" if len(files) <= SHOWN_WHOLE else 600,
        key=f"files/{tenant}/{len(files)}",
        hide_index=True,
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
    )
    return widgets.selected_row(event, len(files))


def _row(file: FileStanding, unread: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """unread: why the last run could not read a file, by source and name."""
    record = file.record
    why = unread.get((record.source, record.file), "") if file.standing == "counts" else ""
    return {
        "File": record.file,
        "Source": record.source,
        "Snapshot": record.snapshot,
        "Standing": f"✗ can't be read: {why}" if why else _STANDING[file.standing],
        "Size": size(record.size),
        "Delivered": widgets.clock(record.ingested_at),
    }


def _withdrawal(tenant: str, file: FileStanding) -> None:
    record = file.record
    named = f"**{widgets.plain(record.file)}** of source {widgets.plain(record.source)} ({record.snapshot})"
    if file.standing == "withdrawn":
        st.caption(f"{named} is withdrawn.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{named}: the delivery before it counts instead.", width="stretch")
        st.button(
            "Withdraw",
            key=f"withdraw/{record.batch}/{record.source}/{record.file}",
            icon=":material/undo:",
            disabled=not may("analyst"),
            on_click=_withdraw,
            args=(tenant, record.file, record.source),
        )


@acting("analyst")
def _withdraw(tenant: str, file: str, source: str) -> None:
    done = withdraw(services.workspace().database, tenant, file, source)
    named = f"{widgets.plain(done.withdrawn.file)} ({done.withdrawn.snapshot})"
    again = ", ".join(f"{widgets.plain(record.file)} ({record.snapshot})" for record in done.counts_again)
    state.notify("success", f"{named} no longer counts." + (f" Counts again: {again}." if again else ""))
