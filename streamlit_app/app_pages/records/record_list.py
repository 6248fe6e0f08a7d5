"""A list beside one card: what is chosen stands in the URL, keys go on and back, a decision brings the next one.

Keep out: what is listed, what stands on the cards, deciding (record_card).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import streamlit as st

from discovery_pipeline.services.records.pages import Found
from streamlit_app import state
from streamlit_app.app_pages.records.record_card import ITEM, Card, choose, shown
from streamlit_app.asset_words import in_words

PER_PAGE = 14
Row = Mapping[str, Any]
# The choice of a part that leaves nothing out.
EVERY = ""
KEYS = (
    ("J", "next"),
    ("K", "previous"),
    ("A", "accept the type"),
    ("1 to 9", "take the answer that shows the number"),
    ("U", "undo what you decided last"),
)


@dataclass(frozen=True)
class Item:
    """key: in the URL. title, note: Markdown, texts of files made plain. waits: decided, and no run followed yet.
    figure: how sure or how much, in words."""

    key: str
    title: str
    note: str = ""
    waits: bool = False
    figure: str = ""


@dataclass(frozen=True)
class Records:
    """What a part lists. name: of its widgets. noun: what a record is called, in the plural.

    choices: what narrows the list, in words, under `label`. searched: what a search looks in, in words. told: what to
    say of a choice. fetch: rows of a choice that hold every word of a text, from the third argument on, as many as the
    fourth. find: the row with a key, whichever page it stands on.
    """

    name: str
    noun: str
    label: str
    choices: Mapping[str, str]
    searched: str
    fetch: Callable[[str, str, int, int], Found]
    find: Callable[[str], Sequence[Row]]
    item_of: Callable[[Row], Item]
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Leaf:
    """A page of a list. key, of: of the list, and what is looked for in it. first: place of its first item."""

    key: str
    of: object
    first: int
    total: int
    noun: str


def show_records(tenant: str, records: Records, card: Callable[[Row, Card], None]) -> None:
    """What narrows the list, the list, and the card of one record beside it."""
    choose_one, search = st.columns([3.4, 1.6], vertical_alignment="center")
    with choose_one:
        choice = _choice(tenant, records)
    text = search.text_input(
        "Search", key=f"find/{records.name}/{tenant}", placeholder=records.searched, label_visibility="collapsed"
    )
    if told := records.told.get(choice):
        st.caption(told)
    places = st.columns([1, 2.6], gap="medium")
    with places[0]:
        page, listed = _paged(f"{records.name}/{tenant}", (choice, text), records, partial(records.fetch, choice, text))
        if not listed:
            st.info(f"None of the {records.noun} matches. Search for less.")
            return
        rows = _linked(listed, records)
        items = [records.item_of(row) for row in rows]
        place = chosen(items)
        _show_list(items, place, page)
    with places[1]:
        _show_steps(items, place, page)
        with st.container(border=True):
            card(rows[place], card_of(tenant, items, place))


def _choice(tenant: str, records: Records) -> str:
    """What narrows the list, as buttons: keys go on working while one of them has the focus."""
    key = f"choice/{records.name}/{tenant}"
    if st.session_state.get(key) not in records.choices:
        st.session_state[key] = next(iter(records.choices))
    st.pills(
        records.label, list(records.choices), key=key, required=True, format_func=records.choices.__getitem__,
        label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    return str(st.session_state[key])


def counted(counts: Mapping[str, int], every: str) -> dict[str, str]:
    """Choices by what is counted, in words with their counts; the first leaves nothing out, as `every` says."""
    named = {EVERY: every, **{name: name for name in counts}}
    whole = {EVERY: sum(counts.values()), **counts}
    return {name: f"{in_words(words)} {whole[name]:,}" for name, words in named.items()}


def chosen(items: Sequence[Item]) -> int:
    """The place of the item that is shown, else of the first that nobody has decided about.

    It stays the one shown though others decide about it meanwhile.
    """
    named = shown()
    place = next((number for number, item in enumerate(items) if item.key == named), None)
    if place is None:
        place = next((number for number, item in enumerate(items) if not item.waits), 0)
        choose(items[place].key, linked=False)
    return place


def _paged(key: str, of: object, records: Records, fetch: Callable[[int, int], Found]) -> tuple[Leaf, list[Row]]:
    """The page that was leafed to, with its rows; another search begins at its first."""
    looked_for, page = st.session_state.get(key, (of, 0))
    first = page * PER_PAGE if looked_for == of else 0
    found = fetch(first, PER_PAGE)
    if first and first >= found.total:
        first, found = 0, fetch(0, PER_PAGE)
    return Leaf(key, of, first, found.total, records.noun), list(found.rows.iter_rows(named=True))


def _linked(rows: Sequence[Row], records: Records) -> list[Row]:
    """The rows of a page, and before them the one that the URL names where it stands on another page."""
    named = state.item(ITEM)
    if not named or any(records.item_of(row).key == named for row in rows):
        return list(rows)
    return [*records.find(named), *rows]


def _show_steps(items: Sequence[Item], place: int, page: Leaf) -> None:
    """One on and one back, over the end of the page too, and the keys."""
    with st.container(horizontal=True, gap="small"):
        for label, key, step in (("Previous", "K", -1), ("Next", "J", 1)):
            _step(label, key, items, place, step, page)
        with st.popover("Keys", icon=":material/keyboard:"):
            st.html("".join(f'<div class="d-key"><b>{key}</b> {words}</div>' for key, words in KEYS))
            st.caption(
                "They rest while you type, and while a list or switch has the focus: a click beside it leaves it."
            )


def _show_list(items: Sequence[Item], place: int, page: Leaf) -> None:
    """The items as buttons, the chosen one marked, and those that leaf through them."""
    with st.container(key="list_records", gap=None):
        for number, item in enumerate(items):
            st.button(
                " ".join([f"**{item.title}**", *(f":small[{text}]" for text in (item.note, item.figure) if text)]),
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
    outside = not (0 <= place + step < len(items) or 0 <= page.first + step * PER_PAGE < page.total)
    # One button whatever is shown: the browser keeps those of the card before, and a key would press both.
    st.button(
        label, key=f"step/{label}", shortcut=key, disabled=outside,
        on_click=_go, args=([item.key for item in items], step, page),
    )  # fmt: skip


def _go(keys: Sequence[str], step: int, page: Leaf) -> None:
    """A button's callback: one on from the item shown at this moment; a key pressed twice goes two on."""
    target = keys.index(shown()) + step if shown() in keys else 0
    if 0 <= target < len(keys):
        choose(keys[target])
    elif 0 <= page.first + step * PER_PAGE < page.total:
        _turn(page, page.first + step * PER_PAGE)


def _turn(page: Leaf, first: int) -> None:
    st.session_state[page.key] = (page.of, first // PER_PAGE)
    choose("")


def card_of(tenant: str, items: Sequence[Item], place: int) -> Card:
    """The card of the item at this place."""
    return Card(tenant, items[place].key, _following(items, place))


def _following(items: Sequence[Item], place: int) -> str:
    """The item that comes by itself after a decision: the next that nobody has decided about; "" where none is left."""
    rest = [*items[place + 1 :], *items[:place]]
    return next((item.key for item in rest if not item.waits), "")
