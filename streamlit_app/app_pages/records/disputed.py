"""Values about which sources disagree: every source's word side by side, and one click that settles it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from discovery_pipeline.domain.inventory.values.differences import WATCHED
from discovery_pipeline.files.frames import MissingFrame
from discovery_pipeline.services.inventory.opened import Claim, FieldExplanation, open_asset
from discovery_pipeline.services.inventory.rule_words import WHY, WHY_NOT
from discovery_pipeline.services.learning.deciding.decisions import AnyDecision, AssetValueDecision
from discovery_pipeline.services.learning.waiting import Waiting
from discovery_pipeline.services.records.disputes import dispute_about, disputes, fields_in_dispute
from discovery_pipeline.services.records.pages import SourceRow
from discovery_pipeline.services.run_frames import RunFrames
from streamlit_app import decisions, services, state
from streamlit_app.app_pages.asset.asset_fields import by_value
from streamlit_app.app_pages.records.record_card import Card, Written, decide_button, written_button
from streamlit_app.app_pages.records.record_list import EVERY, Item, Records, Row, counted, show_records
from streamlit_app.asset_words import grouped, in_unit, in_words
from streamlit_app.people import may
from streamlit_app.record_effects import what_if
from streamlit_app.widgets import empty, html_text, percent, plain

# A source's value is taken by its number.
_KEYS = 9
_NOWRAP = "style='white-space:nowrap'"
_HEAD = (
    f"<tr><th>Where</th><th>As written</th><th {_NOWRAP}>As of</th><th {_NOWRAP}>Trust</th>"
    "<th style='min-width:9rem'>Why</th></tr>"
)


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
    told = {EVERY: "The filter *Sources disagree* of the inventory lists the same assets."}
    records = Records(
        "disputes",
        "disputes",
        "Field",
        counted(fields, "every field"),
        "Asset or field",
        partial(disputes, run),
        partial(dispute_about, run),
        partial(_item, waiting),
        told,
    )
    show_records(tenant, records, partial(_card, run))


def _item(waiting: Waiting, row: Row) -> Item:
    decided = waiting.about("value", asset_id=row["asset_id"], field=row["field"]) is not None
    against = " against ".join(plain(grouped(row["field"], str(value))) for value in row["stated"][:3])
    note = f"{plain(in_words(row['field']))}: {against}"
    return Item(f"{row['asset_id']}/{row['field']}", plain(str(row["name"])), note, decided)


@st.cache_data(max_entries=100, show_spinner=False)
def _explained(tenant: str, asset_id: str, field: str, version: str) -> FieldExplanation:  # noqa: ARG001 - keyed by it
    return open_asset(services.frames(tenant), asset_id).field(field)


def _card(run: RunFrames, row: Row, card: Card) -> None:
    asset_id, field = row["asset_id"], row["field"]
    found = _explained(card.tenant, asset_id, field, run.versions["inventory"])
    head, link = st.columns([5, 1.5], vertical_alignment="center")
    head.html(
        f'<div class="d-title">{html_text(str(row["name"]))}: {html_text(in_words(field))}</div>'
        f'<div class="d-quiet">now <b>{html_text(in_unit(field, found.value) or "nothing")}</b>'
        f"{', ' + html_text(found.why) if found.why else ''}<br>What to do: {html_text(_advice(field))}</div>"
    )
    link.button(
        "Open the asset", key=f"open/{asset_id}/{field}", icon=":material/open_in_new:", width="stretch",
        on_click=state.go_to, args=("asset",), kwargs={"asset": asset_id},
    )  # fmt: skip
    key = f"dispute/{asset_id}/{field}"
    stated = by_value([claim for claim in found.claims if not claim.duplicate])
    words = {value: in_unit(field, claims[0].value) for value, claims in stated.items()}
    for number, (value, claims) in enumerate(stated.items(), 1):
        _claims(words[value], claims)
        decide_button(
            f"Take {_short(words[value])}", card, f"{key}/{number}", [AssetValueDecision(asset_id, field, value)],
            _done(row, words[value]), icon=":material/check:",
            shortcut=str(number) if number <= _KEYS else None, primary=any(claim.chosen for claim in claims),
        )  # fmt: skip
        decisions.show_question(card.tenant, f"{key}/{number}")
    _typed(card, row, key)
    if may("viewer"):
        tried = st.segmented_control(
            "What would change with", list(stated), key=f"try/{key}", format_func=lambda value: _short(words[value])
        )
        if tried:
            what_if(card.tenant, f"{key}/{tried}", [AssetValueDecision(asset_id, field, tried)])


def _done(row: Row, value: str) -> str:
    return f"**{plain(str(row['name']))}: {plain(in_words(row['field']))} is {plain(value)}.**"


def _advice(field: str) -> str:
    """What to look at, and what rests on it."""
    return WATCHED[field].advice if field in WATCHED else "ask its owner"


def _claims(value: str, claims: Sequence[Claim]) -> None:
    rows = "".join(
        f"<tr><td>{html_text(str(SourceRow(claim.file, claim.table, claim.row, claim.line)))}</td>"
        f"<td>{_raw(claim)}</td><td {_NOWRAP}>{_seen(claim)}</td><td {_NOWRAP}>{_trust(claim)}</td>"
        f"<td>{html_text(_why(claim))}</td></tr>"
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


def _why(claim: Claim) -> str:
    return WHY.get(claim.rule or "") or WHY_NOT.get(claim.rule or "") or ""


def _typed(card: Card, row: Row, key: str) -> None:
    """A value that no source says."""
    value, button = st.columns([3, 2], vertical_alignment="bottom")
    value.text_input("Another value", key=f"typed/{key}", placeholder="What no source says")
    written = Written(f"typed/{key}", partial(_as_written, row["asset_id"], row["field"]), partial(_done, row))
    with button:
        written_button("Take this value", card, f"{key}/typed", written, icon=":material/edit:")
    decisions.show_question(card.tenant, f"{key}/typed")
    if written.text and may("viewer"):
        what_if(card.tenant, f"{key}/typed", written.decided(written.text))


def _as_written(asset_id: str, field: str, text: str) -> list[AnyDecision]:
    return [AssetValueDecision(asset_id, field, text)]


def _short(text: str) -> str:
    return plain(text if len(text) <= 40 else f"{text[:39]}…")
