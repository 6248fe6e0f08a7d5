"""Which column is which field: the most doubtful first, decided with one click, applied with another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import streamlit as st

from discovery_pipeline.services.mapping.review import ReviewColumn, review_columns
from streamlit_app import services, state, widgets
from streamlit_app.apply_bar import apply_bar
from streamlit_app.mapping_card import show_card
from streamlit_app.table_acceptance import table_acceptance

PER_PAGE = 8
ALL_FILES = "All files"
VIEWS: dict[str, Callable[[ReviewColumn], bool]] = {
    "To review": lambda column: column.status == "review",
    "Unmapped": lambda column: column.status == "unmapped",
    "Accepted": lambda column: column.status == "accepted",
    "Corrected": lambda column: column.method == "pattern",
    "Waiting": lambda column: column.waiting is not None,
    "All": lambda _: True,
}


@widgets.guarded
def page() -> None:
    """The mappings of the tenant."""
    st.title("Mappings", anchor=False)
    _review(state.tenant())


@st.fragment
@widgets.guarded
def _review(tenant: str) -> None:
    """Reruns by itself when a card is decided: navigation and sidebar stay as they are."""
    columns = review_columns(services.workspace(), tenant)
    if not columns:
        widgets.empty(
            "No run has mapped anything yet",
            f"Hand over exports of {tenant} and run it; every column then stands here with what it was taken for.",
            f"discovery ingest {tenant} ~/exports/",
            f"discovery run {tenant}",
        )
        return
    widgets.show_notice()
    apply_bar(tenant, columns)
    looked_for, found = _filtered(tenant, columns)
    table_acceptance(tenant, columns)
    _list(tenant, looked_for, found)


def _filtered(tenant: str, columns: Sequence[ReviewColumn]) -> tuple[tuple[str, str, str], list[ReviewColumn]]:
    """View, file and words as chosen; the columns that belong there."""
    counts = Counter(name for name, belongs in VIEWS.items() for column in columns if belongs(column))
    views, files, words = st.columns([6.6, 2.3, 2.3], vertical_alignment="bottom")
    # Another page may have chosen the view: a default beside it would be two values.
    st.session_state.setdefault(f"view/{tenant}", "To review")
    view = views.segmented_control(
        "Show",
        list(VIEWS),
        required=True,
        key=f"view/{tenant}",
        format_func=lambda name: f"{name} {counts[name]:,}",
        label_visibility="collapsed",
    )
    names = [ALL_FILES, *sorted({column.file for column in columns})]
    file = files.selectbox("File", names, key=f"file/{tenant}", label_visibility="collapsed")
    text = words.text_input(
        "Search", key=f"text/{tenant}", placeholder="Header, field, sheet or value", label_visibility="collapsed"
    )
    looked_for = (view or "All", file, text or "")
    belongs = VIEWS[looked_for[0]]
    wanted = looked_for[2].lower().split()
    return looked_for, [c for c in columns if belongs(c) and file in (ALL_FILES, c.file) and _matches(c, wanted)]


def _matches(column: ReviewColumn, words: Sequence[str]) -> bool:
    fields = " ".join(candidate.field for candidate in column.candidates)
    text = " ".join([column.header, column.table, fields, *column.samples]).lower()
    return all(word in text for word in words)


def _list(tenant: str, looked_for: tuple[str, str, str], columns: Sequence[ReviewColumn]) -> None:
    if not columns:
        st.success("No column is left here. Look at the unmapped ones, or search all of them.", icon=":material/check:")
        return
    first = widgets.pager(f"mappings/{tenant}", looked_for, len(columns), PER_PAGE, "columns")
    for column in columns[first : first + PER_PAGE]:
        show_card(tenant, column)
