"""Assets whose type is doubtful: what speaks for it and for others; accepted, or chosen otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, get_args

import streamlit as st

from discovery_pipeline.domain.handoffs import AssetType
from discovery_pipeline.services.learning.deciding.decisions import TypeDecision
from discovery_pipeline.services.learning.waiting import Waiting
from discovery_pipeline.services.records.types import (
    Possible,
    doubtful_type_of,
    doubtful_types,
    possible_types,
    types_in_doubt,
)
from discovery_pipeline.services.run_frames import RunFrames, run_frames
from streamlit_app import decisions, services, state
from streamlit_app.app_pages.records.record_card import Card, decide_button
from streamlit_app.app_pages.records.record_list import Item, Records, Row, counted, show_records
from streamlit_app.people import may
from streamlit_app.record_effects import what_if
from streamlit_app.widgets import html_text, percent, plain

_REASONS = 6


def show_typed(tenant: str, run: RunFrames, waiting: Waiting) -> None:
    """The assets, the least sure first, and the card of one."""
    types = dict(types_in_doubt(run))
    if not types:
        st.success("The type of every asset is clear.", icon=":material/check:")
        return
    records = Records(
        "types",
        "assets",
        "Type",
        counted(types, "every type"),
        "Asset or type",
        partial(doubtful_types, run),
        partial(doubtful_type_of, run),
        partial(_item, waiting),
    )
    show_records(tenant, records, partial(_card, run))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _rows(count: int) -> str:
    return f"{count:,} source row{'' if count == 1 else 's'}" if count else "only named, no row describes it"


def _item(waiting: Waiting, row: Row) -> Item:
    decided = waiting.about("type", asset_id=row["asset_id"]) is not None
    note, sure = plain(_words(row["classified_type"])), percent(row["type_confidence"])
    return Item(str(row["asset_id"]), plain(str(row["name"])), note, decided, sure)


@st.cache_data(max_entries=100, show_spinner=False)
def _possible(tenant: str, asset_id: str, version: str) -> tuple[Possible, ...]:  # noqa: ARG001 - keyed by it
    return possible_types(run_frames(services.frames(tenant)), asset_id)


def _card(run: RunFrames, row: Row, card: Card) -> None:
    asset_id, name, now = row["asset_id"], str(row["name"]), row["classified_type"]
    head, link = st.columns([5, 1.5], vertical_alignment="center")
    head.html(
        f'<div class="d-title">{html_text(name)}</div><div class="d-quiet">taken for: {html_text(_words(now))}, '
        f"{percent(row['type_confidence'])} sure · {_rows(row['record_count'])}</div>"
    )
    link.button(
        "Open the asset", key=f"open/{asset_id}", icon=":material/open_in_new:", width="stretch",
        on_click=state.go_to, args=("asset",), kwargs={"asset": asset_id},
    )  # fmt: skip
    key = f"type/{asset_id}"
    decisions.show_question(card.tenant, key)
    _offer(card, name, now, key, label=f"Accept {_words(now)}", shortcut="A")
    found = _possible(card.tenant, asset_id, run.versions["inventory"])
    for number, possible in enumerate((each for each in found if each.classified_type != now), 1):
        _offer(
            card, name, possible.classified_type, key,
            label=f"{_words(possible.classified_type)}, {percent(possible.share)}", shortcut=str(number),
        )  # fmt: skip
    _another(card, name, key)
    st.html("".join(_why(possible) for possible in found) or '<div class="d-quiet">No row describes it.</div>')
    if found:
        st.caption("Shares are by its own rows alone; the run also heard what others say of it.")


def _offer(card: Card, name: str, type_name: str, key: str, *, label: str, shortcut: str) -> None:
    decide_button(
        label, card, key, [TypeDecision(card.item, type_name)],
        f"**{plain(name)} is now: {plain(_words(type_name))}.**",
        icon=":material/check:" if shortcut == "A" else ":material/arrow_forward:", shortcut=shortcut,
        primary=shortcut == "A",
    )  # fmt: skip


def _another(card: Card, name: str, key: str) -> None:
    """Any type, with what it would change."""
    select, button = st.columns([3, 2], vertical_alignment="bottom")
    other = select.selectbox(
        "Another type", get_args(AssetType), index=None, key=f"other/{key}", format_func=_words, placeholder="Choose"
    )
    decided = [TypeDecision(card.item, other or "")]
    with button:
        decide_button(
            "Take this type", card, f"{key}/other", decided,
            f"**{plain(name)} is now: {plain(_words(other or ''))}.**",
            icon=":material/edit:", disabled=not other,
        )  # fmt: skip
    decisions.show_question(card.tenant, f"{key}/other")
    if other and may("viewer"):
        what_if(card.tenant, f"{key}/other/{other}", decided)


def _why(possible: Possible) -> str:
    reasons = "".join(f"<li>{html_text(_reason(reason))}</li>" for reason in possible.reasons[:_REASONS])
    told = f'<ul class="d-why">{reasons}</ul>' if reasons else '<div class="d-quiet">nothing in its rows</div>'
    return f"<div><b>{html_text(_words(possible.classified_type))}</b>, {percent(possible.share)}{told}</div>"


_SAYING = {
    "shape": "which fields its rows have", "name_form": "the form of its name", "mac_prefix": "its network card",
    "product": "the exporting product", "table": "the table's name",
}  # fmt: skip


def _reason(reason: Mapping[str, Any]) -> str:
    value = "" if reason["value"] is None else f": {reason['value']}"
    said = _SAYING.get(reason["field"], _words(reason["field"]))
    return f"{said}{value} (weight {reason['weight']:g})"
