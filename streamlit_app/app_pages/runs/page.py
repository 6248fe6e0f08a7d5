"""What ran, what runs now, why something stopped; and starting a run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from discovery_pipeline.domain.handoffs import PHASES, Phase
from discovery_pipeline.services import run_control
from discovery_pipeline.services.dagster_api.client import Run, RunDetail
from discovery_pipeline.services.dagster_api.names import APPLY_CORRECTIONS, DISCOVERY
from discovery_pipeline.store.run_holds import standing_hold
from streamlit_app import services, sign_in, state, widgets
from streamlit_app.app_pages.runs.detail import activity_of, by, checked_tenant, look_at, resume_buttons, run_detail
from streamlit_app.people import acting, may
from streamlit_app.run_progress import JOBS, STATUS_WORDS

REFRESH_S = 1.5
LISTED = 30
EARLIEST = datetime.min.replace(tzinfo=UTC)
# Of the list, its header included; the others are scrolled to.
ROWS_SHOWN = 7
ROW_PX = 33
RUN = "run"
_GOING_ON = "runs_going_on"


@widgets.guarded
def page() -> None:
    """The runs of the tenant, or of all that the person may see."""
    st.title("Runs", anchor=False)
    widgets.show_notice()
    start, every = st.columns([5, 1], vertical_alignment="center")
    with start:
        _start_bar(state.tenant())
    with every, st.container(horizontal=True, horizontal_alignment="right"):
        all_tenants = st.toggle("All tenants", key="all_tenants")
    with st.container(key="live_runs"):
        _live(state.tenant(), all_tenants)


def _start_bar(tenant: str) -> None:
    refused = not may("analyst")
    paused = standing_hold(services.workspace().database, tenant)  # then resuming is what comes next
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Run discovery",
            key=f"start/{DISCOVERY}",
            type="secondary" if paused else "primary",
            icon=":material/play_arrow:",
            help="Reads the files and makes every phase anew.",
            disabled=refused,
            on_click=_start,
            args=(tenant, None),
        )
        st.button(
            "Apply corrections",
            key=f"start/{APPLY_CORRECTIONS}",
            icon=":material/bolt:",
            help="Starts where corrections have a say.",
            disabled=refused,
            on_click=_apply,
            args=(tenant,),
        )
        _from_a_phase(tenant, refused)
        if refused:
            st.caption("Starting runs takes the role analyst.")


def _from_a_phase(tenant: str, refused: bool) -> None:
    """Begin at a later phase: with what the ones before it published."""
    phases = run_control.startable_phases(services.frames(tenant))[1:]
    with st.popover("From a phase", icon=":material/start:", disabled=refused or not phases):
        st.caption("Begins there with what the phases before it published; reads no file again.")
        phase: Phase | None = st.selectbox("First phase", phases, key=f"from/{tenant}", format_func=str.capitalize)
        st.button("Start there", key=f"start_from/{tenant}", on_click=_start, args=(tenant, phase), disabled=not phase)


@acting("analyst")
def _start(tenant: str, phase: Phase | None) -> None:
    database, frames = services.workspace().database, services.frames(tenant)
    look_at(run_control.start(services.dagster(), database, frames, phase or PHASES[0], by()))


@acting("analyst")
def _apply(tenant: str) -> None:
    look_at(run_control.apply_corrections(services.dagster(), services.workspace(), tenant, by()))


def _paused(tenant: str) -> None:
    """The run that waits to be resumed: nothing starts by itself meanwhile."""
    hold = standing_hold(services.workspace().database, tenant)
    if hold is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/pause_circle: **A run waits before {hold.before}**, paused by {widgets.plain(hold.asked_by)}, "
            f"{widgets.clock(hold.paused_at)}.",
            width="stretch",
            help="No schedule or sensor starts another run meanwhile.",
        )
        resume_buttons(tenant, hold.run_id)


@st.fragment(run_every=REFRESH_S)
@widgets.guarded
def _live(tenant: str, all_tenants: bool) -> None:
    """The list and the run that is looked at, refreshed while the page is open."""
    if state.notice_waits():
        st.rerun()
    _paused(tenant)
    runs = _runs(tenant, all_tenants)
    _redraw_at_its_end(runs)
    if not runs:
        widgets.empty("Nothing ran yet", f"Run {tenant} here, or on the command line.", f"discovery run {tenant}")
        return
    _table(runs, all_tenants)
    detail = _detail_of(_chosen(runs))
    if detail.tenant != tenant and not all_tenants:  # the link was followed, then another tenant chosen
        state.show_item(RUN, "")
        detail = _detail_of(runs[0])
    run_detail(detail, activity_of(detail))


def _redraw_at_its_end(runs: Sequence[Run]) -> None:
    """The rest of the page anew when a run has ended: where one may begin depends on what it published."""
    going_on = {run.run_id for run in runs if not run.is_over}
    before: set[str] = st.session_state.get(_GOING_ON, set())
    st.session_state[_GOING_ON] = going_on
    if before & {run.run_id for run in runs if run.is_over}:
        st.rerun()


def _runs(tenant: str, all_tenants: bool) -> list[Run]:
    """The latest runs, newest first."""
    api = services.dagster()
    if not all_tenants:
        return api.runs(tenant, limit=LISTED)
    mine = set(sign_in.tenants())
    if mine >= set(services.tenant_names()):
        return [run for run in api.runs(limit=LISTED) if run.tenant in mine]
    # Among the latest runs of everybody, those of a few tenants may not be.
    found = [run for name in sorted(mine) for run in api.runs(name, limit=LISTED)]
    return sorted(found, key=lambda run: run.created or EARLIEST, reverse=True)[:LISTED]


def _chosen(runs: Sequence[Run]) -> Run | str:
    """The run that the URL names, which a click on the list sets; else the newest."""
    named = state.item(RUN)
    return next((run for run in runs if run.run_id == named), named) or runs[0]


def _detail_of(run: Run | str) -> RunDetail:
    """A finished run is asked for once: why one failed stands in hundreds of events."""
    run_id = run if isinstance(run, str) else run.run_id
    finished: dict[str, RunDetail] = st.session_state.setdefault("finished_runs", {})
    detail = finished.get(run_id) or services.dagster().run(run_id)
    checked_tenant(detail, sign_in.tenants())
    if detail.is_over:
        finished[run_id] = detail
    return detail


def _table(runs: Sequence[Run], all_tenants: bool) -> None:
    """The list; the row that is clicked is the run looked at."""
    key = f"runs/{all_tenants}/{runs[0].run_id}"  # a new run moves every row, and so do other tenants
    resumed = {run.resumes for run in runs}
    shown = pd.DataFrame([_row(run, resumed) for run in runs])
    run_ids = [run.run_id for run in runs]
    st.dataframe(
        shown if all_tenants else shown.drop(columns="Tenant"),
        key=key,
        hide_index=True,
        on_select=lambda: _clicked(key, run_ids),
        selection_mode=["single-row", "single-cell"],
        height=min(len(runs) + 1, ROWS_SHOWN) * ROW_PX + 3,
    )


def _clicked(key: str, run_ids: Sequence[str]) -> None:
    """Named in the URL by a callback: what a fragment's body sets there shows one click late."""
    row = widgets.selected_row(st.session_state[key], len(run_ids))
    if row is not None:
        state.show_item(RUN, run_ids[row])


def _row(run: Run, resumed: Collection[str]) -> dict[str, str]:
    """resumed: ids of the runs that a later one went on with."""
    is_resumed = run.status == "paused" and run.run_id in resumed
    return {
        "Status": "– resumed" if is_resumed else STATUS_WORDS[run.status],
        "Job": JOBS.get(run.job, run.job) + (", resumed" if run.resumes else ""),
        "Tenant": run.tenant,
        "Started": widgets.clock(run.started or run.created),
        "Took": widgets.seconds(run.seconds),
        "Launched by": run.launched_by,
    }
