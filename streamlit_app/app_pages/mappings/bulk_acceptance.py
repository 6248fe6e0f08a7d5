"""Accepting many columns in one go: all that are sure enough, or all of a table; seen before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from discovery_pipeline.services.mapping.queue import is_open, surer_than
from discovery_pipeline.services.mapping.review import ReviewColumn
from streamlit_app import widgets
from streamlit_app.deciding import accept_all, decision_of
from streamlit_app.effects import proposal, show_effects
from streamlit_app.people import may

_Table = tuple[str, str, str]
_SURE, _WHOLE = "Above a confidence", "A whole table"
_DEFAULT_PERCENT = 80
# Longer tables scroll in themselves.
SHOWN_WHOLE = 10


def bulk_switch(tenant: str, columns: Sequence[ReviewColumn]) -> bool:
    """The switch that opens it, where the person may and any column is open; whether it is on."""
    if not may("analyst") or not any(is_open(column) for column in columns):
        return False
    return st.toggle("Accept many at once", key=f"many/{tenant}")


def bulk_acceptance(tenant: str, columns: Sequence[ReviewColumn], shown: Sequence[ReviewColumn]) -> None:
    """The choice of columns, what is among them, and the button that saves it.

    columns: all of the tenant; shown: those that fit what is looked for.
    """
    with st.container(border=True):
        how = st.segmented_control("Which", [_SURE, _WHOLE], default=_SURE, required=True, key=f"how/{tenant}")
        if how == _WHOLE:
            _of_a_table(tenant, columns)
        else:
            _above_a_confidence(tenant, shown)


def open_tables(columns: Sequence[ReviewColumn]) -> dict[_Table, list[ReviewColumn]]:
    """Per table the columns that are for review and about which nobody has decided, those with the most first."""
    found: dict[_Table, list[ReviewColumn]] = {}
    for column in surer_than(columns, 0.0):
        found.setdefault((column.source, column.file, column.table), []).append(column)
    return dict(sorted(found.items(), key=lambda table: (-len(table[1]), table[0])))


@widgets.guarded
def _above_a_confidence(tenant: str, shown: Sequence[ReviewColumn]) -> None:
    percent = st.slider("At least so sure, in %", 30, 99, _DEFAULT_PERCENT, key=f"threshold/{tenant}")
    found = surer_than(shown, percent / 100)
    if not found:
        st.caption("No column for review is that sure among those listed below.")
        return
    _accept(tenant, found, f"accept_sure/{tenant}")
    height: Literal["content"] | int = "content" if len(found) <= SHOWN_WHOLE else 400
    st.dataframe(pd.DataFrame([_row(c) for c in found]), hide_index=True, height=height)


def _row(column: ReviewColumn) -> dict[str, object]:
    return {
        "Column": column.header,
        "Taken for": column.field,
        "Confidence": widgets.percent(column.confidence),
        "Rows": column.filled,
        "Values": ", ".join(column.samples),
        "File": column.file,
        "Table": column.table,
    }


@widgets.guarded
def _of_a_table(tenant: str, columns: Sequence[ReviewColumn]) -> None:
    tables = open_tables(columns)
    if not tables:
        st.caption("No table has a column for review.")
        return
    chosen = st.selectbox("Table", list(tables), key=f"table/{tenant}", format_func=lambda t: _name(t, tables[t]))
    _accept(tenant, tables[chosen], f"accept_table/{tenant}")
    show_effects(tenant, proposal(tenant, [decision_of(column, column.field) for column in tables[chosen]]))


def _accept(tenant: str, columns: Sequence[ReviewColumn], key: str) -> None:
    count = len(columns)
    st.button(
        f"Accept {count:,} column{'' if count == 1 else 's'}",
        key=key,
        type="primary",
        icon=":material/done_all:",
        on_click=accept_all,
        args=(tenant, columns),
    )


def _name(table: _Table, columns: Sequence[ReviewColumn]) -> str:
    _, file, name = table
    return f"{file} › {name}: {len(columns)} for review"
