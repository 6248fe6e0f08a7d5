"""One column under review: what it holds, what it could be, why; each answer is one click and saved at once."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from discovery_pipeline.services.learning.preview.proposed import Proposed
from discovery_pipeline.services.mapping.reasons import reasons_of
from discovery_pipeline.services.mapping.review import Candidate, ReviewColumn, fields_of
from streamlit_app import services
from streamlit_app.app_pages.mappings.profile import history_html, place_html, values_html
from streamlit_app.deciding import (
    decide,
    decision_of,
    named,
    place_key,
    question_about,
    reason_key,
    show_question,
    take_back,
)
from streamlit_app.effects import proposal, show_at_once, show_consequences
from streamlit_app.evidence import decided_by, in_words, says_something
from streamlit_app.people import may
from streamlit_app.widgets import clock, guarded, html_text, percent, plain

SHOWN_CANDIDATES = 4
# Of what a run chose, and of every other candidate.
SHOWN_REASONS, SHOWN_OF_OTHERS = 3, 2
# In place of a field, in the choice of what to preview.
_NO_FIELD, _UNDONE = "no field", "undo the decision"


def show_card(tenant: str, column: ReviewColumn, then: ReviewColumn | None) -> None:
    """The card of one column. then: the column that a decision goes on to."""
    with st.container(border=True, key="mapping_card"):
        st.html(place_html(column) + f'<div class="d-stake">{html_text(column.stake.words)}</div>')
        choice, what = st.columns([1.15, 1], gap="medium")
        with choice, st.container(gap="xsmall"):
            _choice(tenant, column, then)
        with what:
            st.html(values_html(column))
            _preview(tenant, column)
            st.html(history_html(column)) if column.history else None


@guarded
def _preview(tenant: str, column: ReviewColumn) -> None:
    """What another choice would change in the column at once, and after a run."""
    likely = [candidate.field for candidate in column.candidates[:SHOWN_CANDIDATES]]
    fields = [*likely, *(field.field for field in fields_of(column.record) if field.field not in likely)]
    wanted = next((field for field in likely if field != column.field), None)
    choices = [*([_UNDONE] if column.decided else []), *fields, _NO_FIELD]
    key = f"if/{place_key(column)}"
    chosen = st.selectbox("What would change if it were", choices, index=choices.index(wanted or _NO_FIELD), key=key)
    proposed = _proposed(tenant, column, chosen)
    show_at_once(tenant, proposed)
    # A button, not a switch: while a switch has the focus no key decides.
    asked = f"asked/{place_key(column)}"
    if st.session_state.get(asked) == proposed.key:
        show_consequences(tenant, proposed)
    else:
        st.button(
            "Compute what follows from it", key=f"preview/{place_key(column)}", type="tertiary",
            icon=":material/account_tree:", help="Assets, dependencies and strategies. Nothing is saved.",
            on_click=st.session_state.__setitem__, args=(asked, proposed.key),
        )  # fmt: skip


def _proposed(tenant: str, column: ReviewColumn, chosen: str) -> Proposed:
    if chosen == _UNDONE and column.decided:
        return Proposed(undone=frozenset([column.decided.number]))
    return proposal(tenant, [decision_of(column, None if chosen == _NO_FIELD else chosen)])


@guarded
def _choice(tenant: str, column: ReviewColumn, then: ReviewColumn | None) -> None:
    _decided(tenant, column)
    show_question(tenant, column)
    _answers(tenant, column, then)
    why = reasons_of(services.workspace(), tenant, column.table_no, column.position)
    for number, candidate in enumerate(column.candidates[:SHOWN_CANDIDATES], start=1):
        _candidate(tenant, column, candidate, number, why, then)
    if not column.candidates:
        st.html('<div class="d-quiet">Nothing speaks for a field.</div>')
    _others(tenant, column, then)


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
            disabled=not may("analyst"),
            on_click=take_back,
            args=(tenant, column, stands.number),
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


def _answers(tenant: str, column: ReviewColumn, then: ReviewColumn | None) -> None:
    """Yes to what the run made of it, no field at all, and why, for who wants to say so."""
    accept, unmap = st.columns([3, 2], vertical_alignment="bottom")
    accept.button(
        f"Accept {column.field or 'no field'}",
        key=f"accept/{place_key(column)}",
        help=f"It was taken for {column.field or 'nothing'} by {decided_by(column.method)}.",
        icon=":material/check:",
        type="secondary" if column.decided or question_about(column) else "primary",
        width="stretch",
        shortcut="A",
        disabled=not may("analyst"),
        on_click=decide,
        args=(tenant, column, column.field, then),
    )
    unmap.button(
        "No field",
        key=f"unmap/{place_key(column)}",
        help="The column carries nothing the inventory knows.",
        icon=":material/block:",
        width="stretch",
        shortcut="N",
        disabled=not may("analyst"),
        on_click=decide,
        args=(tenant, column, None, then),
    )
    st.text_input(
        "Why, if you like", key=reason_key(column), placeholder="Why, if you like", label_visibility="collapsed",
        disabled=not may("analyst"), help="Recorded with the decision.",
    )  # fmt: skip


def _candidate(
    tenant: str,
    column: ReviewColumn,
    candidate: Candidate,
    number: int,
    why: Mapping[str, tuple[str, ...]],
    then: ReviewColumn | None,
) -> None:
    """A button that takes the candidate, its confidence as figure and bar, and what speaks for it and against."""
    wanted = column.decided.field if column.decided else None
    button, bar = st.columns([3, 2], vertical_alignment="center")
    button.button(
        candidate.field,
        key=f"take/{place_key(column)}/{candidate.field}",
        help=_described(candidate),
        icon=":material/check_circle:" if candidate.field == wanted else None,
        width="stretch",
        shortcut=str(number),
        disabled=not may("analyst"),
        on_click=decide,
        args=(tenant, column, candidate.field, then),
    )
    bar.html(
        f'<div class="d-quiet">{percent(candidate.confidence)}</div>'
        f'<div class="d-bar"><i style="width:{candidate.confidence:.0%}"></i></div>'
    )
    reasons, most = why.get(candidate.field, ()), SHOWN_OF_OTHERS
    if candidate.field == column.field:
        reasons, most = column.why, SHOWN_REASONS
    told = "".join(f"<li>{html_text(in_words(reason))}</li>" for reason in [*filter(says_something, reasons)][:most])
    st.html(f'<ul class="d-why">{told}</ul>' if told else '<div class="d-quiet">Only its likeness speaks for it.</div>')


def _others(tenant: str, column: ReviewColumn, then: ReviewColumn | None) -> None:
    """Every other field of the record kind with its description."""
    shown = {candidate.field for candidate in column.candidates[:SHOWN_CANDIDATES]}
    others = {field.field: field for field in fields_of(column.record) if field.field not in shown}
    key = f"other/{place_key(column)}"
    st.selectbox(
        "Another field",
        list(others),
        index=None,
        key=key,
        format_func=lambda name: f"{name} - {others[name].description}",
        placeholder="Another field ...",
        label_visibility="collapsed",
        disabled=not may("analyst"),
        on_change=_decide_selected,
        args=(tenant, column, key, then),
    )


def _decide_selected(tenant: str, column: ReviewColumn, key: str, then: ReviewColumn | None) -> None:
    """Take the field of the select box and empty the box: the card shows what waits."""
    if st.session_state[key]:
        decide(tenant, column, st.session_state[key], then)
        st.session_state[key] = None


def _described(field: Candidate) -> str:
    return f"{field.description} Stored in {field.unit}." if field.unit else field.description
