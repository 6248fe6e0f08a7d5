"""Which column is which field: what is worth most first, decided with one key, applied with one click."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from discovery_pipeline.services.mapping.queue import is_learned, is_open, next_undecided, same_column
from discovery_pipeline.services.mapping.review import ReviewColumn, review_columns
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.mappings.bulk_acceptance import bulk_acceptance, bulk_switch
from streamlit_app.app_pages.mappings.card import show_card
from streamlit_app.app_pages.mappings.column_list import show_list, show_steps
from streamlit_app.apply_bar import apply_bar
from streamlit_app.deciding import (
    COLUMN,
    FILE,
    SHOWN,
    TEXT,
    VIEW,
    place_key,
    question_about,
    remember_address,
    shown_as_said,
)
from streamlit_app.people import say_who_decides

ALL_FILES = "All files"
VIEWS: dict[str, Callable[[ReviewColumn], bool]] = {
    "To review": is_open,
    "Unmapped": lambda column: column.status == "unmapped" and not column.decided,
    "Accepted": lambda column: column.status == "accepted",
    "Decided": lambda column: column.decided is not None,
    "Learned": is_learned,
    "Waiting": lambda column: column.waiting is not None,
    "All": lambda _: True,
}
_LOOKED_FOR = "mappings_looked_for"


@widgets.guarded
def page() -> None:
    """The mappings of the tenant."""
    st.title("Mappings", anchor=False)
    _review(state.tenant())


@st.fragment
@widgets.guarded
def _review(tenant: str) -> None:
    """Reruns by itself when a column is decided: navigation and sidebar stay as they are."""
    columns = review_columns(services.workspace(), tenant)
    if not columns:
        widgets.empty(
            "No run has mapped anything yet",
            f"Hand over exports of {tenant} and run it; every column then stands here with what it was taken for.",
            f"discovery ingest {tenant} ~/exports/",
            f"discovery run {tenant}",
            ways=("upload", "runs"),
        )
        return
    widgets.show_notice()
    apply_bar(tenant, columns)
    say_who_decides()
    looked_for, found = _filtered(tenant, columns)
    mapped = str(services.frames(tenant).version("column_mapping"))
    _beside(tenant, columns, found, _current(columns, found, (looked_for[0], mapped), (*looked_for[1:], tenant)))


def _filtered(tenant: str, columns: Sequence[ReviewColumn]) -> tuple[tuple[str, str, str], list[ReviewColumn]]:
    """View, file and words as chosen, all in the URL; the columns that belong there, the most valuable first.

    Beside them the switch that accepts many of these columns, and what it opens.
    """
    counts = Counter(name for name, belongs in VIEWS.items() for column in columns if belongs(column))
    files = [ALL_FILES, *sorted({column.file for column in columns})]
    _arrive({VIEW: list(VIEWS), FILE: files, TEXT: None})
    view = st.segmented_control(
        "Show",
        list(VIEWS),
        required=True,
        key=VIEW,
        format_func=lambda name: f"{name} {counts[name]:,}",
        label_visibility="collapsed",
        on_change=_show_in_url,
    )
    of_files, of_words, of_switch = st.columns([2, 2, 1.4], gap="small", vertical_alignment="center")
    file = of_files.selectbox("File", files, key=FILE, label_visibility="collapsed", on_change=_show_in_url)
    text = of_words.text_input(
        "Search", key=TEXT, placeholder="Header, field, sheet or value", label_visibility="collapsed",
        on_change=_show_in_url,
    )  # fmt: skip
    looked_for = (view or "All", file, text or "")
    belongs = VIEWS[looked_for[0]]
    wanted = looked_for[2].lower().split()
    found = [c for c in columns if belongs(c) and file in (ALL_FILES, c.file) and _matches(c, wanted)]
    with of_switch, st.container(horizontal=True, horizontal_alignment="right"):
        many = bulk_switch(tenant, columns)
    if many:
        bulk_acceptance(tenant, columns, found)
    return looked_for, found


def _arrive(possible: Mapping[str, Sequence[str] | None]) -> None:
    """Take what the URL says, when the page is opened and when the browser goes back; values that are not possible
    become the first of those that are.

    possible: by name, None = any text.
    """
    if VIEW not in st.session_state or not shown_as_said():
        st.session_state.update({name: state.item(name) for name in possible})
        st.session_state[SHOWN] = state.item(COLUMN)
        st.session_state.pop(_LOOKED_FOR, None)
        remember_address()
    for name, values in possible.items():
        if values is not None and st.session_state.get(name) not in values:
            st.session_state[name] = values[0]


def _show_in_url() -> None:
    """What is looked for, where it is not what everybody sees first. A callback: the browser's address follows what a
    fragment's script sets one click late."""
    for name in (VIEW, FILE, TEXT):
        value = str(st.session_state[name] or "")
        state.show_item(name, "" if value in (next(iter(VIEWS)), ALL_FILES) else value)
    state.show_item(COLUMN, "")
    remember_address()


def _matches(column: ReviewColumn, words: Sequence[str]) -> bool:
    fields = " ".join(candidate.field for candidate in column.candidates)
    text = " ".join([column.header, column.table, fields, *column.samples]).lower()
    return all(word in text for word in words)


def _current(
    columns: Sequence[ReviewColumn],
    found: Sequence[ReviewColumn],
    seen_in: tuple[str, str],
    looked_for: tuple[str, ...],
) -> ReviewColumn | None:
    """The column that is shown already, though somebody may have decided it meanwhile; else the first that is found.

    seen_in: view and mapping; another of them keeps the column where it is among what is found. Whoever looks for
    something else begins with the first that is found of it.
    """
    named = st.session_state.get(SHOWN)
    before = st.session_state.get(_LOOKED_FOR, (seen_in, looked_for))
    st.session_state[_LOOKED_FOR] = seen_in, looked_for
    current = next((column for column in columns if place_key(column) == named), None)
    is_found = any(current and same_column(column, current) for column in found)
    if before[1] != looked_for or (before[0] != seen_in and not is_found):
        current = None
    current = current or next(iter(found), None)
    st.session_state[SHOWN] = place_key(current) if current else ""
    return current


def _beside(
    tenant: str, columns: Sequence[ReviewColumn], found: Sequence[ReviewColumn], current: ReviewColumn | None
) -> None:
    """The list, and the card of one column."""
    if current is None:
        st.success("No column is left here. Look at the unmapped ones, or search all of them.", icon=":material/check:")
        return
    beside, card = st.columns([1, 2.6], gap="medium")
    with beside:
        if found:
            show_list(tenant, found, current)
        else:
            st.success("No column is left here. Look at the unmapped ones, or at all.", icon=":material/check:")
    with card:
        show_steps(tenant, columns, found, current)
        show_card(tenant, current, None if question_about(current) else next_undecided(found, current))
