"""A list beside one card: what is chosen stands in the URL, keys go on and back, a decision brings the next one.

Keep out: what is listed, and the cards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from discovery_pipeline.services.learning.deciding.decisions import AnyDecision
from streamlit_app import decisions, state
from streamlit_app.people import acting, may

PER_PAGE = 12
ITEM = "item"
_ICONS = {True: ":material/schedule:", False: None}


@dataclass(frozen=True)
class Item:
    """key: in the URL. title, note: Markdown, texts of files made plain. waits: decided, and no run followed yet."""

    key: str
    title: str
    note: str = ""
    waits: bool = False


def chosen(items: Sequence[Item]) -> int:
    """The place of the item that the URL names, else of the first that nobody has decided about."""
    named = state.item(ITEM)
    place = next((number for number, item in enumerate(items) if item.key == named), None)
    if place is not None:
        return place
    return next((number for number, item in enumerate(items) if not item.waits), 0)


def show_list(items: Sequence[Item], place: int, what: str) -> None:
    """The items as buttons, the chosen one marked, with keys to go on and back. what: the list is called."""
    with st.container(horizontal=True):
        steps = (("Next", "J", 1, ":material/arrow_downward:"), ("Back", "K", -1, ":material/arrow_upward:"))
        for label, key, step, icon in steps:
            target = place + step
            outside = not 0 <= target < len(items)
            st.button(
                label, key=f"step/{label}/{items[place].key}", shortcut=key, icon=icon, disabled=outside,
                help=f"The {'next' if step > 0 else 'one before'} of {what}, key {key}.",
                on_click=choose, args=("" if outside else items[target].key,),
            )  # fmt: skip
    with st.container(gap="xsmall"):
        for number, item in enumerate(items):
            st.button(
                f"{item.title}  \n{item.note}" if item.note else item.title,
                key=f"choose/{item.key}",
                type="primary" if number == place else "tertiary",
                icon=_ICONS[item.waits],
                width="stretch",
                on_click=choose,
                args=(item.key,),
            )


def choose(key: str) -> None:
    """A button's callback: show this item."""
    state.show_item(ITEM, key)


def following(items: Sequence[Item], place: int) -> str:
    """The item that comes by itself after a decision: the next that nobody has decided about; "" where none is left."""
    rest = [*items[place + 1 :], *items[:place]]
    return next((item.key for item in rest if not item.waits), "")


@acting()
def decide_and_go_on(tenant: str, key: str, decided: Sequence[AnyDecision], done: str, then: str) -> None:
    """A button's callback: record decisions and show the item `then`; stays where somebody else decided otherwise."""
    if decisions.record(tenant, key, decided, done) and then:
        choose(then)


def decide_button(
    label: str, tenant: str, key: str, decided: Sequence[AnyDecision], done: str, then: str, *, icon: str,
    shortcut: str | None = None, primary: bool = False, hint: str | None = None, disabled: bool = False,
) -> None:  # fmt: skip
    """A button that records decisions and goes on. key: names the place where a question about them is shown."""
    st.button(
        label, key=f"{key}/{label}", icon=icon, shortcut=shortcut, type="primary" if primary else "secondary",
        help=hint, width="stretch", disabled=disabled or not may("analyst"),
        on_click=decide_and_go_on, args=(tenant, key, decided, done, then),
    )  # fmt: skip
