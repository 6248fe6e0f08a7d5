"""Values about which sources disagree: every source's word side by side, and one click that settles it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from discovery_pipeline.domain.inventory.values.differences import WATCHED
from discovery_pipeline.files.frames import MissingFrame
from discovery_pipeline.services.inventory.opened import Claim, FieldExplanation, open_asset
from discovery_pipeline.services.learning.deciding.asset_values import written
from discovery_pipeline.services.learning.deciding.decisions import AssetValueDecision
from discovery_pipeline.services.learning.waiting import Waiting
from discovery_pipeline.services.records.disputes import disputes, fields_in_dispute
from discovery_pipeline.services.run_frames import RunFrames
from streamlit_app import decisions, services, state
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
from streamlit_app.people import may
from streamlit_app.record_effects import what_if
from streamlit_app.widgets import empty, html_text, percent, plain

ALL = "every field"
# A source's value is taken by its number.
_KEYS = 9
_HEAD = "<tr><th>Where</th><th>As written</th><th>As of</th><th>Trust</th><th>Why</th></tr>"


def show_disputed(tenant: str, run: RunFrames, waiting: Waiting) -> None:
    """The disputes, those most worth settling first, and the card of one."""
    try:
        fields = dict(fields_in_dispute(run))
    except MissingFrame:
        empty("The disputes are not listed yet", "The next run lists them.", f"discovery run {tenant}")
        return
    if not fields:
        st.success("Sources agree, or somebody decided.", icon=":material/check:")
        return
    choose, search = st.columns([3, 2], vertical_alignment="bottom")
    names = [ALL, *fields]
    field = choose.selectbox("Field", names, key=f"disputed/{tenant}", format_func=lambda name: _counted(name, fields))
    text = search.text_input("Search", key=f"find_disputed/{tenant}", placeholder="Asset or field")
    wanted = None if field == ALL else field
    places = st.columns([2, 5], gap="medium")
    with places[0]:
        page, listed = paged(f"disputes/{tenant}", (field, text), "disputes", partial(disputes, run, wanted, text))
        if not listed:
            st.info("No dispute matches. Search for less.")
            return
        rows = linked(listed, _key, lambda word: disputes(run, None, word, 0, PER_PAGE).rows.to_dicts())
        items = [_item(row, waiting) for row in rows]
        place = chosen(items)
        show_list(items, place, page)
    with places[1], st.container(border=True):
        _card(tenant, run, rows[place], items, place)


def _counted(name: str, fields: Mapping[str, int]) -> str:
    count = sum(fields.values()) if name == ALL else fields.get(name, 0)
    return f"{name.replace('_', ' ').capitalize()} ({count:,})"


def _key(row: Mapping[str, Any]) -> str:
    return f"{row['asset_id']}/{row['field']}"


def _item(row: Mapping[str, Any], waiting: Waiting) -> Item:
    decided = waiting.about("value", asset_id=row["asset_id"], field=row["field"]) is not None
    against = " against ".join(plain(str(value)) for value in row["stated"][:3])
    note = f"{plain(row['field'])}: {against}"
    return Item(_key(row), plain(str(row["name"])), note, decided)


@st.cache_data(max_entries=100, show_spinner=False)
def _explained(tenant: str, asset_id: str, field: str, version: str) -> FieldExplanation:  # noqa: ARG001 - keyed by it
    return open_asset(services.frames(tenant), asset_id).field(field)


def _card(tenant: str, run: RunFrames, row: Mapping[str, Any], items: Sequence[Item], place: int) -> None:
    asset_id, field = row["asset_id"], row["field"]
    found = _explained(tenant, asset_id, field, run.versions["inventory"])
    head, link = st.columns([5, 1.5], vertical_alignment="center")
    head.html(
        f'<div class="d-title">{html_text(str(row["name"]))}: {html_text(field.replace("_", " "))}</div>'
        f'<div class="d-quiet">now <b>{html_text(written(found.value) or "nothing")}</b>'
        f"{', ' + html_text(found.why) if found.why else ''}<br>What to do: {html_text(_advice(field))}</div>"
    )
    link.button(
        "Open the asset", key=f"open/{asset_id}/{field}", icon=":material/open_in_new:", width="stretch",
        on_click=state.go_to, args=("asset",), kwargs={"asset": asset_id},
    )  # fmt: skip
    key, card = f"dispute/{asset_id}/{field}", card_of(tenant, items, place)
    stated = _by_value(found.claims)
    for number, (value, claims) in enumerate(stated.items(), 1):
        _claims(value, claims)
        decide_button(
            f"Take {_short(value)}", card, f"{key}/{number}", [AssetValueDecision(asset_id, field, value)],
            f"**{plain(str(row['name']))}: {plain(field)} is {plain(value)}.**", icon=":material/check:",
            shortcut=str(number) if number <= _KEYS else None, primary=any(claim.chosen for claim in claims),
        )  # fmt: skip
        decisions.show_question(tenant, f"{key}/{number}")
    _typed(card, row, key)
    if may("viewer"):
        tried = st.segmented_control("What would change with", list(stated), key=f"try/{key}", format_func=_short)
        if tried:
            what_if(tenant, f"{key}/{tried}", [AssetValueDecision(asset_id, field, tried)])


def _advice(field: str) -> str:
    """What to look at, and what rests on it."""
    return WATCHED[field].advice if field in WATCHED else "ask its owner"


def _by_value(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    """The claims by what they say, what was chosen first; exact repeats once."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        if not claim.duplicate:
            found.setdefault(written(claim.value) or "", []).append(claim)
    return dict(sorted(found.items(), key=lambda item: not any(claim.chosen for claim in item[1])))


def _claims(value: str, claims: Sequence[Claim]) -> None:
    rows = "".join(
        f"<tr><td>{html_text(claim.file)} › {html_text(claim.table)} › "
        f"{'line ' + format(claim.line, ',') if claim.line is not None else 'row ' + format(claim.row, ',')}</td>"
        f"<td>{_raw(claim)}</td><td>{_seen(claim)}</td><td>{_trust(claim)}</td>"
        f"<td>{html_text((claim.rule or '').replace('_', ' '))}</td></tr>"
        for claim in claims
    )
    chosen_now = " · taken now" if any(claim.chosen for claim in claims) else ""
    st.html(
        f'<div><span class="d-chip">{html_text(value)}</span><span class="d-quiet">said by {len(claims):,} '
        f"row{'' if len(claims) == 1 else 's'}{chosen_now}</span></div>"
        f'<table class="d-table">{_HEAD}{rows}</table>'
    )


def _raw(claim: Claim) -> str:
    """The text of the cells that were read."""
    texts = dict.fromkeys(cell.raw for cell in claim.cells if cell.used)
    return html_text(" | ".join(texts)) or '<span class="d-quiet">derived</span>'


def _seen(claim: Claim) -> str:
    standing = claim.standing
    if standing is None or standing.seen is None:
        return '<span class="d-quiet">unknown</span>'
    late = f" ({standing.days_behind:,} days behind)" if standing.days_behind else ""
    return f"{standing.seen:%d %b %Y}{late}"


def _trust(claim: Claim) -> str:
    return '<span class="d-quiet">unknown</span>' if claim.standing is None else percent(claim.standing.trust)


def _typed(card: Card, row: Mapping[str, Any], key: str) -> None:
    """A value that no source says."""
    asset_id, field = row["asset_id"], row["field"]
    value, button = st.columns([3, 2], vertical_alignment="bottom")
    text = value.text_input("Another value", key=f"typed/{key}", placeholder="What no source says").strip()
    decided = [AssetValueDecision(asset_id, field, text)]
    with button:
        decide_button(
            "Take this value", card, f"{key}/typed", decided,
            f"**{plain(str(row['name']))}: {plain(field)} is {plain(text)}.**",
            icon=":material/edit:", disabled=not text,
        )  # fmt: skip
    decisions.show_question(card.tenant, f"{key}/typed")
    if text and may("viewer"):
        what_if(card.tenant, f"{key}/typed", decided)


def _short(text: str) -> str:
    return plain(text if len(text) <= 40 else f"{text[:39]}…")
