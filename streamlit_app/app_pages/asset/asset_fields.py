"""An asset's fields: each value with where it came from and why; every source's word on one, and its correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from discovery_pipeline.services.inventory.opened import Claim, FieldExplanation, OpenedAsset
from discovery_pipeline.services.inventory.rule_words import WHY, WHY_NOT
from discovery_pipeline.services.learning.deciding.asset_values import written
from discovery_pipeline.services.learning.deciding.decisions import AssetValueDecision
from streamlit_app import decisions, state
from streamlit_app.asset_words import as_text, in_words
from streamlit_app.people import may
from streamlit_app.record_effects import what_if
from streamlit_app.widgets import html_text, percent, plain, selected_row

_HEIGHT = 430


def show_fields(tenant: str, opened: OpenedAsset) -> None:
    """The table of fields, and beside it the one chosen: by a click, by the URL, else the first."""
    found = opened.fields
    if not found:
        st.info("No source states anything about it: other records only name it.")
        return
    table, card = st.columns([3, 2], gap="medium")
    with table:
        disputed = sum(field.disputed for field in found)
        st.caption(f"{len(found)} fields; sources disagree on {disputed}. Click one for every source's word on it.")
        event: Any = st.dataframe(
            pd.DataFrame(map(_field_row, found)),
            key=f"fields/{opened.asset_id}",
            hide_index=True,
            height=min(38 + 35 * len(found), _HEIGHT),
            on_select="rerun",
            selection_mode=["single-row", "single-cell"],
            placeholder="",
            alt="Fields of the asset",
        )
    clicked = selected_row(event, len(found))
    names = [field.field for field in found]
    chosen = names[clicked] if clicked is not None else state.item("field")
    chosen = chosen if chosen in names else names[0]
    if clicked is not None:
        state.show_item("field", chosen)
    with card, st.container(border=True):
        _card(tenant, opened, chosen)


def _field_row(field: FieldExplanation) -> dict[str, str]:
    winner = next((claim for claim in field.claims if claim.chosen), None)
    return {
        "Field": in_words(field.field),
        "Value": as_text(field.value),
        "Disputed": "yes" if field.disputed else "",
        "From": place(winner) if winner else "",
        "Because": field.why or (field.rule or "").replace("_", " "),
    }


def place(claim: Claim) -> str:
    """Row as the contract counts it: from 0, after the header."""
    line = f", line {claim.line}" if claim.line is not None else ""
    return f"{claim.file} › {claim.table} › row {claim.row}{line}"


def _card(tenant: str, opened: OpenedAsset, name: str) -> None:
    """Competing claims one below the other, with the cells behind each; a claim can be taken, another value written."""
    field = opened.field(name)
    disputed = " · sources disagree" if field.disputed else ""
    st.html(
        f"<div class='d-title'>{html_text(in_words(name))}: {html_text(as_text(field.value) or 'nothing')}</div>"
        f"<div class='d-quiet'>{html_text(field.why or (field.rule or '').replace('_', ' '))}{disputed}"
        f"{', ' + html_text(field.told) if field.told else ''}</div>"
    )
    key = f"value/{opened.asset_id}/{name}"
    for number, (value, claims) in enumerate(by_value(field.claims).items()):
        st.html(_claims_html(value, claims))
        chosen = all(claim.chosen for claim in claims)
        if not chosen and may("analyst"):
            st.button(
                f"Take {plain(value[:40])}", key=f"{key}/take/{number}", icon=":material/check:",
                on_click=_correct, args=(tenant, opened.asset_id, opened.name, name, value),
            )  # fmt: skip
    _write(tenant, opened, field, key)
    decisions.show_question(tenant, key)


def by_value(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    """The claims by what they say, as it is written in a decision; what was chosen first."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(written(claim.value) or "", []).append(claim)
    return dict(sorted(found.items(), key=lambda item: not any(claim.chosen for claim in item[1])))


def _claims_html(value: str, claims: Sequence[Claim]) -> str:
    mark = "✓" if any(claim.chosen for claim in claims) else "–"
    told = "".join(f"<li>{_claim_html(claim)}</li>" for claim in claims)
    return f"<div>{mark} <span class='d-chip'>{html_text(value)}</span></div><ul class='d-why'>{told}</ul>"


def _claim_html(claim: Claim) -> str:
    """Place, raw text, steps, what it counts, why it won or lost."""
    parts = [f"<b>{html_text(place(claim))}</b>"]
    for cell in [cell for cell in claim.cells if cell.used] or claim.cells:
        steps = " → ".join(f"{html_text(s.after or 'nothing')} ({html_text(_words(s.rule))})" for s in cell.steps)
        raw = f"{html_text(cell.header)}: <span class='d-chip'>{html_text(cell.raw)}</span>"
        parts.append(f"{raw}{' → ' + steps if steps else ''}")
    if claim.standing:
        seen = f"as of {claim.standing.seen:%Y-%m-%d}" if claim.standing.seen else "no date"
        parts.append(f"{html_text(claim.standing.kind)}, {seen}, trust {percent(claim.standing.trust)}")
    parts.append(html_text(", ".join(filter(None, (_why(claim), "repeated" if claim.duplicate else "")))))
    return "<br>".join(filter(None, parts))


def _why(claim: Claim) -> str:
    code = claim.rule or ""
    return WHY.get(code, _words(code)) if claim.chosen else WHY_NOT.get(code, _words(code))


def _words(code: str) -> str:
    return code.replace("_", " ")


def _write(tenant: str, opened: OpenedAsset, field: FieldExplanation, key: str) -> None:
    """Another value than any source has."""
    if not may("analyst"):
        return
    text = st.text_input(
        "Another value", key=f"{key}/text", placeholder="As the schema writes it; items of a list by ;"
    )
    st.text_input("Reason", key=f"{key}/reason", placeholder="For who reads it later")
    asset, name = opened.asset_id, field.field
    with st.container(horizontal=True):
        st.button(
            "Correct", key=f"{key}/write", type="primary", icon=":material/edit:",
            on_click=_correct_as_written, args=(tenant, asset, opened.name, name),
        )  # fmt: skip
        st.button(
            "It has none", key=f"{key}/none", disabled=field.value is None, on_click=_correct,
            args=(tenant, asset, opened.name, name, None),
        )  # fmt: skip
    if text.strip():
        what_if(tenant, key, [AssetValueDecision(asset, name, text.strip())])


def _correct_as_written(tenant: str, asset: str, called: str, field: str) -> None:
    """A button's callback: what the box says at this moment, which the page may not have been drawn with."""
    text = str(st.session_state.get(f"value/{asset}/{field}/text") or "").strip()
    if text:
        _correct(tenant, asset, called, field, text)
    else:
        state.notify("error", "**Nothing is written.** Say first what the value should be.")


def _correct(tenant: str, asset: str, called: str, field: str, value: str | None) -> None:
    key = f"value/{asset}/{field}"
    reason = str(st.session_state.get(f"{key}/reason", "")).strip()
    done = f"**{plain(called)}: {plain(in_words(field))} is {plain(value or 'nothing')}.**"
    decisions.decide(tenant, key, [AssetValueDecision(asset, field, value, reason=reason)], done)
