"""Moves that were tried on the board or wait for a run: what they break, saving them, taking them back."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from discovery_pipeline.domain.analysis.waves.moved import Consequences
from discovery_pipeline.services.assessment_views.board import WaveBoard
from discovery_pipeline.services.assessment_views.pins import Pin, pinning
from streamlit_app import decisions, widgets
from streamlit_app.app_pages.analysis import assessed
from streamlit_app.app_pages.analysis.breaks import broken
from streamlit_app.app_pages.analysis.shown import counted, table
from streamlit_app.people import acting, may

HIGHEST = 999
_SHOWN = 100
# Planning anew takes longer than a click may in larger estates.
_AT_ONCE = 20_000
# Tenant, published versions and the tenant's plan, moves.
_Key = tuple[str, Hashable, tuple[tuple[str, int], ...]]


@dataclass(frozen=True)
class Moves:
    """group_id -> wave. waiting: decided, no run has followed yet. drafts: tried only; they count first."""

    waiting: Mapping[str, int]
    drafts: Mapping[str, int]

    @property
    def all(self) -> dict[str, int]:
        return {**self.waiting, **self.drafts}


def moves_of(tenant: str, board: WaveBoard, saved: Sequence[Pin]) -> Moves:
    """The moves that stand at this moment; drafts that were saved or lead nowhere are forgotten."""
    waiting = {pin.group_id: pin.wave for pin in reversed(saved) if pin.waits}
    planned = dict(board.groups.select("group_id", "wave").iter_rows())
    kept = {
        group: wave
        for group, wave in _drafts(tenant).items()
        if group in planned and waiting.get(group, planned[group]) != wave
    }
    st.session_state[_key(tenant)] = kept
    return Moves(waiting, kept)


@acting()
def dropped(tenant: str, board: WaveBoard, key: str) -> None:
    """The component's callback: a card was dropped on a wave. What the browser says is checked."""
    said = st.session_state[key].get("moved") or {}
    group, wave = said.get("group"), said.get("wave")
    if isinstance(group, str) and isinstance(wave, int) and 1 <= wave <= HIGHEST and group in board.groups["group_id"]:
        _drafts(tenant)[group] = wave


@acting()
def put(tenant: str, board: WaveBoard) -> None:
    """A button's callback: the groups that were chosen by name into the wave that was chosen."""
    known = set(board.groups["group_id"])
    chosen = [group for group in st.session_state.get(f"put/{tenant}", []) if group in known]
    for group in chosen:
        _drafts(tenant)[group] = int(st.session_state[f"put_into/{tenant}"])
    st.session_state[f"put/{tenant}"] = []


@acting()
def unpin(tenant: str, pin: Pin) -> None:
    """A button's callback: what the data says of the group's waves stands again."""
    decisions.take_back(tenant, pin.numbers, f"**{widgets.plain(pin.label)}** is planned by the data alone again.")


def verdict(tenant: str, board: WaveBoard, moves: Moves) -> None:
    """In a line or two, above the board, where it is seen beside a dropped card: what breaks; save and drop."""
    key = f"waves/{tenant}"
    decisions.show_question(tenant, key)
    if not moves.all:
        return
    with st.container(border=True):
        st.html(f"<b>{_title(moves)}.</b> {_first(_consequences(_asked(tenant, board, moves), board))}")
        if moves.drafts:
            _saving(tenant, board, key)


def show(tenant: str, board: WaveBoard, moves: Moves) -> None:
    """All that the moves would do, now and in the next run."""
    if not moves.all:
        return
    with st.container(border=True):
        st.subheader("What the moves would do", anchor=False)
        asked = _asked(tenant, board, moves)
        found = _consequences(asked, board)
        left, right = st.columns([3, 2], gap="large")
        with left:
            st.markdown("**While every other group stays**")
            _breaks(found)
        with right:
            st.markdown("**What the next run makes of it**")
            _after_a_run(asked, board)
        _crossing(tenant, found)


def _asked(tenant: str, board: WaveBoard, moves: Moves) -> _Key:
    return (tenant, (assessed.versions(tenant), board.params.text), tuple(sorted(moves.all.items())))


def _first(found: Consequences) -> str:
    """The worst that breaks, and how much besides."""
    lines = broken(found)
    if not lines:
        return "Nothing breaks."
    more = len(lines) - 1
    return lines[0] + (f"; {counted(more, 'more point')} below" if more else "")


def _title(moves: Moves) -> str:
    parts = [
        f"{len(moves.drafts):,} tried" if moves.drafts else "",
        f"{len(moves.waiting):,} saved" if moves.waiting else "",
    ]
    return f"Moves: {' and '.join(filter(None, parts))}"


@st.cache_data(max_entries=64, show_spinner=False)
def _consequences(key: _Key, _board: WaveBoard) -> Consequences:
    return _board.consequences(dict(key[-1]))


@st.cache_data(max_entries=64, show_spinner="Planning anew")
def _followers(key: _Key, _board: WaveBoard) -> pl.DataFrame:
    return _board.followers(dict(key[-1]))


def _breaks(found: Consequences) -> None:
    if not found.breaks:
        st.success("Nothing breaks: no need crosses anew, no limit is exceeded.", icon=":material/check_circle:")
    else:
        st.html(f'<ul class="d-why">{"".join(f"<li>{line}</li>" for line in broken(found))}</ul>')
    if len(found.mended):
        st.caption(f"{counted(len(found.mended), 'need')} that cross waves now would not any more.")


def _crossing(tenant: str, found: Consequences) -> None:
    if found.crossing.is_empty():
        return
    table(
        found.crossing.head(_SHOWN),
        f"crossing/{tenant}",
        {
            "risk": st.column_config.NumberColumn("Risk", format="%.2f", width=60),
            "reason": st.column_config.TextColumn("Needs that would cross, the riskiest first", width=900),
            "kind": "Kind",
        },
        pick=False,
    )


def _after_a_run(asked: _Key, board: WaveBoard) -> None:
    large = len(board.groups) > _AT_ONCE
    if large and not st.button("Plan anew", key="plan_anew", help="Takes seconds in an estate of this size."):
        return
    found = _followers(asked, board)
    if found.is_empty():
        st.write("The planner leaves every other group where it is.")
        return
    assets = int(found["size"].sum())
    st.write(
        f"The planner moves {counted(len(found), 'other group')} ({counted(assets, 'asset')}), to keep order, room "
        "and pilots."
    )
    table(
        found.head(_SHOWN),
        f"followers/{asked[0]}",
        {"label": "Group", "size": "Assets", "wave": "Wave", "after": "Then"},
        pick=False,
    )


def _saving(tenant: str, board: WaveBoard, key: str) -> None:
    reason, save, drop = st.columns([5, 2, 1.4], vertical_alignment="bottom")
    reason.text_input("Why", key=_reason_key(tenant), placeholder="Optional; kept with the decision")
    save.button(
        "Save as planned waves",
        key="save_moves",
        type="primary",
        width="stretch",
        icon=":material/push_pin:",
        disabled=not may("analyst"),
        on_click=_save,
        args=(tenant, board, key),
        help="A decision about the planned wave of each asset of these groups; the next run follows it.",
    )
    drop.button("Drop", key="drop_moves", width="stretch", on_click=lambda: _drafts(tenant).clear())


def _save(tenant: str, board: WaveBoard, key: str) -> None:
    """A button's callback. What was typed last is in the session, not in the arguments of the button drawn before."""
    drafts, reason = _drafts(tenant), str(st.session_state.get(_reason_key(tenant)) or "").strip()
    done = f"{counted(len(drafts), 'move')} saved."
    decisions.decide(tenant, key, pinning(board, drafts, reason), done)
    # Saved, or held by a question to a person who decided otherwise.
    drafts.clear()


def _drafts(tenant: str) -> dict[str, int]:
    drafts: dict[str, int] = st.session_state.setdefault(_key(tenant), {})
    return drafts


def _reason_key(tenant: str) -> str:
    return f"wave_reason/{tenant}"


def _key(tenant: str) -> str:
    return f"wave_moves/{tenant}"
