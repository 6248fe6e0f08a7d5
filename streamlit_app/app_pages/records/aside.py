"""Rows that were set aside, by reason: their raw cells, and a value that brings one row, or all so spelt, back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from discovery_pipeline.services.learning.deciding.decisions import AnyDecision, RowValueDecision, ValueDecision
from discovery_pipeline.services.learning.waiting import Waiting
from discovery_pipeline.services.records.aside import RawCell, Reason, RowCells, RowPlace, cells_of, reasons, rows_aside
from discovery_pipeline.services.run_frames import RunFrames
from streamlit_app import decisions
from streamlit_app.app_pages.records.record_list import Card, Item, card_of, chosen, decide_button, paged, show_list
from streamlit_app.people import may
from streamlit_app.record_effects import what_if
from streamlit_app.widgets import html_text, plain

_BY_ROW, _BY_SPELLING = "this row only", "every cell spelled so"


def show_aside(tenant: str, run: RunFrames, waiting: Waiting) -> None:
    """Reasons, the rows of one of them, and the card of one row."""
    known = {reason.code: reason for reason in reasons(run)}
    if not known:
        st.success("No row was set aside: every row became part of something.", icon=":material/check:")
        return
    choose, search = st.columns([3, 2], vertical_alignment="bottom")
    code = choose.selectbox("Reason", list(known), key=f"reason/{tenant}", format_func=lambda c: _reason(known[c]))
    text = search.text_input("Search", key=f"find_aside/{tenant}", placeholder="File, table or detail")
    reason = known[code]
    st.caption(f"{reason.means} {reason.advice}")
    places = st.columns([2, 5], gap="medium")
    with places[0]:
        page, rows = paged(f"aside/{tenant}", (code, text), "rows", partial(rows_aside, run, code, text))
        if not rows:
            st.info("No row matches. Search for less.")
            return
        items = [_item(row, waiting) for row in rows]
        place = chosen(items)
        show_list(items, place, page)
    with places[1], st.container(border=True):
        _card(tenant, run, rows[place], items, place)


def _reason(reason: Reason) -> str:
    dropped = ", dropped" if reason.disposition == "dropped" else ""
    return f"{reason.code.replace('_', ' ').capitalize()} ({reason.rows:,}{dropped})"


def _item(row: Mapping[str, Any], waiting: Waiting) -> Item:
    where = row["line"] if row["line"] is not None else row["row"]
    what = "whole file" if row["row"] is None else f"line {where:,}" if row["line"] is not None else f"row {where:,}"
    decided = any(
        each.what.kind == "value"
        and (each.what.context.get("file"), each.what.context.get("table"), each.what.context.get("row"))
        == (row["file"], row["table"], row["row"])
        for each in waiting.decisions
    )
    key = "/".join(str(row[name]) for name in ("source", "file", "table", "row"))
    return Item(key, f"{plain(row['table'])}, {what}", plain(row["detail"] or ""), decided)


def _card(tenant: str, run: RunFrames, row: Mapping[str, Any], items: Sequence[Item], place: int) -> None:
    line = "" if row["line"] is None else f", line {row['line']:,}"
    number = "" if row["row"] is None else f", row {row['row']:,}"
    st.html(
        f'<div class="d-title">{html_text(row["file"])} › {html_text(row["table"])}{number}{line}</div>'
        f'<div class="d-quiet">{html_text(row["reason"].replace("_", " "))}: {html_text(row["detail"] or "")} · '
        f"source {html_text(row['source'])}</div>"
    )
    key = f"aside/{items[place].key}"
    decisions.show_question(tenant, key)
    where = RowPlace(row["source"], row["file"], row["table"], -1 if row["row"] is None else row["row"])
    cells = None if row["row"] is None else cells_of(run, where)
    if cells is None:
        st.info("The row could not be split into cells, so no cell of it can be corrected here: mend it in the file.")
        return
    _cells(cells)
    if row["disposition"] == "dropped":
        st.caption("Dropped on purpose: it describes nothing.")
        return
    if not cells.mendable:
        st.info("No column of this table is mapped. Map one first, on the page Mappings.")
        return
    _mend(card_of(tenant, items, place), where, cells, key)


def _cells(cells: RowCells) -> None:
    rows = "".join(_cell(cell) for cell in cells.cells)
    st.html(f'<div style="max-height:22rem;overflow:auto"><table class="d-table">{rows}</table></div>')


def _cell(cell: RawCell) -> str:
    raw = (
        '<span class="d-quiet">empty</span>'
        if cell.raw is None
        else f'<span class="d-chip">{html_text(cell.raw)}</span>'
    )
    field = html_text(cell.field) if cell.field else '<span class="d-quiet">no field</span>'
    header = html_text(cell.header) or '<span class="d-quiet">no header</span>'
    return f'<tr><th scope="row">{header}</th><td>{raw}</td><td>{field}</td></tr>'


def _mend(card: Card, where: RowPlace, cells: RowCells, key: str) -> None:
    """A value for one cell, for this row alone or for every cell that is spelt so."""
    which, value, how = st.columns([2, 3, 2.4], vertical_alignment="bottom")
    field = which.selectbox("Field", cells.mendable, key=f"field/{key}")
    text = value.text_input("Value", key=f"value/{key}", placeholder="What the cell should say").strip()
    cell = next(cell for cell in cells.cells if cell.field == field)
    ways = [_BY_ROW, _BY_SPELLING] if cell.raw and cell.raw.strip() else [_BY_ROW]
    way = how.selectbox("For", ways, key=f"way/{key}", format_func=lambda name: _way(name, cell))
    decided: list[AnyDecision] = [
        RowValueDecision(where.file, where.table, where.row, field, text, where.source)
        if way == _BY_ROW
        else ValueDecision(field, cell.raw or "", text, cells.record, where.source)
    ]
    done = f"**{plain(field)} is {plain(text)}**, for {way}."
    label = "Correct and release" if any(field in group for group in cells.needed) else "Correct"
    decide_button(
        label, card, key, decided, done, icon=":material/check:", primary=True, disabled=not text,
        hint="The next run reads the cell so." if text else "Say first what the cell should say.",
    )  # fmt: skip
    if text and may("viewer"):
        what_if(card.tenant, f"{key}/{field}/{way}", decided)


def _way(name: str, cell: RawCell) -> str:
    return name if name == _BY_ROW or not cell.alike else f"{name} ({cell.alike:,} in this table)"
