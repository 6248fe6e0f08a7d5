"""Decisions of any kind from any page: recorded at once, asked about first where somebody else decided otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from discovery_pipeline.services.learning.deciding import decide as deciding
from discovery_pipeline.services.learning.deciding.decisions import AnyDecision
from discovery_pipeline.services.learning.history import undo
from discovery_pipeline.store.corrections import CorrectionConflict, Disagreement
from streamlit_app import services, state
from streamlit_app.people import acting
from streamlit_app.widgets import clock, plain

_ASKED = "asked_before_overruling"


@dataclass(frozen=True)
class Asked:
    """Decisions that contradict somebody else's. done: what to say once they are recorded."""

    decisions: tuple[AnyDecision, ...]
    disagreements: tuple[Disagreement, ...]
    done: str


@acting()
def decide(tenant: str, key: str, decisions: Sequence[AnyDecision], done: str) -> None:
    """A button's callback: record all or none. key: of the place where a question about them is shown."""
    try:
        deciding.decide(services.workspace(), tenant, decisions, state.author())
    except CorrectionConflict as conflict:
        _asked()[key] = Asked(tuple(decisions), conflict.disagreements, done)
        return
    _asked().pop(key, None)
    state.notify("success", f"{done} It waits for a run.")


@acting()
def take_back(tenant: str, numbers: Sequence[int], done: str) -> None:
    """A button's callback: undo decisions; what stood before them stands again."""
    undo(services.workspace(), tenant, numbers, state.author())
    state.notify("success", done)


def show_question(tenant: str, key: str) -> None:
    """Both choices, where the decisions under this key contradict another person's."""
    asked = _asked().get(key)
    if asked is None:
        return
    first = asked.disagreements[0].stands
    who, more = plain(first.what.author), len(asked.disagreements) - 1
    others = f" and {more:,} more" if more else ""
    st.warning(
        f"**{who} decided otherwise** at {clock(first.made_at)}: {plain(str(asked.disagreements[0]))}{others}.",
        icon=":material/group:",
    )
    with st.container(horizontal=True):
        st.button("Overrule", key=f"overrule/{key}", type="primary", on_click=_overrule, args=(tenant, key, asked))
        st.button(f"Keep {who}'s", key=f"keep/{key}", on_click=_withdraw, args=(key,))


@acting()
def _overrule(tenant: str, key: str, asked: Asked) -> None:
    deciding.decide(services.workspace(), tenant, asked.decisions, state.author(), overrule=True)
    _withdraw(key)
    state.notify("success", f"{asked.done} It waits for a run.")


def _withdraw(key: str) -> None:
    _asked().pop(key, None)


def _asked() -> dict[str, Asked]:
    questions: dict[str, Asked] = st.session_state.setdefault(_ASKED, {})
    return questions
