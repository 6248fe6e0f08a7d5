"""What a proposal would change: what it names at once, the rest once a what-if run is through."""

from __future__ import annotations

import time
from collections.abc import Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import streamlit as st

from discovery_pipeline.services.learning.preview.at_once import AtOnce, at_once
from discovery_pipeline.services.learning.preview.proposed import Proposed
from discovery_pipeline.services.learning.preview.what_if import WhatIf, what_if
from discovery_pipeline.store.corrections import newest_correction
from streamlit_app import services, widgets
from streamlit_app.effect_words import consequences_html, named_html

REFRESH_S = 0.5
# What-if runs of all sessions queue: each takes a processor for seconds.
_AT_A_TIME = 1
_KEPT = 64


@dataclass(frozen=True)
class _Computing:
    """A what-if run on its way. started: on the monotonic clock."""

    result: Future[WhatIf]
    started: float


def show_effects(tenant: str, proposed: Proposed) -> None:
    """Both steps; the second stands as being computed until it is there."""
    known = _known(tenant)
    st.html(named_html(_named(tenant, proposed.key, known, proposed)))
    run = _started(tenant, proposed.key, known, proposed)
    if not run.result.done():
        _wait(run)
        return
    if run.result.exception():
        _started.clear(tenant, proposed.key, known, proposed)
    st.html(consequences_html(run.result.result()))


def _known(tenant: str) -> Hashable:
    """What a preview rests on: it is computed anew after a run, and after anybody's decision."""
    frames = services.frames(tenant)
    versions = [frames.version(asset) for asset in ("column_mapping", "inventory", "dependencies", "analysis")]
    return (*versions, newest_correction(services.workspace().database, tenant))


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _named(tenant: str, key: str, known: Hashable, _proposed: Proposed) -> AtOnce:  # noqa: ARG001 - keyed by them
    return at_once(services.workspace(), tenant, _proposed)


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="what-if")


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _started(tenant: str, key: str, known: Hashable, _proposed: Proposed) -> _Computing:  # noqa: ARG001 - keyed by them
    return _Computing(_pool().submit(what_if, services.workspace(), tenant, _proposed), time.monotonic())


@st.fragment(run_every=REFRESH_S)
@widgets.guarded
def _wait(run: _Computing) -> None:
    """One line while it goes on; then the page anew. Everything else on the page stays usable."""
    if run.result.done():
        st.rerun()
    took = widgets.seconds(time.monotonic() - run.started)
    st.caption(f":material/hourglass_top: computing what becomes of assets, dependencies and strategies ... {took}")
