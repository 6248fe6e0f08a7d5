"""Two that may be one, or one that may be two: field by field, with the rows of each; decided, or linked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

import streamlit as st

from discovery_pipeline.domain.handoffs import EdgeKind
from discovery_pipeline.services.learning.deciding.decisions import (
    AnyDecision,
    EdgeDecision,
    MergeDecision,
    SplitDecision,
)
from discovery_pipeline.services.learning.waiting import Waiting
from discovery_pipeline.services.records.pages import SourceRow
from discovery_pipeline.services.records.pairs import (
    JOINED,
    FieldBeside,
    beside,
    beside_within,
    pair_of,
    pairs,
    pairs_by_kind,
)
from discovery_pipeline.services.run_frames import RunFrames
from streamlit_app import decisions, evidence, state
from streamlit_app.app_pages.records.record_card import Card, decide_button
from streamlit_app.app_pages.records.record_list import Item, Records, Row, counted, show_records
from streamlit_app.asset_words import in_unit, in_words
from streamlit_app.people import may
from streamlit_app.record_effects import what_if
from streamlit_app.widgets import html_text, percent, plain

_MARKS = {"same": "=", "differs": "≠", "one side": ""}


def show_paired(tenant: str, run: RunFrames, waiting: Waiting) -> None:
    """The pairs, the most doubtful first, and the card of one."""
    kinds = dict(pairs_by_kind(run))
    if not kinds:
        st.success("No two assets look as if they were one, and none as if it were two.", icon=":material/check:")
        return
    records = Records(
        "pairs",
        "pairs",
        "Pairs",
        counted(kinds, "every pair"),
        "Name or id of either",
        partial(pairs, run),
        partial(pair_of, run),
        partial(_item, waiting),
    )
    show_records(tenant, records, partial(_card, run))


def _item(waiting: Waiting, row: Row) -> Item:
    joined = row["kind"] == JOINED
    ends = {"one": row["asset_id_a"], "other": row["asset_id_b"]}
    decided = waiting.about("split" if joined else "merge", **ends) is not None
    return Item(row["key"], _title(row, plain), row["kind"], decided, percent(row["probability"]))


def _title(row: Row, shown: Callable[[str], str]) -> str:
    if row["kind"] == JOINED:
        return f"{shown(str(row['name_a']))} and {_off(row)}"
    return f"{shown(str(row['name_a']))} and {shown(str(row['name_b']))}"


def _off(row: Row) -> str:
    """What a split would take off."""
    count = len(row["rows"])
    return "one row of it" if count == 1 else f"{count:,} rows of it"


def _card(run: RunFrames, row: Row, card: Card) -> None:
    joined = row["kind"] == JOINED
    ends = {row["asset_id_a"]: str(row["name_a"]), row["asset_id_b"]: str(row["name_b"])}
    names = ("What stays", "What may be another") if joined else (str(row["name_a"]), str(row["name_b"]))
    off = {(place["table_no"], place["row"]) for place in row["rows"] or ()}
    told = beside_within(run, row["asset_id_a"], off) if joined else beside(run, *ends)
    why = "".join(f"<li>{html_text(evidence.in_words(reason))}</li>" for reason in row["reasons"])
    st.html(
        f'<div class="d-title">{_title(row, html_text)}</div>'
        f'<div class="d-quiet">{row["kind"]}; one thing with {percent(row["probability"])}, by'
        f'</div><ul class="d-why">{why}</ul>'
    )
    key = f"pair/{card.item}"
    decisions.show_question(card.tenant, key)
    if joined:
        _answers(card, _apart_or_one(run, row), key)
    else:
        _answers(card, _one_or_apart(row), key)
        with st.expander("Two things that belong together: link them"):
            _link(card, tuple(ends), names, key)
    for (asset_id, name), column in zip(ends.items(), st.columns(2), strict=False):
        column.button(
            f"Open {plain(name)}", key=f"open/{key}/{asset_id}", icon=":material/open_in_new:", width="stretch",
            on_click=state.go_to, args=("asset",), kwargs={"asset": asset_id},
        )  # fmt: skip
    st.html(_table(names, told.fields))
    for name, rows in zip(names, told.rows, strict=True):
        st.html(f'<div class="d-quiet"><b>{html_text(name)}</b> is described by {_sources(rows)}</div>')


@dataclass(frozen=True)
class _Answer:
    """done: what to say once it is recorded."""

    decided: Sequence[AnyDecision]
    done: str
    icon: str


def _one_or_apart(row: Row) -> dict[str, _Answer]:
    """Of two assets."""
    ends, both = (row["asset_id_a"], row["asset_id_b"]), _title(row, plain)
    return {
        "Merge": _Answer([MergeDecision(*ends)], f"**{both} are one asset.**", ":material/merge:"),
        "Keep apart": _Answer(
            [MergeDecision(*ends, holds=False)], f"**{both} stay two assets.**", ":material/call_split:"
        ),
    }


def _apart_or_one(run: RunFrames, row: Row) -> dict[str, _Answer]:
    """Of rows that were made one asset."""
    asset, both = row["asset_id_a"], _title(row, plain)
    tables = {info.table_no: info for info in run.tables()}
    places = [(tables[place["table_no"]], place["row"]) for place in row["rows"]]

    def decided(*, holds: bool) -> list[AnyDecision]:
        return [SplitDecision(asset, info.file, info.table, number, info.source, holds) for info, number in places]

    return {
        "They are one": _Answer(decided(holds=True), f"**{both} stay one asset.**", ":material/check:"),
        "Keep apart": _Answer(decided(holds=False), f"**{both} are two assets.**", ":material/call_split:"),
    }


def _answers(card: Card, answers: Mapping[str, _Answer], key: str) -> None:
    """A button an answer, taken by its number, and what each would change."""
    for number, (column, (label, answer)) in enumerate(zip(st.columns(2), answers.items(), strict=True), 1):
        with column:
            decide_button(label, card, key, answer.decided, answer.done, icon=answer.icon, shortcut=str(number))
    if may("viewer"):
        wanted = st.segmented_control("What would change with", list(answers), key=f"try/{key}")
        if wanted:
            what_if(card.tenant, f"{key}/{wanted}", answers[wanted].decided)


def _link(card: Card, ends: Sequence[str], names: Sequence[str], key: str) -> None:
    """An edge between the two, in either direction."""
    direction, kind = st.columns(2, vertical_alignment="bottom")
    ways = {
        f"{names[0]} depends on {names[1]}": (ends[0], ends[1]),
        f"{names[1]} depends on {names[0]}": (ends[1], ends[0]),
    }
    way = direction.selectbox("Direction", list(ways), key=f"direction/{key}")
    edge_kind = kind.selectbox("Kind", get_args(EdgeKind), key=f"kind/{key}")
    decided = [EdgeDecision(*ways[way], holds=True, edge_kind=edge_kind)]
    decide_button("Link", card, f"{key}/link", decided, f"**{plain(way)}.**", icon=":material/link:")
    decisions.show_question(card.tenant, f"{key}/link")


def _table(names: Sequence[str], fields: Sequence[FieldBeside]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{html_text(in_words(each.field))}</th><td>{_value(each.field, each.one)}</td>'
        f'<td aria-label="{each.how}">{_MARKS[each.how]}</td><td>{_value(each.field, each.other)}</td></tr>'
        for each in fields
    )
    head = f"<tr><th>Field</th><th>{html_text(names[0])}</th><th></th><th>{html_text(names[1])}</th></tr>"
    return f'<div style="max-height:26rem;overflow:auto"><table class="d-table">{head}{rows}</table></div>'


def _value(field: str, value: Any) -> str:
    if value is None or value == []:
        return '<span class="d-quiet">nothing</span>'
    return html_text(in_unit(field, value))


def _sources(rows: Sequence[SourceRow]) -> str:
    if not rows:
        return "no row: it is only named"
    return "; ".join(html_text(str(row)) for row in rows)
