"""Pieces that several pages share: errors and empty states for people, figures and times as text, the look."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import wraps
from html import escape
from typing import Any, ParamSpec

import streamlit as st

from discovery_pipeline.domain.errors import DiscoveryError, Unreachable
from streamlit_app import sign_in, state

P = ParamSpec("P")
# What pages that lead on from an empty one are for, and their icons.
WAYS = {
    "upload": ("Upload files", "upload_file"), "runs": ("Start a run", "play_arrow"),
    "inventory": ("To the inventory", "dns"), "mappings": ("Review mappings", "rule"),
    "records": ("Review records", "fact_check"),
}  # fmt: skip
logger = logging.getLogger(__name__)

_STYLE = """<style>
.block-container {padding: 2.4rem 2.4rem 2rem; max-width: 1600px}
/* Without a title what stands first would lie under Streamlit's bar. */
.block-container:not(:has(h1)) {padding-top: 4.4rem}
.d-title {font-weight: 650; font-size: 1.08rem; overflow-wrap: anywhere; overflow: hidden;
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4}
.d-number {font-size: 1.65rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums}
.d-quiet {opacity: .72; font-size: .86rem; overflow-wrap: anywhere; line-height: 1.45}
.d-chip {display: inline-block; border: 1px solid rgba(90,110,125,.28); border-radius: .35rem; padding: .05rem .42rem;
  margin: .15rem .3rem .15rem 0; font-family: monospace; font-size: .82rem; background: rgba(90,110,125,.07);
  max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: middle}
.d-bar {height: .42rem; border-radius: .3rem; background: rgba(90,110,125,.16); overflow: hidden; margin-top: .3rem}
.d-bar > i {display: block; height: 100%; background: #1f6f8b}
[class*="st-key-d-list-"] [data-testid="stPageLink-NavLink"] {padding: 0; min-height: 0; gap: 0}
[class*="st-key-d-list-"] [data-testid="stPageLink-NavLink"] :has(> [data-testid="stIconMaterial"]) {display: none}
[class*="st-key-d-list-"] [data-testid="stPageLink-NavLink"] > span:last-child {flex: 1}
[class*="st-key-d-list-"] [data-testid="stPageLink"] p {display: flex; justify-content: space-between}
[class*="st-key-d-list-"] .d-bar {margin: -.1rem 0 .35rem}
.d-count {display: flex; justify-content: space-between; font-size: .87rem; line-height: 1.6}
.d-count + .d-bar {margin: .1rem 0 .35rem}
a:focus-visible, button:focus-visible, [role="button"]:focus-visible {outline: 2px solid #3b9dbd; outline-offset: 2px}
.d-why {margin: 0; padding-left: 1.05rem; font-size: .88rem; line-height: 1.5}
.d-effect {font-size: .9rem; line-height: 1.5; overflow-wrap: anywhere}
.d-effect > div {margin-bottom: .25rem}
.d-stake {margin: .4rem 0 .1rem; padding: .3rem .6rem; border-left: 3px solid #e0992b; font-size: .9rem;
  background: rgba(224,153,43,.09); border-radius: .25rem}
.d-facts {display: grid; gap: .15rem .9rem; font-size: .88rem; line-height: 1.45}
.d-facts > div {display: flex; overflow-wrap: anywhere}
.d-facts span {flex: none; width: 6.2rem; opacity: .72}
.d-key {display: flex; gap: .6rem; font-size: .9rem; line-height: 1.8}
.d-key b {flex: none; width: 4.2rem; font-family: monospace}
/* Lists of things beside the card of one: containers with a key that begins with list_, one button a thing. */
[class*="st-key-list_"] button {justify-content: flex-start; text-align: left; padding: .18rem .5rem; min-height: 0}
[class*="st-key-list_"] button > div {width: 100%; justify-content: flex-start}
/* **title** :small[note] :small[figure]: only the note is cut; the figure stands at the right. */
[class*="st-key-list_"] button > div > span, [class*="st-key-list_"] button [data-testid="stMarkdownContainer"] {
  flex: 1; min-width: 0}
[class*="st-key-list_"] button p {display: flex; align-items: baseline; gap: .4rem; width: 100%}
[class*="st-key-list_"] button p > * {overflow: hidden; text-overflow: ellipsis}
[class*="st-key-list_"] button p > strong {flex: none; max-width: 75%}
[class*="st-key-list_"] button p > span {flex: 0 1 auto; opacity: .82}
[class*="st-key-list_"] button p > span + span {flex: none; margin-left: auto; font-variant-numeric: tabular-nums}
/* The primary colour is made for white on it: as words on the dark background it is too faint. */
[data-testid="stButtonGroup"] button[data-selected="true"] {color: inherit !important}
[data-testid="stButtonGroup"] button[data-selected="true"] * {color: inherit !important}
/* Boxes that are chosen by a click: the button lies over its box and names it to who can't see it. */
[class*="st-key-tile_"] {position: relative}
[class*="st-key-tile_"] [data-testid="stElementContainer"]:has(button) {position: absolute; inset: 0; width: 100%}
[class*="st-key-tile_"] :is(.stButton, button) {height: 100%; width: 100%}
[class*="st-key-tile_"] button, [class*="st-key-tile_"] button:hover, [class*="st-key-tile_"] button:active {
  background: transparent; color: transparent; border-color: transparent}
[class*="st-key-tile_"] button:hover:enabled {border-color: #3b9dbd}
[class*="st-key-tile_"] button[kind="primary"] {border: 2px solid #3b9dbd}
/* Addresses of people are names here, not links to a mail program. */
a[href^="mailto:"] {color: inherit !important; text-decoration: none !important; pointer-events: none}
[class*="st-key-chosen_"] {border-color: #3b9dbd !important}
.d-flow {display: grid; gap: .6rem; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr))}
.d-phase {border: 1px solid rgba(90,110,125,.28); border-top-width: 4px; border-radius: .45rem;
  padding: .55rem .7rem; font-size: .86rem; line-height: 1.6}
.d-phase > div {display: flex; align-items: baseline; overflow-wrap: anywhere}
.d-phase b {font-size: .98rem; text-transform: capitalize}
.d-phase .d-s {margin-left: auto; padding-left: .4rem; opacity: .7; white-space: nowrap}
.d-done {border-top-color: #2e8b57} .d-running, .d-retrying {border-top-color: #e0992b}
.d-failed {border-top-color: #c0392b} .d-waiting, .d-skipped {border-top-color: rgba(90,110,125,.28)}
.d-dot {flex: none; width: .6rem; height: .6rem; border-radius: 50%; margin-right: .4rem;
  background: rgba(90,110,125,.25)}
.d-dot.d-done {background: #2e8b57} .d-dot.d-running, .d-dot.d-retrying {background: #e0992b}
.d-dot.d-failed {background: #c0392b}
.d-table {border-collapse: collapse; width: 100%; font-size: .88rem; line-height: 1.45}
.d-table th, .d-table td {text-align: left; vertical-align: top; padding: .22rem .5rem .22rem 0;
  border-bottom: 1px solid rgba(90,110,125,.18); overflow-wrap: anywhere}
.d-table th {font-weight: 600}
/* Parts that refresh by themselves: drawn anew they would fade each time. */
[class*="st-key-live_"] [data-stale="true"] {opacity: 1 !important}
/* Narrow, or zoomed: columns go below each other before their words are cut. */
@media (max-width: 1000px) {
  [data-testid="stMain"] [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"]) {flex-wrap: wrap}
  [data-testid="stMain"] [data-testid="stColumn"] {flex: 1 1 12rem; min-width: min(100%, 12rem)}
}
/* A table's own download writes cells as they are, formulas too. */
[data-testid="stElementToolbar"] {display: none}
</style>"""


def style() -> None:
    """The classes used by the pages' own HTML; once per run of the script."""
    st.html(_STYLE)


def guarded(show: Callable[P, None]) -> Callable[P, None]:
    """A part of a page for who may see the tenant, its failure told in words.

    A part that refreshes itself asks each time: who lost the tenant sees no more of it.
    """

    @wraps(show)
    def to_its_people(*args: P.args, **kwargs: P.kwargs) -> None:
        if state.tenant():
            sign_in.refuse_stranger(state.tenant())
        show(*args, **kwargs)

    return told(to_its_people)


def told(show: Callable[P, None]) -> Callable[P, None]:
    """Whose failure is told in words; what nobody foresaw goes to the log with its traceback."""

    @wraps(show)
    def safely(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            show(*args, **kwargs)
        except Unreachable as error:
            failure(error)
            st.button("Try again", key=f"try_again/{show.__module__}/{show.__qualname__}", icon=":material/refresh:")
        except DiscoveryError as error:
            failure(error)
        except Exception as error:
            logger.exception("unexpected failure of a page")
            failure(DiscoveryError(f"unexpected {type(error).__name__}", advice="the details are in the app's log"))

    return safely


def failure(error: DiscoveryError) -> None:
    """What happened, where, and what to do."""
    st.error(as_markdown(error), icon=":material/error:")


def as_markdown(error: DiscoveryError) -> str:
    """An error's three parts, each on its line; texts of files and tenants stay text."""
    place = f"  \nWhere: {plain(error.where)}" if error.where else ""
    advice = f"  \nWhat to do: {plain(error.advice)}" if error.advice else ""
    return f"**{plain(error.message)}**{place}{advice}"


def show_notice() -> None:
    """The message that the last action left."""
    notice = state.take_notice()
    if notice:
        (st.success if notice.kind == "success" else st.error)(notice.text)


def empty(title: str, text: str, *commands: str, ways: Sequence[str] = ()) -> None:
    """Nothing to show: why, and what to do next. ways: pages that lead on, by name; commands: for the command line."""
    with st.container(border=True):
        st.subheader(title, anchor=False)
        st.write(text)
        if links := [(state.page_named(name), *WAYS[name]) for name in ways if state.page_named(name)]:
            with st.container(horizontal=True):
                for page, label, icon in links:
                    st.page_link(
                        page, label=label, icon=f":material/{icon}:", query_params={state.TENANT: state.tenant()}
                    )
        if commands:
            if ways:
                st.caption("On the command line:")
            st.code("\n".join(commands), language="bash")


def selected_row(event: Any, rows: int) -> int | None:
    """The row that was clicked, on its box or in a cell of it; None when none was, or when it is there no more."""
    selection = event["selection"]
    chosen = [*selection["rows"], *(row for row, _ in selection["cells"])]
    return next((row for row in chosen if row < rows), None)


def pager(key: str, of: object, total: int, per_page: int, noun: str) -> int:
    """Buttons to leaf through `total` things; returns the index of the first one to show.

    What is looked for stands in `of`: another search begins at its first page.
    """
    last = max(0, (total - 1) // per_page)
    leafed_through, page = st.session_state.get(key, (of, 0))
    page = min(page, last) if leafed_through == of else 0
    first = page * per_page
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right"):
        st.caption(f"{first + 1:,} to {min(first + per_page, total):,} of {total:,} {noun}", width="stretch")
        for name, target in (("Previous", page - 1), ("Next", page + 1)):
            outside = not 0 <= target <= last
            st.button(name, key=f"{key}/{name}", disabled=outside, on_click=_turn, args=(key, of, target))
    return first


def _turn(key: str, of: object, page: int) -> None:
    st.session_state[key] = (of, page)


def plain(text: str) -> str:
    """Text in which Markdown finds nothing to interpret."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()<>#+-.!|~$:" else c for c in text)


def bullets(texts: Iterable[str]) -> None:
    """A list of texts, each as it is."""
    st.markdown("\n".join(f"- {plain(text)}" for text in texts))


def html_text(text: str) -> str:
    """Text in which HTML finds nothing to interpret; line breaks become spaces."""
    return escape(" ".join(text.split()))


def percent(share: float) -> str:
    """0.7191 -> "72 %"."""
    return f"{share:.0%}".replace("%", " %")


def seconds(value: float | None) -> str:
    """4.23 -> "4.2 s", 75 -> "1 min 15 s"; "" for None."""
    if value is None:
        return ""
    whole = round(value)
    return f"{value:.1f} s" if value < 60 else f"{whole // 60} min {whole % 60} s"


def clock(moment: datetime | None) -> str:
    """Day and time of this machine; "" for None."""
    return moment.astimezone().strftime("%d %b %H:%M:%S") if moment else ""
