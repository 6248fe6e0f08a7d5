"""Saving decisions about columns, taking them back, and what to ask where somebody else decided otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from discovery_pipeline.services.learning.history import undo
from discovery_pipeline.services.mapping.corrections import Corrected, Decision, correct
from discovery_pipeline.services.mapping.review import ReviewColumn
from discovery_pipeline.store.corrections import CorrectionConflict
from streamlit_app import services, state
from streamlit_app.people import acting
from streamlit_app.widgets import plain

# Which column the page shows: in the URL, and in the session, which knows it first.
COLUMN, SHOWN = "column", "mappings_column"
# What is looked for, as its widgets and the URL call it.
VIEW, FILE, TEXT = "view", "file", "text"
_ADDRESS = "mappings_address"
_ASKED = "overrule_asked"
_SAVED = "saved_last"


@dataclass(frozen=True)
class Question:
    """Whether to overrule. field: wanted. stands, author, number: of the decision that stands. was_faster: it was made
    while this one was on its way."""

    field: str | None
    stands: str | None
    author: str
    number: int
    was_faster: bool


def place_key(column: ReviewColumn) -> str:
    """Which column it is, as one text: names its widgets, and what a run applied."""
    return f"{column.source}/{column.file}/{column.table}/{column.position}"


def decision_of(column: ReviewColumn, field: str | None, reason: str = "") -> Decision:
    """The decision that a column carries a field, or none."""
    return Decision(
        column.file, column.table, column.position, column.header, field, source=column.source, reason=reason
    )


def reason_key(column: ReviewColumn) -> str:
    """The widget in which somebody may say why."""
    return f"reason/{place_key(column)}"


@acting()
def decide(tenant: str, column: ReviewColumn, field: str | None, then: ReviewColumn | None = None) -> None:
    """Save a decision, or ask first where somebody else said otherwise; a failure is told on the next rerun.

    then: the column to go on with once it is saved, None = stay. Does nothing for a column that is not shown any more:
    until the page is drawn anew the browser keeps the buttons of the card before, and their keys.
    """
    if st.session_state.get(SHOWN) != place_key(column):
        return
    stands = column.decided
    if stands and stands.author != state.author() and stands.field != field:
        _ask(column, Question(field, stands.field, stands.author, stands.number, was_faster=False))
    else:
        _save(tenant, column, field, then=then)


@acting()
def overrule(tenant: str, column: ReviewColumn, question: Question) -> None:
    """Save the decision that was asked about, in place of the one that stands."""
    withdraw_question(column)
    _save(tenant, column, question.field, question.number)


def withdraw_question(column: ReviewColumn) -> None:
    """Leave the other person's decision as it is."""
    _questions().pop(place_key(column), None)


def question_about(column: ReviewColumn) -> Question | None:
    """What is asked about a column."""
    return _questions().get(place_key(column))


@acting()
def take_back(tenant: str, column: ReviewColumn, number: int) -> None:
    """Undo a column's decision; what stood before it stands again."""
    undo(services.workspace(), tenant, [number], state.author())
    show_column(column)


@acting()
def take_back_last(tenant: str, columns: Sequence[ReviewColumn], decided: Sequence[Corrected]) -> None:
    """Undo what was decided in one go, and show the first of it. columns: those that were decided about."""
    undo(services.workspace(), tenant, [one.number for one in decided], state.author())
    show_column(columns[0])
    if len(decided) > 1:
        state.notify("success", f"**{len(decided)} decisions are taken back.**")


@acting()
def accept_all(tenant: str, columns: Sequence[ReviewColumn]) -> None:
    """Accept what every one of these columns was taken for, all or none."""
    correct(services.workspace(), tenant, [decision_of(c, c.field) for c in columns], state.author())
    state.notify("success", f"**{len(columns)} columns accepted.** They wait for a run; one click (U) takes all back.")


def show_column(column: ReviewColumn | None) -> None:
    """A button's callback: make it the one that the page shows, and that the URL names."""
    st.session_state[SHOWN] = place_key(column) if column else ""
    state.show_item(COLUMN, st.session_state[SHOWN])
    remember_address()


def remember_address() -> None:
    """Keep what the URL says now: another one comes from the browser, which went back or on."""
    st.session_state[_ADDRESS] = _address()


def shown_as_said() -> bool:
    """Whether the URL is still the one that this page wrote."""
    return bool(st.session_state.get(_ADDRESS) == _address())


def _address() -> tuple[str, ...]:
    return tuple(state.item(name) for name in (VIEW, FILE, TEXT, COLUMN))


def _save(
    tenant: str,
    column: ReviewColumn,
    field: str | None,
    overrules: int | None = None,
    then: ReviewColumn | None = None,
) -> None:
    reason = str(st.session_state.get(reason_key(column)) or "")
    decision = replace(decision_of(column, field, reason), overrules=overrules)
    saved = (tenant, decision, [one.number for one in column.history])
    # A key held down or pressed twice before the page is drawn anew says the same again.
    if st.session_state.get(_SAVED) == saved:
        return
    try:
        correct(services.workspace(), tenant, [decision], state.author())
    except CorrectionConflict as conflict:
        stands = conflict.disagreements[0].stands
        what = stands.what
        _ask(column, Question(field, what.said.get("field"), what.author, stands.number, was_faster=True))
        return
    st.session_state[_SAVED] = saved
    withdraw_question(column)
    show_column(then or column)


def _ask(column: ReviewColumn, question: Question) -> None:
    _questions()[place_key(column)] = question


def _questions() -> dict[str, Question]:
    asked: dict[str, Question] = st.session_state.setdefault(_ASKED, {})
    return asked


def show_question(tenant: str, column: ReviewColumn) -> None:
    """Both choices, where a decision contradicts another person's."""
    asked = question_about(column)
    if asked is None:
        return
    who, key = plain(asked.author), place_key(column)
    faster = f"{who} was faster. " if asked.was_faster else ""
    st.warning(
        f"{faster}**Overrule {who}'s decision?** {who} says {named(asked.stands)}, you say {named(asked.field)}.",
        icon=":material/group:",
    )
    yes, no = st.columns(2)
    yes.button(
        f"Overrule: {asked.field or 'no field'}", key=f"overrule/{key}", width="stretch", type="primary",
        on_click=overrule, args=(tenant, column, asked),
    )  # fmt: skip
    no.button(
        f"Keep {who}'s: {asked.stands or 'no field'}", key=f"keep/{key}", width="stretch",
        on_click=withdraw_question, args=(column,),
    )  # fmt: skip


def named(field: str | None) -> str:
    """A field in a sentence."""
    return f"**{field}**" if field else "**no field**"
