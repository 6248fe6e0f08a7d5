"""What the inventory page asks for: search words, filters, order, columns and page, as widgets and in the URL.

The URL holds all of it, so that a link shows the same rows; other pages link with these names. Keep out: the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from discovery_pipeline.services.inventory.grid import GRID
from discovery_pipeline.services.inventory.query import FACETS, ONLY, ORDERS, Facet, InventoryQuery
from discovery_pipeline.services.inventory.search import Counted
from streamlit_app.asset_words import ONLY_WORDS, coded, in_words

SHOWN = (
    "name", "type", "environment", "os", "support", "memory_gib", "site", "owner", "strategy", "strategy_confidence",
    "wave", "applications", "ip_addresses",
)  # fmt: skip
_FACETS_A_LINE = 5


def key(tenant: str, name: str) -> str:
    """Of a widget of the page, by what it asks for."""
    return f"inventory/{tenant}/{name}"


def begin(tenant: str) -> None:
    """Take from the URL what no widget says yet."""
    given, at = st.query_params, partial(key, tenant)
    sort = given.get("sort", "name")
    columns = [name for name in given.get("columns", "").split(",") if name in GRID]
    page = given.get("page", "1")
    _first(at("q"), given.get("q", ""))
    _first(at("only"), [each for each in given.get_all("only") if each in ONLY])
    _first(at("order"), sort.removeprefix("-") if sort.removeprefix("-") in ORDERS else "name")
    _first(at("descending"), sort.startswith("-"))
    _first(at("columns"), columns or list(SHOWN))
    _first(at("page"), int(page) if page.isdecimal() and len(page) < 9 else 1)
    for facet in FACETS:
        _first(at(facet), given.get_all(facet))
    _first(at("open"), any(given.get_all(facet) for facet in FACETS))
    # Without their widgets they would be forgotten, and a change of labels loses what has no widget call of its own.
    for name in ("only", *FACETS):
        st.session_state[at(name)] = list(st.session_state[at(name)])


def asked(tenant: str) -> InventoryQuery:
    """The question that the widgets make up."""
    says = partial(_says, tenant)
    chosen: dict[Facet, tuple[str, ...]] = {facet: tuple(says(facet)) for facet in FACETS}
    return InventoryQuery(says("q") or "", chosen, says("order"), bool(says("descending")), tuple(says("only")))


def columns(tenant: str) -> tuple[str, ...]:
    """The columns that are shown and exported; the name always."""
    return tuple(dict.fromkeys(("name", *_says(tenant, "columns"))))


def page(tenant: str, query: InventoryQuery, pages: int) -> int:
    """The page to show, from 1; another question begins at its first."""
    at = key(tenant, "page")
    before = st.session_state.setdefault(key(tenant, "asked"), query.key)
    st.session_state[key(tenant, "asked")] = query.key
    st.session_state[at] = 1 if before != query.key else max(1, min(st.session_state[at], pages))
    return int(st.session_state[at])


def name_in_url(tenant: str, query: InventoryQuery, shown: int) -> None:
    """A link to what is shown; what goes without saying is not said."""
    names = columns(tenant)
    said: dict[str, str | list[str]] = {
        "q": query.text.strip(),
        "only": list(query.only),
        "sort": "" if (query.order, query.descending) == ("name", False) else "-" * query.descending + query.order,
        "columns": "" if names == SHOWN else ",".join(names),
        "page": str(shown) if shown > 1 else "",
        **{facet: list(values) for facet, values in query.chosen.items()},
    }
    for name, value in said.items():
        if value and st.query_params.get_all(name) != ([value] if isinstance(value, str) else value):
            st.query_params[name] = value
        elif not value and name in st.query_params:
            del st.query_params[name]


def show_filters(tenant: str, counts: Counted) -> None:
    """The search box, the quick filters and one filter per facet, with what each choice would leave."""
    at = partial(key, tenant)
    words, quick = st.columns([2, 3], vertical_alignment="bottom")
    words.text_input(
        "Search",
        key=at("q"),
        placeholder="Name, address, serial number, application, owner",
        help="Every word has to occur in a name, an identifier, an address, the OS, the site, an owner or an"
        " application.",
        on_change=_asks_anew,
        args=(tenant,),
    )
    quick.pills(
        "Only",
        ONLY,
        selection_mode="multi",
        key=at("only"),
        format_func=lambda each: f"{ONLY_WORDS[each]} {counts.only[each]:,}",
        on_change=_asks_anew,
        args=(tenant,),
    )
    with st.expander("Filters", expanded=st.session_state[at("open")], icon=":material/filter_list:"):
        for first in range(0, len(FACETS), _FACETS_A_LINE):
            line = FACETS[first : first + _FACETS_A_LINE]
            for place, facet in zip(st.columns(_FACETS_A_LINE), line, strict=True):
                _facet(place, tenant, facet, dict(counts.facets[facet]))
    if any(_says(tenant, name) for name in ("q", "only", *FACETS)):
        icon = ":material/filter_list_off:"
        st.button("Clear all filters", key=at("clear"), icon=icon, on_click=_clear, args=(tenant,))


def _facet(place: Any, tenant: str, facet: Facet, counts: Mapping[str, int]) -> None:
    at = key(tenant, facet)
    chosen = [value for value in st.session_state[at] if value not in counts]
    values = sorted(counts, key=_number) if facet == "wave" else list(counts)
    place.multiselect(
        in_words(facet),
        [*values, *chosen],
        key=at,
        format_func=lambda value: f"{coded(facet, value)} ({counts.get(value, 0):,})",
        placeholder="any",
        on_change=_asks_anew,
        args=(tenant,),
    )


def show_order(tenant: str) -> None:
    """The order of the rows."""
    anew: dict[str, Any] = {"on_change": _asks_anew, "args": (tenant,)}
    st.selectbox("Order by", ORDERS, key=key(tenant, "order"), format_func=in_words, width=170, **anew)
    down = key(tenant, "descending")
    st.toggle("Downwards", key=down, help="The greatest or last first.", width="content", **anew)


def show_page(tenant: str, pages: int) -> None:
    """The number of the page, and the way to others."""
    at = key(tenant, "page")
    st.number_input(f"Page of {pages:,}", 1, pages, step=1, key=at, width=130, on_change=_named, args=(tenant,))
    for name, to in (("Previous", _says(tenant, "page") - 1), ("Next", _says(tenant, "page") + 1)):
        outside = not 1 <= to <= pages
        st.button(name, key=key(tenant, name), disabled=outside, on_click=_turn, args=(tenant, to))


def show_columns(tenant: str) -> None:
    """Which columns are shown."""
    at = key(tenant, "columns")
    st.multiselect("Columns", list(GRID), key=at, format_func=in_words, on_change=_named, args=(tenant,))


def _turn(tenant: str, to: int) -> None:
    """A button's callback: show another page."""
    st.session_state[key(tenant, "page")] = to
    _named(tenant)


def _asks_anew(tenant: str) -> None:
    """A widget's callback: another question begins at its first page."""
    _turn(tenant, 1)


def _named(tenant: str) -> None:
    """A widget's callback: what a fragment's body says to the URL is there one click late."""
    name_in_url(tenant, asked(tenant), _says(tenant, "page"))


def _clear(tenant: str) -> None:
    st.session_state[key(tenant, "q")] = ""
    for name in ("only", *FACETS):
        st.session_state[key(tenant, name)] = []
    _asks_anew(tenant)


def _says(tenant: str, name: str) -> Any:
    return st.session_state[key(tenant, name)]


def _first(at: str, value: Any) -> None:
    if at not in st.session_state:
        st.session_state[at] = value


def _number(text: str) -> tuple[bool, int]:
    """Waves in their order, what is no number last."""
    return (False, int(text)) if text.isdecimal() else (True, 0)
