"""Decisions of any kind from any page: recorded at once, asked about first where somebody else decided otherwise.

Keep out: decisions about columns (deciding.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from discovery_pipeline.domain.learning.corrections import Correction, NewCorrection
from discovery_pipeline.services.learning.deciding import decide as deciding
from discovery_pipeline.services.learning.deciding.decisions import AnyDecision
from discovery_pipeline.services.learning.deciding.words import about, in_words
from discovery_pipeline.services.learning.history import undo
from discovery_pipeline.services.learning.waiting import Waiting, waiting
from discovery_pipeline.store.corrections import CorrectionConflict, Disagreement
from streamlit_app import services, state
from streamlit_app.apply_bar import waiting_bar as show_waiting
from streamlit_app.people import acting, may, say_who_decides
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
    record(tenant, key, decisions, done)


def record(tenant: str, key: str, decisions: Sequence[AnyDecision], done: str) -> bool:
    """The same inside a callback of another; False where somebody else decided otherwise, which is then asked about.

    Raises UsageError for what can't be decided.
    """
    try:
        deciding.decide(services.workspace(), tenant, decisions, state.author())
    except CorrectionConflict as conflict:
        _asked()[key] = Asked(tuple(decisions), conflict.disagreements, done)
        return False
    _asked().pop(key, None)
    state.notify("success", f"{done} It waits for a run.")
    return True


@acting()
def take_back(tenant: str, numbers: Sequence[int], done: str) -> None:
    """A button's callback: undo decisions; what stood before them stands again."""
    undo(services.workspace(), tenant, numbers, state.author())
    state.notify("success", done)


def waiting_bar(tenant: str) -> Waiting:
    """What waits for a run, the button that applies it, and the one that takes the person's last decision back.

    For any page; returns what waits.
    """
    say_who_decides()
    found = waiting(services.workspace(), tenant)
    show_waiting(tenant, found)
    last = found.last_of(state.author())
    if last:
        _last(tenant, last)
    return found


def _last(tenant: str, last: Sequence[Correction]) -> None:
    """The button takes back all that one click decided."""
    what, numbers = last[0].what, [each.number for each in last]
    more = f" and {len(last) - 1:,} more" if len(last) > 1 else ""
    named = f"correction {numbers[0]}" if len(last) == 1 else f"corrections {numbers[0]} to {numbers[-1]}"
    done = (
        "**Taken back.** What stood before stands again."
        if not more
        else f"**{len(last):,} corrections are taken back.**"
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right"):
        st.caption(f"Your last: {plain(_said(what))}{more}", width="stretch")
        st.button(
            "Undo the last",
            key=f"undo_last/{numbers[-1]}",
            icon=":material/undo:",
            shortcut="U",
            disabled=not may("analyst"),
            help=f"Takes back {named}; what stood before stands again.",
            on_click=take_back,
            args=(tenant, numbers, done),
        )


def show_question(tenant: str, key: str) -> None:
    """Both choices, where the decisions under this key contradict another person's."""
    asked = _asked().get(key)
    if asked is None:
        return
    first = asked.disagreements[0].stands
    who, more = plain(first.what.author), len(asked.disagreements) - 1
    others = f" and {more:,} more" if more else ""
    st.warning(
        f"**{who} decided otherwise** at {clock(first.made_at)}: {plain(_said(first.what))}{others} (correction "
        f"{first.number}).",
        icon=":material/group:",
    )
    with st.container(horizontal=True):
        st.button("Overrule", key=f"overrule/{key}", type="primary", on_click=_overrule, args=(tenant, key, asked))
        st.button(f"Keep {who}'s", key=f"keep/{key}", on_click=_withdraw, args=(key,))


def _said(what: NewCorrection) -> str:
    return f"{about(what, with_ids=False)}: {in_words(what, what.said)}"


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
