"""A list beside one card: what is chosen stands in the URL, keys go on and back, a decision brings the next one.

Keep out: what is listed, and the cards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from discovery_pipeline.services.learning.deciding.decisions import AnyDecision
from discovery_pipeline.services.records.pages import Found
from streamlit_app import decisions, state
from streamlit_app.people import acting, may

PER_PAGE = 14
ITEM = "item"
Row = Mapping[str, Any]
KEYS = (
    ("J", "next"),
    ("K", "previous"),
    ("A", "accept the type"),
    ("1 to 9", "take the answer that shows the number"),
    ("U", "undo what you decided last"),
)


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
    if named:
        choose("")
    return next((number for number, item in enumerate(items) if not item.waits), 0)


@dataclass(frozen=True)
class Leaf:
    """A page of a list. key, of: of the list, and what is looked for in it. first: place of its first item."""

    key: str
    of: object
    first: int
    total: int
    noun: str


def paged(key: str, of: object, noun: str, fetch: Callable[[int, int], Found]) -> tuple[Leaf, list[Row]]:
    """The page that was leafed to, with its rows; another search begins at its first.

    of: what is looked for. fetch: rows from the first argument on, as many as the second.
    """
    looked_for, page = st.session_state.get(key, (of, 0))
    first = page * PER_PAGE if looked_for == of else 0
    found = fetch(first, PER_PAGE)
    if first and first >= found.total:
        first, found = 0, fetch(0, PER_PAGE)
    return Leaf(key, of, first, found.total, noun), list(found.rows.iter_rows(named=True))


def linked(rows: Sequence[Row], key_of: Callable[[Row], str], find: Callable[[str], Sequence[Row]]) -> list[Row]:
    """The rows of a page, and before them the one that the URL names where it stands on another page.

    find: rows by a word, the part of the key before its first slash.
    """
    named = state.item(ITEM)
    if not named or any(key_of(row) == named for row in rows):
        return list(rows)
    return [*(row for row in find(named.split("/", 1)[0]) if key_of(row) == named), *rows]


def show_list(items: Sequence[Item], place: int, page: Leaf) -> None:
    """The items as buttons, the chosen one marked, with keys to go on and back, over the end of the page too."""
    with st.container(horizontal=True, gap="small"):
        for label, key, step in (("Previous", "K", -1), ("Next", "J", 1)):
            _step(label, key, items, place, step, page)
        with st.popover("Keys", icon=":material/keyboard:"):
            st.html("".join(f'<div class="d-key"><b>{key}</b> {words}</div>' for key, words in KEYS))
            st.caption("They rest while you type, and while a list has the focus: Escape leaves it.")
    with st.container(key="list_records", gap=None):
        for number, item in enumerate(items):
            st.button(
                f"**{item.title}** :small[{item.note}]" if item.note else f"**{item.title}**",
                key=f"choose/{item.key}",
                type="primary" if number == place else "tertiary",
                icon=":material/schedule:" if item.waits else ":material/help:",
                width="stretch",
                wrap=False,
                on_click=choose,
                args=(item.key,),
            )
    last = min(page.first + PER_PAGE, page.total)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{page.first + 1:,} to {last:,} of {page.total:,} {page.noun}", width="stretch")
        for label, first in (("Earlier", page.first - PER_PAGE), ("Later", page.first + PER_PAGE)):
            outside = not 0 <= first < page.total
            st.button(label, key=f"{page.key}/{label}", type="tertiary", disabled=outside, on_click=_turn,
                      args=(page, first))  # fmt: skip


def _step(label: str, key: str, items: Sequence[Item], place: int, step: int, page: Leaf) -> None:
    """One item on or back; from the last of a page to the next page."""
    target, first = place + step, page.first + step * PER_PAGE
    name = f"step/{label}/{items[place].key}"
    if 0 <= target < len(items):
        st.button(label, key=name, shortcut=key, on_click=choose, args=(items[target].key,))
    else:
        outside = not 0 <= first < page.total
        st.button(label, key=name, shortcut=key, disabled=outside, on_click=_turn, args=(page, first))


def _turn(page: Leaf, first: int) -> None:
    st.session_state[page.key] = (page.of, first // PER_PAGE)
    choose("")


def choose(key: str) -> None:
    """A button's callback: show this item."""
    state.show_item(ITEM, key)


def following(items: Sequence[Item], place: int) -> str:
    """The item that comes by itself after a decision: the next that nobody has decided about; "" where none is left."""
    rest = [*items[place + 1 :], *items[:place]]
    return next((item.key for item in rest if not item.waits), "")


@dataclass(frozen=True)
class Card:
    """The item that is shown. then: the item that comes by itself after a decision; "" = none is left."""

    tenant: str
    item: str
    then: str


def card_of(tenant: str, items: Sequence[Item], place: int) -> Card:
    """The card of the item at this place."""
    return Card(tenant, items[place].key, following(items, place))


@acting()
def decide_and_go_on(tenant: str, card: Card, key: str, decided: Sequence[AnyDecision], done: str) -> None:
    """A button's callback: record decisions and show the next item; stays where somebody else decided otherwise.

    The browser keeps the buttons of the card before until a run of the page ends, and a key presses these too: what is
    no longer shown is not decided.
    """
    if state.item(ITEM) not in ("", card.item):
        return
    if decisions.record(tenant, key, decided, done) and card.then:
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
