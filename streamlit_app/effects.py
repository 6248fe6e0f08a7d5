"""What a proposal would change: what it names at once, the rest once a what-if run is through."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import streamlit as st

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.learning.deciding.decide import prepare
from discovery_pipeline.services.learning.deciding.decisions import AnyDecision
from discovery_pipeline.services.learning.preview.at_once import AtOnce, at_once
from discovery_pipeline.services.learning.preview.proposed import Proposed
from discovery_pipeline.services.learning.preview.what_if import WhatIf, what_if
from discovery_pipeline.store.corrections import newest_correction
from streamlit_app import services, state, widgets
from streamlit_app.effect_words import consequences_html, named_html

REFRESH_S = 0.5
# What-if runs of all sessions queue: each takes a processor for seconds.
_AT_A_TIME = 1
# What is named is told in a fraction of a second, of a table with a million rows in a few.
_AT_ONCE_AT_A_TIME = 2
# So long a page waits for what is named before it says that it is being computed.
PATIENCE_S = 0.3
_KEPT = 64


@dataclass(frozen=True)
class Computing:
    """Something on its way. started: on the monotonic clock."""

    result: Future[Any]
    started: float


def proposal(tenant: str, decisions: Sequence[AnyDecision]) -> Proposed:
    """Decisions as they would be recorded, of who looks at the page. Raises what `prepare` does."""
    prepared = prepare(services.workspace(), tenant, decisions, state.author())
    return Proposed(prepared.corrections, prepared.tables)


def show_effects(tenant: str, proposed: Proposed) -> None:
    """Both steps; the second stands as being computed until it is there."""
    show_at_once(tenant, proposed)
    show_consequences(tenant, proposed)


def show_at_once(tenant: str, proposed: Proposed) -> None:
    """What becomes of what is named."""
    known = _known(tenant)
    computing = _named(tenant, proposed.key, known, proposed)
    wait([computing.result], PATIENCE_S)
    if not computing.result.done():
        _wait(computing, "reading the table anew")
        return
    if computing.result.exception():
        _named.clear(tenant, proposed.key, known, proposed)
    try:
        effect: AtOnce = computing.result.result()
    except UsageError as error:
        _no_preview(error)
        return
    st.html(named_html(effect))


def show_consequences(tenant: str, proposed: Proposed) -> None:
    """What a run would make of it, once it is computed."""
    known = _known(tenant)
    computing = _started(tenant, proposed.key, known, proposed)
    if not computing.result.done():
        _wait(computing, "computing what becomes of assets, dependencies and strategies")
        return
    if computing.result.exception():
        _started.clear(tenant, proposed.key, known, proposed)
    try:
        effect: WhatIf = computing.result.result()
    except UsageError as error:
        _no_preview(error)
        return
    st.html(consequences_html(effect))


def _no_preview(error: UsageError) -> None:
    """Nothing failed: what is published does not allow one now, as while a run is half through. Deciding goes on."""
    st.caption(
        f":material/info: No preview now: {widgets.plain(error.message)}. It is there once a run has come to its end."
    )


def _known(tenant: str) -> Hashable:
    """What a preview rests on: it is computed anew after a run, and after anybody's decision."""
    frames = services.frames(tenant)
    versions = [frames.version(asset) for asset in ("column_mapping", "inventory", "dependencies", "analysis")]
    return (*versions, newest_correction(services.workspace().database, tenant))


@st.cache_resource(show_spinner=False)
def _pool(at_a_time: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(at_a_time, thread_name_prefix="preview")


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _named(tenant: str, key: str, known: Hashable, _proposed: Proposed) -> Computing:  # noqa: ARG001 - keyed by them
    return Computing(
        _pool(_AT_ONCE_AT_A_TIME).submit(at_once, services.workspace(), tenant, _proposed), time.monotonic()
    )


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _started(tenant: str, key: str, known: Hashable, _proposed: Proposed) -> Computing:  # noqa: ARG001 - keyed by them
    return Computing(_pool(_AT_A_TIME).submit(what_if, services.workspace(), tenant, _proposed), time.monotonic())


@st.fragment(run_every=REFRESH_S)
@widgets.guarded
def _wait(computing: Computing, what: str) -> None:
    """One line while it goes on; then the page anew. Everything else on the page stays usable."""
    if computing.result.done():
        st.rerun()
    took = widgets.seconds(time.monotonic() - computing.started)
    st.caption(f":material/hourglass_top: {what} ... {took}")
