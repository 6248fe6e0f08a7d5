"""The decisions that wait, the one click that applies them, and the run that does it, live."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import streamlit as st

from discovery_pipeline.domain.errors import DiscoveryError
from discovery_pipeline.services.dagster_api.client import Run, RunDetail
from discovery_pipeline.services.dagster_api.names import APPLY_CORRECTIONS
from discovery_pipeline.services.due_runs import corrections_due
from discovery_pipeline.services.mapping.review import ReviewColumn, review_columns
from streamlit_app import services, state, widgets
from streamlit_app.deciding import place_key
from streamlit_app.run_progress import now_doing, share_done

REFRESH_S = 0.5
# Columns that the message of an applied run names.
NAMED = 4
_APPLYING = "applying"


def apply_bar(tenant: str, columns: Sequence[ReviewColumn]) -> None:
    """How many decisions wait, the button, and the progress of the tenant's run while there is one."""
    waiting = [column for column in columns if column.waiting]
    own = state.followed(tenant)
    run_id = own or _running(tenant)
    text, button = st.columns([3, 1.2], vertical_alignment="center")
    text.markdown(_words(len(waiting)))
    button.button(
        f"Apply {_corrections(len(waiting))}" if waiting else "Apply corrections",
        key="apply",
        type="primary",
        icon=":material/bolt:",
        width="stretch",
        disabled=not waiting or own is not None,  # behind somebody else's run it queues
        on_click=_apply,
        args=(tenant, waiting),
    )
    if run_id:
        _progress(tenant, run_id)


def _words(waiting: int) -> str:
    if not waiting:
        return "Every decision is applied. One click on a card decides; a run then applies what was decided."
    return (
        f"**{_corrections(waiting)}** waiting for a run, which starts at the choice of fields and reads no file again."
    )


def _corrections(count: int) -> str:
    return f"{count} correction{'' if count == 1 else 's'}"


def _apply(tenant: str, waiting: Sequence[ReviewColumn]) -> None:
    try:
        due = corrections_due(services.workspace(), tenant)
        state.follow(
            tenant,
            services.dagster().launch(
                tenant, APPLY_CORRECTIONS, f"{state.author()}, in the app", due.assets if due else ()
            ),
        )
        st.session_state[_APPLYING] = {place_key(column) for column in waiting}
    except DiscoveryError as error:
        state.notify("error", f"{widgets.as_markdown(error)}  \nYour decisions are kept and wait.")


def _running(tenant: str) -> str | None:
    """A run of the tenant that somebody else started; None too when Dagster is down: deciding goes on."""
    try:
        newest = _newest(tenant)
    except DiscoveryError:
        return None
    return newest.run_id if newest and not newest.is_over else None


@st.cache_data(ttl=5, show_spinner=False)
def _newest(tenant: str) -> Run | None:
    """Asked first whether it is up: a server that hangs must not hold every click for its whole time-out."""
    api = services.dagster()
    return next(iter(api.runs(tenant, limit=1)), None) if api.is_up() else None


@st.fragment(run_every=REFRESH_S)
@widgets.guarded
def _progress(tenant: str, run_id: str) -> None:
    """One line while the run goes on; when it is over, its outcome and the whole page anew."""
    run = services.dagster().run(run_id)
    if run.is_over:
        state.follow(tenant, None)
        _newest.clear()
        state.notify(*_outcome(run, st.session_state.pop(_APPLYING, set())))
        st.rerun()
    job = run.job.replace("_", " ")
    st.progress(share_done(run.steps), text=f"{job}: {now_doing(run)} {widgets.seconds(run.seconds)}")


def _outcome(run: RunDetail, applied: Collection[str]) -> tuple[Literal["success", "error"], str]:
    """What the run did with the columns applied (by place_key), read from the mapping that it published."""
    if run.status == "done":
        columns = review_columns(services.workspace(), run.tenant)
        return "success", _success(run, [c for c in columns if place_key(c) in applied and not c.waiting])
    if run.failure:
        failed = DiscoveryError(run.failure.message, where=run.failure.where, advice=run.failure.advice)
        return "error", f"{widgets.as_markdown(failed)}  \nYour decisions are kept and wait."
    return "error", f"**The run was {run.status}.** Your decisions are kept and wait."


def _success(run: RunDetail, columns: Sequence[ReviewColumn]) -> str:
    took = widgets.seconds(run.seconds)
    if not columns:
        return f"**The {run.job.replace('_', ' ')} run is done** in {took}."
    named = [f"{widgets.plain(c.header)} is **{c.field or 'no field'}**" for c in columns[:NAMED]]
    more = f" and {len(columns) - NAMED} more" if len(columns) > NAMED else ""
    return f"**{_corrections(len(columns))} applied** in {took}: {', '.join(named)}{more}. The inventory is new too."
