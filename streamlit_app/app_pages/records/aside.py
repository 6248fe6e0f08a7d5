"""Rows that were set aside, by reason: their raw cells, and a value that brings one row, or all so spelt, back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from discovery_pipeline.services.learning.deciding.decisions import AnyDecision, RowValueDecision, ValueDecision
from discovery_pipeline.services.learning.waiting import Waiting
from discovery_pipeline.services.records.aside import (
    RawCell,
    Reason,
    RowCells,
    RowPlace,
    cells_of,
    reasons,
    row_aside,
    rows_aside,
)
from discovery_pipeline.services.run_frames import RunFrames
from streamlit_app import decisions, state
from streamlit_app.app_pages.records.lost_rows import show_lost
from streamlit_app.app_pages.records.record_card import Card, Written, written_button
from streamlit_app.app_pages.records.record_list import EVERY, Item, Records, Row, show_records
from streamlit_app.asset_words import in_words
from streamlit_app.people import may
from streamlit_app.record_effects import what_if
from streamlit_app.widgets import html_text, plain

_NAME = "aside"
# Fields that would do, the strongest first, as far as a sentence can name them.
_NAMED = 4
_BY_ROW, _BY_SPELLING = "this row only", "every cell spelled so"


def show_aside(tenant: str, run: RunFrames, waiting: Waiting) -> None:
    """Decisions whose row is gone, then reasons, the rows of one of them, and the card of one row."""
    show_lost(tenant, run)
    known = {reason.code: reason for reason in reasons(run)}
    if not known:
        st.success("No row was set aside: every row became part of something.", icon=":material/check:")
        return
    records = Records(
        _NAME,
        "rows",
        "Reason",
        _choices(known),
        "File, table or detail",
        partial(rows_aside, run),
        partial(row_aside, run),
        partial(_item, waiting),
    )
    show_records(tenant, records, partial(_card, run, known))


def _choices(known: Mapping[str, Reason]) -> dict[str, str]:
    """All that waits for a look first; what was dropped on purpose is only listed under its own reason."""
    open_ones = sum(reason.rows for reason in known.values() if reason.disposition == "quarantined")
    every = {EVERY: f"Every reason {open_ones:,}"} if open_ones else {}
    return {**every, **{code: _reason(reason) for code, reason in known.items()}}


def _reason(reason: Reason) -> str:
    dropped = ", dropped" if reason.disposition == "dropped" else ""
    return f"{reason.code.replace('_', ' ').capitalize()} {reason.rows:,}{dropped}"


def _item(waiting: Waiting, row: Row) -> Item:
    decided = any(
        each.what.kind == "value"
        and (each.what.context.get("file"), each.what.context.get("table"), each.what.context.get("row"))
        == (row["file"], row["table"], row["row"])
        for each in waiting.decisions
    )
    return Item(row["key"], plain(", ".join(reversed(_place(row)))), plain(row["detail"] or ""), decided)


def _place(row: Row) -> tuple[str, str]:
    """The table, or the file where it has none, and which part of it was set aside."""
    line, number = row["line"], row["row"]
    what = f"line {line:,}" if line is not None else f"row {number:,}" if number is not None else "all of it"
    return row["table"] or row["file"], what


def _card(run: RunFrames, known: Mapping[str, Reason], row: Row, card: Card) -> None:
    (place, what), reason = _place(row), known[row["reason"]]
    st.html(
        f'<div class="d-title">{html_text(row["file"])}{" › " + html_text(place) if row["table"] else ""}, {what}</div>'
        f'<div class="d-quiet">{html_text(row["reason"].replace("_", " "))}: {html_text(row["detail"] or "")} · '
        f"source {html_text(row['source'])}</div>"
        f'<div class="d-stake">{html_text(reason.means)} {html_text(reason.advice)}</div>'
    )
    key = f"aside/{card.item}"
    decisions.show_question(card.tenant, key)
    if row["row"] is None:
        _to_deliver_anew(card)
        return
    where = RowPlace(row["source"], row["file"], row["table"], row["row"])
    cells = cells_of(run, where)
    if cells is None:
        st.info("The row could not be split into cells, so no cell of it can be corrected here: mend it in the file.")
        return
    _cells(cells)
    if row["disposition"] == "dropped":
        st.caption("Dropped on purpose: it describes nothing.")
        return
    if not cells.can_return:
        _to_map_first(card, row, cells)
        return
    _mend(card, where, cells, key)


def _to_deliver_anew(card: Card) -> None:
    st.info("Nothing of it was read, so no cell of it can be corrected here. Deliver it anew, or withdraw the file.")
    st.button("Open the files delivered", key=f"deliver/{card.item}", icon=":material/open_in_new:",
              on_click=state.go_to, args=("upload",))  # fmt: skip


def _to_map_first(card: Card, row: Row, cells: RowCells) -> None:
    lacking = " or ".join(in_words(field) for field in cells.lacking[:_NAMED])
    st.info(f"No column of this table is mapped to {lacking}, so no value can bring the row back. Map one first.")
    st.button("Open its mappings", key=f"map/{card.item}", icon=":material/open_in_new:", on_click=state.go_to,
              args=("mappings",), kwargs={"view": "All", "file": row["file"], "text": row["table"]})  # fmt: skip


def _cells(cells: RowCells) -> None:
    rows = "".join(_cell(cell) for cell in cells.cells)
    st.html(f'<div style="max-height:22rem;overflow:auto"><table class="d-table">{rows}</table></div>')


def _cell(cell: RawCell) -> str:
    raw = (
        '<span class="d-quiet">empty</span>'
        if cell.raw is None
        else f'<span class="d-chip">{html_text(cell.raw)}</span>'
    )
    field = html_text(in_words(cell.field)) if cell.field else '<span class="d-quiet">no field</span>'
    header = html_text(cell.header) or '<span class="d-quiet">no header</span>'
    return f'<tr><th scope="row">{header}</th><td>{raw}</td><td>{field}</td></tr>'


def _mend(card: Card, where: RowPlace, cells: RowCells, key: str) -> None:
    """A value for one cell, for this row alone or for every cell that is spelt so."""
    which, value, how = st.columns([2, 3, 2.4], vertical_alignment="bottom")
    field = which.selectbox("Field", cells.mendable, key=f"field/{key}", format_func=in_words)
    value.text_input("Value", key=f"value/{key}", placeholder="What the cell should say")
    cell = next(cell for cell in cells.cells if cell.field == field)
    ways = [_BY_ROW, _BY_SPELLING] if cell.raw and cell.raw.strip() else [_BY_ROW]
    way = how.selectbox("For", ways, key=f"way/{key}", format_func=lambda name: _way(name, cell))

    def decided(text: str) -> list[AnyDecision]:
        if way == _BY_ROW:
            seen = tuple(each.raw for each in cells.cells)
            return [RowValueDecision(where.file, where.table, where.row, field, text, where.source, seen)]
        return [ValueDecision(field, cell.raw or "", text, cells.record, where.source)]

    written = Written(
        f"value/{key}", decided, lambda text: f"**{plain(in_words(field))} is {plain(text)}**, for {way}."
    )
    label = "Correct and release" if any(field in group for group in cells.needed) else "Correct"
    written_button(label, card, key, written, icon=":material/check:", primary=True)
    if written.text and may("viewer"):
        what_if(card.tenant, f"{key}/{field}/{way}", decided(written.text))


def _way(name: str, cell: RawCell) -> str:
    return name if name == _BY_ROW or not cell.alike else f"{name} ({cell.alike:,} in this table)"
