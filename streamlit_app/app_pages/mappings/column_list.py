"""The columns that fit what is looked for, as a list beside the card; the keys that walk through it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from discovery_pipeline.services.mapping.queue import is_learned, newest_of, same_column, step
from discovery_pipeline.services.mapping.review import ReviewColumn
from streamlit_app import state
from streamlit_app.deciding import SHOWN, place_key, show_column, take_back_last
from streamlit_app.people import may
from streamlit_app.widgets import percent, plain

PER_PAGE = 14
KEYS = (
    ("A", "accept what the column was taken for"),
    ("1 2 3 4", "take that candidate"),
    ("N", "no field"),
    ("U", "undo what you decided last"),
    ("J", "next column"),
    ("K", "previous column"),
)


def show_list(tenant: str, columns: Sequence[ReviewColumn], current: ReviewColumn | None) -> None:
    """A button per column of the page on which the current one is, and those that leaf through them."""
    at = next((place for place, column in enumerate(columns) if current and same_column(column, current)), 0)
    first = at - at % PER_PAGE
    with st.container(key="list_mappings", gap=None):
        for column in columns[first : first + PER_PAGE]:
            _entry(column, is_current=current is not None and same_column(column, current))
    _pages(tenant, columns, first)


def show_steps(tenant: str, every: Sequence[ReviewColumn], found: Sequence[ReviewColumn], at: ReviewColumn) -> None:
    """Previous, next, the undoing of one's last decision, and the keys."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for name, key, by in (("Previous", "K", -1), ("Next", "J", 1)):
            # One button whatever is shown: the browser keeps those of the card before, and a key would press both.
            st.button(
                name, key=f"step/{name}", shortcut=key, disabled=step(found, at, by) is None,
                on_click=_go, args=(found, by),
            )  # fmt: skip
        _undo_last(tenant, every)
        with st.popover("Keys", icon=":material/keyboard:"):
            st.html("".join(f'<div class="d-key"><b>{key}</b> {words}</div>' for key, words in KEYS))
            st.caption(
                "They rest while you type, and while a list or switch has the focus: a click beside it leaves it."
            )


def _go(found: Sequence[ReviewColumn], by: int) -> None:
    """A button's callback: so many columns on from the one shown at this moment; a key pressed twice goes two on."""
    at = next((column for column in found if place_key(column) == st.session_state.get(SHOWN)), None)
    target = step(found, at, by)
    if target is not None:
        show_column(target)


def _undo_last(tenant: str, every: Sequence[ReviewColumn]) -> None:
    last = newest_of(every, state.author())
    if not last or not may("analyst"):
        return
    numbers = {one.number for one in last}
    concerned = [column for column in every if column.decided and column.decided.number in numbers]
    what = (
        f"{last[0].header or 'no header'}: {last[0].field or 'no field'}" if len(last) == 1 else f"{len(last)} columns"
    )
    st.button(
        f"Undo {plain(what)}",
        key=f"undo_last/{max(numbers)}",
        icon=":material/undo:",
        shortcut="U",
        on_click=take_back_last,
        args=(tenant, concerned, last),
    )


def _entry(column: ReviewColumn, *, is_current: bool) -> None:
    taken = column.decided.field if column.decided else column.field
    sure = "" if column.decided else f" :small[{percent(column.confidence)}]"
    st.button(
        f"**{plain(column.header) or 'no header'}** :small[{taken or 'no field'}]{sure}",
        key=f"at/{place_key(column)}",
        help=f"{plain(column.file)} › {plain(column.table)}: {column.stake.words}",
        icon=f":material/{_icon(column)}:",
        type="primary" if is_current else "tertiary",
        width="stretch",
        wrap=False,
        on_click=show_column,
        args=(column,),
    )


def _icon(column: ReviewColumn) -> str:
    if column.waiting:
        return "schedule"
    if column.decided:
        return "person_check"
    if is_learned(column):
        return "school"
    return {"review": "help", "accepted": "check", "unmapped": "block"}[column.status]


def _pages(tenant: str, columns: Sequence[ReviewColumn], first: int) -> None:
    last = min(first + PER_PAGE, len(columns))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{first + 1:,} to {last:,} of {len(columns):,} columns", width="stretch")
        for name, target in (("Earlier", first - PER_PAGE), ("Later", first + PER_PAGE)):
            outside = not 0 <= target < len(columns)
            st.button(
                name, key=f"mappings/{tenant}/{name}", type="tertiary", disabled=outside,
                on_click=show_column, args=(None if outside else columns[target],),
            )  # fmt: skip
