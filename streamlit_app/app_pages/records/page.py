"""Records that need a look: rows set aside, values in dispute, look-alikes, doubtful types; the most doubtful first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from discovery_pipeline.services.learning.waiting import Waiting
from discovery_pipeline.services.records.counts import RecordCounts, record_counts
from discovery_pipeline.services.run_frames import RunFrames, run_frames
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.records.aside import show_aside
from streamlit_app.app_pages.records.disputed import show_disputed
from streamlit_app.app_pages.records.paired import show_paired
from streamlit_app.app_pages.records.typed import show_typed
from streamlit_app.decisions import waiting_bar

PART = "part"


@dataclass(frozen=True)
class _Part:
    """A tab. count: of what waits for a look in it."""

    title: str
    count: Callable[[RecordCounts], int | None]
    show: Callable[[str, RunFrames, Waiting], None]


PARTS = {
    "quarantine": _Part("Quarantine", lambda counts: counts.aside, show_aside),
    "conflicts": _Part("Value conflicts", lambda counts: counts.disputed, show_disputed),
    "pairs": _Part("Pairs", lambda counts: counts.pairs, show_paired),
    "types": _Part("Types", lambda counts: counts.types, show_typed),
}


@widgets.guarded
def page() -> None:
    """The records of the tenant."""
    st.title("Records", anchor=False)
    _review(state.tenant())


@st.fragment
@widgets.guarded
def _review(tenant: str) -> None:
    run = run_frames(services.frames(tenant))
    if not run.has("quarantined_records"):
        widgets.empty(
            "No run has read any records yet",
            f"Hand over exports of {tenant} and run it; what needs a look then stands here.",
            f"discovery ingest {tenant} ~/exports/",
            f"discovery run {tenant}",
        )
        return
    widgets.show_notice()
    waits = waiting_bar(tenant)
    part = _chosen_part(tenant, _counts(tenant, tuple(sorted(run.versions.items()))))
    if part != "quarantine" and not run.has("inventory"):
        widgets.empty("There is no inventory yet", f"Run {tenant} to its end first.", f"discovery run {tenant}")
        return
    PARTS[part].show(tenant, run, waits)


@st.cache_data(max_entries=32, show_spinner=False)
def _counts(tenant: str, versions: tuple[tuple[str, str], ...]) -> RecordCounts:  # noqa: ARG001 - keyed by them
    return record_counts(run_frames(services.frames(tenant)))


def _chosen_part(tenant: str, counts: RecordCounts) -> str:
    """The tab that the URL names, else the first; the URL follows what is chosen."""
    key = f"records/{tenant}"
    named = state.item(PART)
    st.session_state.setdefault(key, named if named in PARTS else next(iter(PARTS)))
    st.segmented_control(
        "Show",
        list(PARTS),
        required=True,
        key=key,
        format_func=lambda name: _title(name, counts),
        label_visibility="collapsed",
        on_change=_to_part,
        args=(key,),
    )
    return str(st.session_state[key])


def _title(name: str, counts: RecordCounts) -> str:
    count = PARTS[name].count(counts)
    return PARTS[name].title if count is None else f"{PARTS[name].title} {count:,}"


def _to_part(key: str) -> None:
    state.show_item(PART, str(st.session_state[key]))
    state.show_item("item", "")
