"""One column under review: what it holds, what it could be, why; each answer is one click and saved at once."""

from __future__ import annotations

import streamlit as st

from discovery_pipeline.services.learning.deciding.decide import prepare
from discovery_pipeline.services.learning.preview.proposed import Proposed
from discovery_pipeline.services.mapping.review import Candidate, FieldChoice, ReviewColumn, fields_of
from streamlit_app import services, state
from streamlit_app.deciding import decide, decision_of, named, place_key, show_question, take_back
from streamlit_app.effects import show_effects
from streamlit_app.evidence import decided_by, in_words
from streamlit_app.widgets import clock, guarded, html_text, percent, plain

SHOWN_CANDIDATES = 4
SHOWN_REASONS = 6
# In place of a field, in the choice of what to preview.
_NO_FIELD, _UNDONE = "no field", "undo the decision"


def show_card(tenant: str, column: ReviewColumn) -> None:
    """The card of one column."""
    with st.container(border=True):
        what, choice, why = st.columns([3.2, 4, 3.2], gap="medium")
        with what:
            _what(column)
        with choice, st.container(gap="xsmall"):
            _choice(tenant, column)
        with why:
            _why(column)
        if choice.toggle("What would change", key=f"preview/{place_key(column)}", help="Before anything is saved."):
            _preview(tenant, column)


@guarded
def _preview(tenant: str, column: ReviewColumn) -> None:
    """What another choice would change in the column at once, and after a run."""
    fields = [candidate.field for candidate in column.candidates[:SHOWN_CANDIDATES]]
    fields += [name for name in (field.field for field in fields_of(column.record)) if name not in fields]
    wanted = next((field for field in fields if field != column.field), None)
    choices = [*([_UNDONE] if column.decided else []), *fields, _NO_FIELD]
    key = f"if/{place_key(column)}"
    chosen = st.selectbox("If it were", choices, index=choices.index(wanted or _NO_FIELD), key=key)
    if chosen == _UNDONE and column.decided:
        show_effects(tenant, Proposed(undone=frozenset([column.decided.number])))
        return
    decision = decision_of(column, None if chosen == _NO_FIELD else chosen)
    prepared = prepare(services.workspace(), tenant, [decision], state.author())
    show_effects(tenant, Proposed(prepared.corrections, prepared.tables))


def _what(column: ReviewColumn) -> None:
    header = html_text(column.header) or "<i>no header</i>"
    chips = "".join(f'<span class="d-chip">{html_text(sample)}</span>' for sample in column.samples)
    place = f"{html_text(column.file)} › {html_text(column.table)} · column {column.position + 1}"
    counts = f"{column.filled:,} of {column.rows:,} rows filled · {column.distinct:,} distinct"
    st.html(
        f'<div class="d-title" title="{html_text(column.header)}">{header}</div>'
        f'<div class="d-quiet">{place}<br>{counts}</div>'
        f'<div style="margin-top:.35rem">{chips or "<span class=d-quiet>every cell is empty</span>"}</div>'
    )


def _choice(tenant: str, column: ReviewColumn) -> None:
    _decided(tenant, column)
    show_question(tenant, column)
    for candidate in column.candidates[:SHOWN_CANDIDATES]:
        _candidate(tenant, column, candidate)
    _others(tenant, column)


def _decided(tenant: str, column: ReviewColumn) -> None:
    """What waits for a run, or else who decided, and the button that takes it back."""
    waiting, stands = column.waiting, column.decided
    if not waiting and not stands:
        return
    text, button = st.columns([4, 1.4], vertical_alignment="center")
    if waiting:
        text.info(f"Waits for a run: {_words(column)}", icon=":material/schedule:")
    elif stands:
        text.caption(f"{named(stands.field)}, decided by {plain(stands.author)}, {clock(stands.made_at)}")
    if stands:
        button.button(
            "Undo",
            key=f"undo/{place_key(column)}",
            help=f"Takes back correction {stands.number}; what stood before it stands again.",
            icon=":material/undo:",
            width="stretch",
            on_click=take_back,
            args=(tenant, stands.number),
        )


def _words(column: ReviewColumn) -> str:
    waiting, stands = column.waiting, column.decided
    if waiting is None:
        return ""
    who, when = plain(waiting.author), clock(waiting.made_at)
    if waiting.action != "undone":
        return f"{named(waiting.field)}, decided by {who}, {when}"
    again = f"{named(stands.field)} by {plain(stands.author)} stands again" if stands else "what the run finds itself"
    return f"undone by {who}, {when}; {again}"


def _candidate(tenant: str, column: ReviewColumn, candidate: Candidate) -> None:
    """A button that takes the candidate, its confidence as figure and bar."""
    wanted = column.decided.field if column.waiting and column.decided else None
    accepts = candidate.field == column.field
    button, bar = st.columns([3, 2], vertical_alignment="center")
    button.button(
        f"Accept {candidate.field}" if accepts else candidate.field,
        key=f"take/{place_key(column)}/{candidate.field}",
        help=_described(candidate),
        icon=":material/check:" if accepts else ":material/arrow_forward:",
        type="primary" if candidate.field == wanted else "secondary",
        width="stretch",
        on_click=decide,
        args=(tenant, column, candidate.field),
    )
    bar.html(
        f'<div class="d-quiet">{percent(candidate.confidence)}</div>'
        f'<div class="d-bar"><i style="width:{candidate.confidence:.0%}"></i></div>'
    )


def _others(tenant: str, column: ReviewColumn) -> None:
    """Every other field of the record kind with its description, and no field at all."""
    shown = {candidate.field for candidate in column.candidates[:SHOWN_CANDIDATES]}
    others = {field.field: field for field in fields_of(column.record) if field.field not in shown}
    key = f"other/{place_key(column)}"
    select, unmap = st.columns([3, 2], vertical_alignment="center")
    select.selectbox(
        "Another field",
        list(others),
        index=None,
        key=key,
        format_func=lambda name: f"{name} - {others[name].description}",
        placeholder="Another field ...",
        label_visibility="collapsed",
        on_change=_decide_selected,
        args=(tenant, column, key),
    )
    unmap.button(
        "No field",
        key=f"unmap/{place_key(column)}",
        help="The column carries nothing the inventory knows.",
        icon=":material/block:",
        width="stretch",
        on_click=decide,
        args=(tenant, column, None),
    )


def _decide_selected(tenant: str, column: ReviewColumn, key: str) -> None:
    """Take the field of the select box and empty the box: the card shows what waits."""
    if st.session_state[key]:
        decide(tenant, column, st.session_state[key])
        st.session_state[key] = None


def _why(column: ReviewColumn) -> None:
    if column.field:
        now = (
            f"Taken for <b>{column.field}</b>, {percent(column.confidence)}, by {html_text(decided_by(column.method))}"
        )
    else:
        now = "Taken for nothing"
    reasons = "".join(f"<li>{html_text(in_words(reason))}</li>" for reason in column.why[:SHOWN_REASONS])
    weak = "What speaks for its candidates is too weak." if column.candidates else "Nothing speaks for a field."
    told = f'<ul class="d-why">{reasons}</ul>' if reasons else f'<div class="d-quiet">{weak}</div>'
    st.html(f'<div style="font-size:.9rem">{now}</div>{told}')


def _described(field: Candidate | FieldChoice) -> str:
    return f"{field.description} Stored in {field.unit}." if field.unit else field.description
