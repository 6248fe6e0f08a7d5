"""The record that is shown: which it is, and deciding about it.

Keep out: the list beside it (record_list), what stands on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.learning.deciding.decisions import AnyDecision
from streamlit_app import decisions, state
from streamlit_app.people import acting, may

ITEM = "item"
_SHOWN = "records_item"


@dataclass(frozen=True)
class Card:
    """The item that is shown. then: the item that comes by itself after a decision; "" = none is left."""

    tenant: str
    item: str
    then: str


def shown() -> str:
    """The item on the card: that the URL names, else the last one drawn; "" before any was."""
    return state.item(ITEM) or str(st.session_state.get(_SHOWN, ""))


def choose(key: str, *, linked: bool = True) -> None:
    """A button's callback: show this item; "" = the first that nobody has decided about.

    linked: the URL names it too.
    """
    st.session_state[_SHOWN] = key
    state.show_item(ITEM, key if linked else "")


@acting()
def decide_and_go_on(tenant: str, card: Card, key: str, decided: Sequence[AnyDecision], done: str) -> None:
    """A button's callback: record decisions and show the next item; stays where somebody else decided otherwise.

    The browser keeps the buttons of the card before until a run of the page ends, and a key presses these too: what is
    no longer shown is not decided.
    """
    if shown() == card.item and decisions.record(tenant, key, decided, done) and card.then:
        choose(card.then)


def decide_button(
    label: str, card: Card, key: str, decided: Sequence[AnyDecision], done: str, *, icon: str,
    shortcut: str | None = None, primary: bool = False, hint: str | None = None, disabled: bool = False,
) -> None:  # fmt: skip
    """A button that records decisions and goes on. key: names the place where a question about them is shown."""
    st.button(
        label, key=f"{key}/{label}", icon=icon, shortcut=shortcut, type="primary" if primary else "secondary",
        help=hint, width="stretch", disabled=disabled or not may("analyst"),
        on_click=decide_and_go_on, args=(card.tenant, card, key, decided, done),
    )  # fmt: skip


@dataclass(frozen=True)
class Written:
    """What a text box says, as decisions. key: of the box. decided, done: by its text."""

    key: str
    decided: Callable[[str], Sequence[AnyDecision]]
    done: Callable[[str], str]

    @property
    def text(self) -> str:
        """What it says now."""
        return str(st.session_state.get(self.key) or "").strip()


@acting()
def decide_written(tenant: str, card: Card, key: str, written: Written) -> None:
    """A button's callback: record what the box says at this moment, which the page may not have been drawn with."""
    if not written.text:
        raise UsageError("nothing is written", advice="say first what the value should be")
    decide_and_go_on(tenant, card, key, written.decided(written.text), written.done(written.text))


def written_button(label: str, card: Card, key: str, written: Written, *, icon: str, primary: bool = False) -> None:
    """A button that records what a text box says. key: names the place where a question about it is shown."""
    st.button(
        label, key=f"{key}/{label}", icon=icon, type="primary" if primary else "secondary", width="stretch",
        disabled=not may("analyst"), on_click=decide_written, args=(card.tenant, card, key, written),
    )  # fmt: skip
