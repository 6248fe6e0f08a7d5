"""The decisions that wait, the one click that applies them, and the run that does it, live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import streamlit as st

from discovery_pipeline.domain.errors import DiscoveryError
from discovery_pipeline.domain.learning.corrections import Correction
from discovery_pipeline.services import run_control
from discovery_pipeline.services.dagster_api.client import Run, RunDetail
from discovery_pipeline.services.due_runs import CorrectionsDue
from discovery_pipeline.services.learning.deciding.words import about, in_words
from discovery_pipeline.services.learning.waiting import BEGINS, Waiting, waiting
from discovery_pipeline.services.mapping.review import ReviewColumn, review_columns
from streamlit_app import services, state, widgets
from streamlit_app.deciding import place_key
from streamlit_app.people import acting, may
from streamlit_app.run_progress import now_doing, share_done

REFRESH_S = 0.5
# Decisions that the message of an applied run names.
NAMED = 4
_APPLYING = "applying"


@dataclass(frozen=True)
class Applying:
    """What a run that was started here applies. columns: by place_key. told: other decisions, in words. stood: field
    and status of every column before it."""

    columns: frozenset[str] = frozenset()
    told: tuple[str, ...] = ()
    stood: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)


def apply_bar(tenant: str, columns: Sequence[ReviewColumn]) -> None:
    """How many decisions wait, the button, and the progress of the tenant's run while there is one.

    Of every kind: a run applies them all. columns: of the tenant; what becomes of those that were decided is told.
    """
    found = waiting(services.workspace(), tenant)
    others = tuple(_told(each) for each in found.decisions if each.what.kind != "mapping")
    stood = {place_key(column): (column.field, column.status) for column in columns}
    decided = frozenset(place_key(column) for column in columns if column.waiting)
    _bar(tenant, found.count, _words(found.count, found.due), Applying(decided, others, stood))


def waiting_bar(tenant: str, found: Waiting) -> None:
    """The same for decisions of every kind."""
    _bar(tenant, found.count, _words(found.count, found.due), Applying(told=tuple(map(_told, found.decisions))))


def _bar(tenant: str, count: int, words: str, applying: Applying) -> None:
    own = state.followed(tenant)
    run_id = own or _running(tenant)
    text, button = st.columns([3, 1.2], vertical_alignment="center")
    text.markdown(words)
    button.button(
        f"Apply {_corrections(count)}" if count else "Apply corrections",
        key="apply",
        type="primary" if count else "secondary",
        icon=":material/bolt:",
        width="stretch",
        disabled=not count or own is not None or not may("analyst"),  # behind somebody else's run it queues
        on_click=_apply,
        args=(tenant, applying),
    )
    if run_id:
        _progress(tenant, run_id)


def _words(count: int, due: CorrectionsDue | None) -> str:
    if not count:
        return "Every decision is applied. One click on a card decides; a run then applies what was decided."
    begins = BEGINS.get(due.first, "the files") if due and due.start == "apply" else "the files" if due else None
    start = begins or BEGINS["column_mapping"]
    reads = "" if start == "the files" else " and reads no file again"
    return f"**{_corrections(count)}** waiting for a run, which starts at {start}{reads}."


def _corrections(count: int) -> str:
    return f"{count:,} correction{'' if count == 1 else 's'}"


def _told(correction: Correction) -> str:
    what = correction.what
    if what.kind == "mapping":
        header, column_field = what.context.get("header") or "no header", what.said.get("field") or "no field"
        return f"{widgets.plain(header)} is **{column_field}**"
    return f"{widgets.plain(about(what, with_ids=False))}: **{widgets.plain(in_words(what, what.said))}**"


@acting()
def _apply(tenant: str, applying: Applying) -> None:
    try:
        by = f"{state.author()}, in the app"
        state.follow(tenant, run_control.apply_corrections(services.dagster(), services.workspace(), tenant, by).run_id)
        st.session_state[_APPLYING] = applying
    except DiscoveryError as error:
        state.notify("error", f"{widgets.as_markdown(error)}  \nYour decisions are kept and wait.")


def _running(tenant: str) -> str | None:
    """A run of the tenant that somebody else started; None too when Dagster is down: deciding goes on."""
    try:
        newest = newest_run(tenant)
    except DiscoveryError:
        return None
    return newest.run_id if newest and not newest.is_over else None


@st.cache_data(ttl=5, show_spinner=False)
def newest_run(tenant: str) -> Run | None:
    """The tenant's last run, up to five seconds ago; None before one and while Dagster is down.

    Asked first whether it is up: a server that hangs must not hold every click for its whole time-out.
    """
    api = services.dagster()
    return next(iter(api.runs(tenant, limit=1)), None) if api.is_up() else None


@st.fragment(run_every=REFRESH_S)
@widgets.guarded
def _progress(tenant: str, run_id: str) -> None:
    """One line while the run goes on; when it is over, its outcome and the whole page anew."""
    run = services.dagster().run(run_id)
    if run.is_over:
        state.follow(tenant, None)
        newest_run.clear()
        state.notify(*_outcome(run, st.session_state.pop(_APPLYING, Applying())))
        st.rerun()
    job = run.job.replace("_", " ")
    st.progress(share_done(run.steps), text=f"{job}: {now_doing(run)} {widgets.seconds(run.seconds)}")


def _outcome(run: RunDetail, applied: Applying) -> tuple[Literal["success", "error"], str]:
    """What the run did with what was applied; of columns, read from the mapping that it published."""
    if run.status == "done":
        columns = review_columns(services.workspace(), run.tenant) if applied.columns else ()
        now = [c for c in columns if place_key(c) in applied.columns and not c.waiting]
        fields = [f"{widgets.plain(c.header)} is **{c.field or 'no field'}**" for c in now]
        also = _also([column for column in columns if _stands_otherwise(column, applied)])
        return "success", _success(run, [*fields, *applied.told]) + also
    if run.failure:
        failed = DiscoveryError(run.failure.message, where=run.failure.where, advice=run.failure.advice)
        return "error", f"{widgets.as_markdown(failed)}  \nYour decisions are kept and wait."
    return "error", f"**The run was {run.status}.** Your decisions are kept and wait."


def _success(run: RunDetail, told: Sequence[str]) -> str:
    took = widgets.seconds(run.seconds)
    if not told:
        return f"**The {run.job.replace('_', ' ')} run is done** in {took}."
    more = f" and {len(told) - NAMED:,} more" if len(told) > NAMED else ""
    return (
        f"**{_corrections(len(told))} applied** in {took}: {', '.join(told[:NAMED])}{more}. The inventory is new too."
    )


def _stands_otherwise(column: ReviewColumn, applied: Applying) -> bool:
    """Since the run, though nobody decided about it."""
    key, now = place_key(column), (column.field, column.status)
    return key not in applied.columns and applied.stood.get(key, now) != now


def _also(others: Sequence[ReviewColumn]) -> str:
    """Columns that nobody decided about, and that stand otherwise since: what was decided speaks for them too."""
    if not others:
        return ""
    named = ", ".join(f"{widgets.plain(c.header)} ({c.field or 'no field'})" for c in others[:NAMED])
    more = f" and {len(others) - NAMED:,} more" if len(others) > NAMED else ""
    return f"  \nIt changed {len(others):,} other column{'' if len(others) == 1 else 's'} as well: {named}{more}."
