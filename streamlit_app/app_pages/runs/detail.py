"""One run: how far it is, its phases with rows and checks, what happened last, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Collection

import streamlit as st

from discovery_pipeline.domain.errors import DiscoveryError
from discovery_pipeline.quality.words import title
from discovery_pipeline.services import run_control
from discovery_pipeline.services.dagster_api.activity import NOTHING_YET, Activity
from discovery_pipeline.services.dagster_api.client import RunDetail, no_such_run
from discovery_pipeline.services.launching import Launch
from discovery_pipeline.store.run_holds import Hold, hold_of
from streamlit_app import services, state, widgets
from streamlit_app.people import acting, may
from streamlit_app.run_progress import JOBS, STATUS_WORDS, happenings_html, now_doing, phases_html, share_done

SHOWN = 12
RUN = "run"
_ENDED_HOLD = {"resumed": "It was resumed.", "replaced": "A later run took its place.", "dropped": "It was given up."}


def run_detail(run: RunDetail, activity: Activity) -> None:
    """Everything about one run; its controls where it is of the tenant chosen."""
    hold = hold_of(services.workspace().database, run.tenant, run.run_id)
    resumable = hold is not None and run.is_over and run_control.is_resumable(services.dagster(), run.tenant, hold)
    st.subheader(f"{JOBS.get(run.job, run.job)} of {run.tenant}, {_when(run)}", anchor=False)
    _controls(run, hold, resumable)
    if not run.is_over:
        st.progress(share_done(run.steps), text=f"{now_doing(run)} {widgets.seconds(run.seconds)}")
    for line in _told(run, hold, resumable):
        st.caption(line)
    if run.failure:
        widgets.failure(DiscoveryError(run.failure.message, where=run.failure.where, advice=run.failure.advice))
    st.html(phases_html(run, activity.made))
    if run.tenant == state.tenant():
        _missed(run, activity)
    with st.expander("Recent activity", expanded=not run.is_over):
        st.html(happenings_html(activity.latest[-SHOWN:]))


def _missed(run: RunDetail, activity: Activity) -> None:
    """A link to each check that was not met: what it means, the rows behind it, what to do."""
    target = state.page_named("quality")
    phases = {step.asset: step.phase for step in run.steps}
    missed = [(made.asset, name) for made in activity.made.values() for name in (*made.failed, *made.warned)]
    if target is None or not missed:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Checks not met, and what to do:", width="content")
        for asset, name in missed:
            items = {state.TENANT: run.tenant, "phase": phases.get(asset) or "", "check": f"{asset}.{name}"}
            st.page_link(target, label=title(name), icon=":material/arrow_forward:", query_params=items)


def activity_of(run: RunDetail) -> Activity:
    """What happened in a run: each time only what is new is asked for, and nothing once it is over."""
    known: dict[str, tuple[bool, Activity]] = st.session_state.setdefault("run_activity", {})
    was_over, before = known.get(run.run_id, (False, NOTHING_YET))
    if not was_over:
        known[run.run_id] = (run.is_over, services.dagster().activity(run.run_id, before))
    return known[run.run_id][1]


def checked_tenant(run: RunDetail, allowed: Collection[str]) -> None:
    """Raises UsageError for a run of a tenant that the person may not see, as for one that is not there."""
    if run.tenant not in allowed:
        raise no_such_run(run.run_id)


def resume_buttons(tenant: str, run_id: str) -> None:
    """Resume a paused run, or give it up."""
    refused = not may("analyst")
    _button("Resume", "play_arrow", "resume", _resume, tenant, run_id, refused, primary=True)
    _button("Give it up", "close", "drop", _drop, tenant, run_id, refused)


def _controls(run: RunDetail, hold: Hold | None, resumable: bool) -> None:
    refused = not may("analyst") or run.tenant != state.tenant()
    with st.container(horizontal=True, vertical_alignment="center"):
        if not run.is_over and run.status not in ("cancelling", "pausing"):
            if hold and hold.state == "asked":
                _button("Let it go on", "play_arrow", "go_on", _go_on, run.tenant, run.run_id, refused)
            else:
                _button("Pause", "pause", "pause", _pause, run.tenant, run.run_id, refused, _PAUSE)
            with st.popover("Cancel", icon=":material/stop:", disabled=refused):  # asked once: a slip would lose it
                st.caption(_CANCEL)
                _button("Cancel this run", "stop", "cancel", _cancel, run.tenant, run.run_id, refused)
        elif run.status in ("failed", "cancelled") and (left := run_control.left_of(run)):
            label = f"Run again from {_phase_of(run, left[0])}"
            _button(label, "replay", "again", _again, run.tenant, run.run_id, refused, _AGAIN)
        elif hold and hold.state == "resumed" and resumable:
            _button("Resume again", "play_arrow", "resume", _resume, run.tenant, run.run_id, refused, _RESUME_AGAIN)
        st.link_button("In Dagster", services.dagster().run_url(run.run_id), icon=":material/open_in_new:")
        if refused and run.tenant != state.tenant():
            st.caption(f"Choose tenant {run.tenant} to act on its runs.")


def _phase_of(run: RunDetail, asset: str) -> str:
    """The phase that makes an asset; the asset where Dagster does not know it any more."""
    return next((step.phase for step in run.steps if step.asset == asset and step.phase), asset.replace("_", " "))


_PAUSE = "It stops before its next phase; what it made is kept, and resuming goes on from there."
_CANCEL = "It stops a moment later. What it published stays; the phase that it was in is not published."
_RESUME_AGAIN = "The run that went on with it came to nothing; another one makes what this one left."
_AGAIN = "Makes anew what this run did not come to, from what it published."


def _button(
    label: str,
    icon: str,
    name: str,
    act: Callable[[str, str], None],
    tenant: str,
    run_id: str,
    refused: bool,
    meaning: str | None = None,
    *,
    primary: bool = False,
) -> None:
    st.button(
        label,
        key=f"{name}/{run_id}",
        icon=f":material/{icon}:",
        help=meaning,
        type="primary" if primary else "secondary",
        disabled=refused,
        on_click=act,
        args=(tenant, run_id),
    )


def by() -> str:
    """Who launches a run here, as the list of runs says it."""
    return f"{state.author()}, in the app"


def _own(tenant: str, run_id: str) -> RunDetail:
    """The run as it is now. Raises UsageError where it is of another tenant than the one chosen."""
    run = services.dagster().run(run_id)
    checked_tenant(run, {tenant} & {state.tenant()})
    return run


@acting("analyst")
def _pause(tenant: str, run_id: str) -> None:
    run_control.pause(services.workspace().database, _own(tenant, run_id), state.author())


@acting("analyst")
def _go_on(tenant: str, run_id: str) -> None:
    run_control.go_on(services.workspace().database, _own(tenant, run_id))


@acting("analyst")
def _cancel(tenant: str, run_id: str) -> None:
    run_control.cancel(services.dagster(), services.workspace().database, _own(tenant, run_id))


@acting("analyst")
def _again(tenant: str, run_id: str) -> None:
    run, database = _own(tenant, run_id), services.workspace().database
    again = run_control.run_again(services.dagster(), database, services.frames(tenant), run, by())
    look_at(again, "What was left runs now.")


@acting("analyst")
def _resume(tenant: str, run_id: str) -> None:
    database = services.workspace().database
    look_at(run_control.resume(services.dagster(), database, tenant, run_id, by()), "The run goes on.")


@acting("analyst")
def _drop(tenant: str, run_id: str) -> None:
    run_control.drop(services.workspace().database, tenant, run_id)
    state.notify("success", "The paused run is given up; what it published stays.")


def look_at(launch: Launch, said: str = "") -> None:
    """Show the run that was started, or the one that was there already; said: of a new one."""
    state.follow(state.tenant(), launch.run_id)
    state.show_item(RUN, launch.run_id)
    if not launch.is_new:
        state.notify("success", "Nothing was started: this run was there already and has yet to make all of it.")
    elif said:
        state.notify("success", said)


def _told(run: RunDetail, hold: Hold | None, resumable: bool) -> list[str]:
    """What to know beside its state: who paused it, what it goes on with."""
    lines = []
    if hold and hold.state == "asked" and not run.is_over:
        lines.append(f"Will pause before its next phase, asked by {widgets.plain(hold.asked_by)}.")
    if run.paused_before and hold:
        ended = "It waits to be resumed." if hold.state == "paused" else _ENDED_HOLD.get(hold.state, "")
        if hold.state == "resumed" and resumable:
            ended += " What went on with it failed or was cancelled, and can be resumed again here."
        lines.append(f"Paused before {run.paused_before} by {widgets.plain(hold.asked_by)}. {ended}")
    if run.resumes:
        lines.append("Goes on with what an earlier run left.")
    return lines


def _when(run: RunDetail) -> str:
    """What became of it, in one line."""
    word = STATUS_WORDS[run.status].split(" ", 1)[1]
    if not run.is_over or not run.seconds:
        return word
    return f"{word} {'in' if run.status == 'done' else 'after'} {widgets.seconds(run.seconds)}"
