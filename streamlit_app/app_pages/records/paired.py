"""Two assets that may be one: field by field, with the rows of each; merged, kept apart, or linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, get_args

import streamlit as st

from discovery_pipeline.domain.handoffs import EdgeKind
from discovery_pipeline.services.learning.deciding.asset_values import written
from discovery_pipeline.services.learning.deciding.decisions import AnyDecision, EdgeDecision, MergeDecision
from discovery_pipeline.services.learning.waiting import Waiting
from discovery_pipeline.services.records.pairs import FieldBeside, SourceRow, beside, pairs
from discovery_pipeline.services.run_frames import RunFrames
from streamlit_app import decisions, state
from streamlit_app.app_pages.records.record_list import (
    PER_PAGE,
    Card,
    Item,
    card_of,
    chosen,
    decide_button,
    linked,
    paged,
    show_list,
)
from streamlit_app.evidence import in_words
from streamlit_app.people import may
from streamlit_app.record_effects import what_if
from streamlit_app.widgets import html_text, percent, plain

_MARKS = {"same": "=", "differs": "≠", "one side": ""}
_MERGE, _APART = "Merge", "Keep apart"


def show_paired(tenant: str, run: RunFrames, waiting: Waiting) -> None:
    """The pairs, the most doubtful first, and the card of one."""
    text = st.text_input("Search", key=f"find_pair/{tenant}", placeholder="Name or id of either")
    places = st.columns([2, 5], gap="medium")
    with places[0]:
        page, listed = paged(f"pairs/{tenant}", text, "pairs", partial(pairs, run, text))
        if not listed:
            told = "No pair matches." if text.strip() else "No two assets look as if they were one."
            st.success(told, icon=":material/check:")
            return
        rows = linked(listed, _key, lambda word: pairs(run, word, 0, PER_PAGE).rows.to_dicts())
        items = [_item(row, waiting) for row in rows]
        place = chosen(items)
        show_list(items, place, page)
    with places[1], st.container(border=True):
        _card(tenant, run, rows[place], items, place)


def _key(row: Mapping[str, Any]) -> str:
    return "/".join(sorted((row["asset_id_a"], row["asset_id_b"])))


def _item(row: Mapping[str, Any], waiting: Waiting) -> Item:
    one, other = sorted((row["asset_id_a"], row["asset_id_b"]))
    decided = waiting.about("merge", one=one, other=other) is not None
    title = f"{plain(str(row['name_a']))} and {plain(str(row['name_b']))}"
    return Item(_key(row), title, f"one thing with {percent(row['probability'])}", decided)


def _card(tenant: str, run: RunFrames, row: Mapping[str, Any], items: Sequence[Item], place: int) -> None:
    ends = row["asset_id_a"], row["asset_id_b"]
    names = str(row["name_a"]), str(row["name_b"])
    told = beside(run, *ends)
    why = "".join(f"<li>{html_text(in_words(reason))}</li>" for reason in row["reasons"])
    st.html(
        f'<div class="d-title">{html_text(names[0])} and {html_text(names[1])}</div>'
        f'<div class="d-quiet">one thing with {percent(row["probability"])}; both were kept</div>'
        f'<ul class="d-why">{why}</ul>'
    )
    key, card = f"pair/{items[place].key}", card_of(tenant, items, place)
    decisions.show_question(tenant, key)
    _answers(card, ends, names, key)
    for asset_id, name, column in zip(ends, names, st.columns(2), strict=True):
        column.button(
            f"Open {plain(name)}", key=f"open/{key}/{asset_id}", icon=":material/open_in_new:", width="stretch",
            on_click=state.go_to, args=("asset",), kwargs={"asset": asset_id},
        )  # fmt: skip
    st.html(_table(names, told.fields))
    for name, rows in zip(names, told.rows, strict=True):
        st.html(f'<div class="d-quiet"><b>{html_text(name)}</b> is described by {_sources(rows)}</div>')


def _answers(card: Card, ends: tuple[str, str], names: tuple[str, str], key: str) -> None:
    both = f"{plain(names[0])} and {plain(names[1])}"
    offers = {
        _MERGE: (MergeDecision(*ends), f"**{both} are one asset.**", ":material/merge:", "1"),
        _APART: (MergeDecision(*ends, holds=False), f"**{both} stay two assets.**", ":material/call_split:", "2"),
    }
    for column, (label, (decision, done, icon, shortcut)) in zip(st.columns(2), offers.items(), strict=True):
        with column:
            decide_button(label, card, key, [decision], done, icon=icon, shortcut=shortcut)
    with st.expander("Two things that belong together: link them"):
        _link(card, ends, names, key)
    if may("viewer"):
        wanted = st.segmented_control("What would change with", list(offers), key=f"try/{key}")
        if wanted:
            decided: list[AnyDecision] = [offers[wanted][0]]
            what_if(card.tenant, f"{key}/{wanted}", decided)


def _link(card: Card, ends: tuple[str, str], names: tuple[str, str], key: str) -> None:
    """An edge between the two, in either direction."""
    direction, kind = st.columns(2, vertical_alignment="bottom")
    ways = {f"{names[0]} depends on {names[1]}": ends, f"{names[1]} depends on {names[0]}": (ends[1], ends[0])}
    way = direction.selectbox("Direction", list(ways), key=f"direction/{key}")
    edge_kind = kind.selectbox("Kind", get_args(EdgeKind), key=f"kind/{key}")
    decided = [EdgeDecision(*ways[way], holds=True, edge_kind=edge_kind)]
    decide_button("Link", card, f"{key}/link", decided, f"**{plain(way)}.**", icon=":material/link:")
    decisions.show_question(card.tenant, f"{key}/link")


def _table(names: tuple[str, str], fields: Sequence[FieldBeside]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{html_text(each.field.replace("_", " "))}</th><td>{_value(each.one)}</td>'
        f'<td aria-label="{each.how}">{_MARKS[each.how]}</td><td>{_value(each.other)}</td></tr>'
        for each in fields
    )
    head = f"<tr><th>Field</th><th>{html_text(names[0])}</th><th></th><th>{html_text(names[1])}</th></tr>"
    return f'<div style="max-height:26rem;overflow:auto"><table class="d-table">{head}{rows}</table></div>'


def _value(value: Any) -> str:
    if value is None or value == []:
        return '<span class="d-quiet">nothing</span>'
    return html_text(written(value) or "")


def _sources(rows: Sequence[SourceRow]) -> str:
    if not rows:
        return "no row: it is only named"
    told = [
        f"{html_text(row.file)} › {html_text(row.table)} › "
        + (f"line {row.line:,}" if row.line is not None else f"row {row.row:,}")
        for row in rows
    ]
    return "; ".join(told)
