"""Accepting everything that a table's columns for review were taken for, seen before it is saved."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from discovery_pipeline.services.learning.deciding.decide import prepare
from discovery_pipeline.services.learning.preview.proposed import Proposed
from discovery_pipeline.services.mapping.review import ReviewColumn
from streamlit_app import services, state, widgets
from streamlit_app.deciding import accept_all, decision_of
from streamlit_app.effects import show_effects

_Table = tuple[str, str, str]


def table_acceptance(tenant: str, columns: Sequence[ReviewColumn]) -> None:
    """A switch that opens the choice of a table, what its acceptance would change, and the button that saves it."""
    tables = open_tables(columns)
    if not tables or not st.toggle("Accept a whole table", key=f"whole/{tenant}"):
        return
    with st.container(border=True):
        chosen = st.selectbox(
            "Table", list(tables), key=f"table/{tenant}", format_func=lambda table: _named(table, tables[table])
        )
        _preview(tenant, tables[chosen])


def open_tables(columns: Sequence[ReviewColumn]) -> dict[_Table, list[ReviewColumn]]:
    """Per table the columns that are for review and about which nobody has decided, those with the most first."""
    found: dict[_Table, list[ReviewColumn]] = {}
    for column in columns:
        if column.status == "review" and column.field and not column.waiting and not column.decided:
            found.setdefault((column.source, column.file, column.table), []).append(column)
    return dict(sorted(found.items(), key=lambda table: (-len(table[1]), table[0])))


def _named(table: _Table, columns: Sequence[ReviewColumn]) -> str:
    _, file, name = table
    return f"{file} › {name}: {len(columns)} for review"


@widgets.guarded
def _preview(tenant: str, columns: Sequence[ReviewColumn]) -> None:
    decisions = [decision_of(column, column.field) for column in columns]
    prepared = prepare(services.workspace(), tenant, decisions, state.author())
    show_effects(tenant, Proposed(prepared.corrections, prepared.tables))
    st.button(
        "Accept all of this table",
        key=f"accept_table/{tenant}",
        type="primary",
        icon=":material/done_all:",
        on_click=accept_all,
        args=(tenant, columns),
    )
