"""The report of the newest run, to keep and to hand on."""

from __future__ import annotations

from functools import partial

import streamlit as st

from discovery_pipeline.services.run_frames import run_frames
from streamlit_app import services, sign_in, widgets

_FILES = {
    "report.html": ("One page for people", "text/html", "Complete without a network; opens in any browser."),
    "report.xlsx": ("Workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                    "Every asset, dependency, wave and question; no cell starts a formula."),
}  # fmt: skip


def show(tenant: str) -> None:
    """Both files, read when they are asked for."""
    run = run_frames(services.frames(tenant))
    if not run.has("discovery_report"):
        widgets.empty(
            "There is no report of this analysis yet",
            "The last phase of a run writes it.",
            f"discovery run {tenant}",
        )
        return
    for column, (file, (title, mime, text)) in zip(st.columns(2), _FILES.items(), strict=True):
        with column.container(border=True):
            st.subheader(title, anchor=False)
            st.write(text)
            st.download_button(
                f"Download {file.rsplit('.', 1)[1].upper()}",
                data=sign_in.for_its_people(tenant, partial(run.read_bytes, "discovery_report", file)),
                file_name=f"discovery-{tenant}{file.removeprefix('report')}",
                mime=mime,
                key=f"report/{file}",
                icon=":material/download:",
                on_click="ignore",
                width="stretch",
            )
    st.caption(f"Both are of version {run.versions['discovery_report']}, made from the inventory that this page shows.")
