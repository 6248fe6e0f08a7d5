"""What ran, what runs now, and why something stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from discovery_pipeline.domain.errors import DiscoveryError
from discovery_pipeline.services.dagster_api.client import Run, RunDetail
from discovery_pipeline.services.dagster_api.names import APPLY_CORRECTIONS, DISCOVERY
from streamlit_app import services, state, widgets
from streamlit_app.run_progress import STATUS_WORDS, now_doing, phases_html, share_done

REFRESH_S = 1.5
LISTED = 30
JOBS = {DISCOVERY: "Discovery", APPLY_CORRECTIONS: "Corrections"}


@widgets.guarded
def page() -> None:
    """The runs of the tenant, or of all."""
    title, every = st.columns([5, 1.6], vertical_alignment="bottom")
    title.title("Runs", anchor=False)
    all_tenants = every.toggle("All tenants", key="all_tenants")
    widgets.show_notice()
    _buttons(state.tenant())
    _live(state.tenant(), all_tenants)


def _buttons(tenant: str) -> None:
    with st.container(horizontal=True):
        for label, job, icon, meaning in (
            ("Run discovery", DISCOVERY, ":material/play_arrow:", "Reads the files and makes every phase anew."),
            ("Apply corrections", APPLY_CORRECTIONS, ":material/bolt:", "Starts where corrections have a say."),
        ):
            st.button(label, icon=icon, help=meaning, key=f"start/{job}", on_click=_start, args=(tenant, job))


def _start(tenant: str, job: str) -> None:
    try:
        state.follow(tenant, services.dagster().launch(tenant, job, launched_by=f"{state.author()}, in the app"))
    except DiscoveryError as error:
        state.notify("error", widgets.as_markdown(error))


@st.fragment(run_every=REFRESH_S)
@widgets.guarded
def _live(tenant: str, all_tenants: bool) -> None:
    """The list and the run that is looked at, refreshed while the page is open."""
    runs = services.dagster().runs(None if all_tenants else tenant, limit=LISTED)
    if not runs:
        widgets.empty("Nothing ran yet", f"Run {tenant} here, or on the command line.", f"discovery run {tenant}")
        return
    chosen = _table(runs, all_tenants)
    _detail(_detail_of(runs[chosen or 0]))


def _detail_of(run: Run) -> RunDetail:
    """A finished run is asked for once: why one failed stands in hundreds of events."""
    finished: dict[str, RunDetail] = st.session_state.setdefault("finished_runs", {})
    detail = finished.get(run.run_id) or services.dagster().run(run.run_id)
    if detail.is_over:
        finished[run.run_id] = detail
    return detail


def _table(runs: Sequence[Run], all_tenants: bool) -> int | None:
    """The list; returns the index of the row that was clicked."""
    listed = pd.DataFrame([_row(run) for run in runs])
    event: Any = st.dataframe(
        listed,
        key=f"runs/{all_tenants}/{runs[0].run_id}",  # a new run moves every row, and so do other tenants
        hide_index=True,
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
    )
    return widgets.selected_row(event, len(runs))


def _row(run: Run) -> dict[str, str]:
    return {
        "Status": STATUS_WORDS[run.status],
        "Job": JOBS.get(run.job, run.job),
        "Tenant": run.tenant,
        "Started": widgets.clock(run.started or run.created),
        "Took": widgets.seconds(run.seconds),
        "Launched by": run.launched_by,
    }


def _detail(run: RunDetail) -> None:
    title, link = st.columns([5, 1.6], vertical_alignment="center")
    title.subheader(f"{JOBS.get(run.job, run.job)} of {run.tenant or 'no tenant'}, {_when(run)}", anchor=False)
    link.link_button(
        "In Dagster", services.dagster().run_url(run.run_id), icon=":material/open_in_new:", width="stretch"
    )
    if not run.is_over:
        st.progress(share_done(run.steps), text=f"{now_doing(run)} {widgets.seconds(run.seconds)}")
    if run.failure:
        widgets.failure(DiscoveryError(run.failure.message, where=run.failure.where, advice=run.failure.advice))
    st.html(phases_html(run))


def _when(run: RunDetail) -> str:
    """What became of it, in one line."""
    took = f" in {widgets.seconds(run.seconds)}" if run.is_over and run.seconds else ""
    return f"{STATUS_WORDS[run.status].split(' ', 1)[1]}{took}"
