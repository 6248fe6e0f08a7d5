"""Every decision: searched at the store, one looked at, taken back or forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from discovery_pipeline.domain.learning.kinds import KINDS
from discovery_pipeline.services.learning.history import Entry, log_entry, log_page
from discovery_pipeline.services.records.row_decisions import row_decision
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline.store.correction_log import STATES, LogQuery, count_log, log_authors
from discovery_pipeline.store.forgotten import forgotten
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.learning.forgetting import ask_to_forget
from streamlit_app.decisions import take_back
from streamlit_app.people import may

PER_PAGE = 20
_ROWS = 5
STATE_WORDS = {
    "standing": "stands", "superseded": "replaced by a newer one", "undone": "taken back", "undoing": "takes one back",
}  # fmt: skip


def show_log(tenant: str) -> None:
    """The decisions of a tenant, and the one that the link names."""
    wanted = state.item("correction")
    if wanted:
        _chosen(tenant, wanted)
    _list(tenant)


def _chosen(tenant: str, wanted: str) -> None:
    entry = log_entry(services.workspace(), tenant, int(wanted)) if wanted.isdecimal() and len(wanted) < 19 else None
    with st.container(border=True):
        card, close = st.columns([9, 1.2])
        close.button(
            "Close", key="close_correction", icon=":material/close:", width="stretch", on_click=_show, args=("",)
        )
        if entry is None:
            card.info(f"There is no decision {widgets.plain(wanted[:20])}: it may have been forgotten.")
        else:
            with card:
                _card(tenant, entry)


def _show(number: str) -> None:
    state.show_item("correction", number)


def _card(tenant: str, entry: Entry) -> None:
    """One decision with all there is to say of it, and what may be done about it."""
    was = f"<b>Before</b> {widgets.html_text(entry.was)}<br>" if entry.was else ""
    reason = f"<b>Why</b> {widgets.html_text(entry.reason)}<br>" if entry.reason else ""
    overrules = f" · overrules decision {entry.overrules}" if entry.overrules else ""
    undone = f" by decision {entry.undone_by}" if entry.undone_by else ""
    waits = " · waits for a run" if entry.waits else ""
    st.html(
        f'<div class="d-title">{entry.number}. {widgets.html_text(entry.about)}</div>'
        f'<div class="d-effect"><b>Says</b> {widgets.html_text(entry.said)}<br>{was}{reason}</div>'
        f'<div class="d-quiet">{entry.kind}, by {widgets.html_text(entry.author)}, {widgets.clock(entry.made_at)} · '
        f"{STATE_WORDS[entry.state]}{undone}{overrules}{waits}</div>{_rows_of(tenant, entry)}"
    )
    with st.container(horizontal=True):
        if entry.state in ("standing", "superseded"):
            st.button(
                "Take back", key=f"undo/{entry.number}", icon=":material/undo:", disabled=not may("analyst"),
                help="What stood before it stands again with the next run; the log keeps both.",
                on_click=take_back, args=(tenant, [entry.number], f"Decision {entry.number} is taken back."),
            )  # fmt: skip
        if entry.state != "undoing":
            forget = st.button(
                "Forget ...", key=f"forget/{entry.number}", icon=":material/delete:", disabled=not may("admin"),
                help="Deletes it and what was learned from it; takes the role admin, and is asked about first.",
            )  # fmt: skip
            if forget:
                ask_to_forget(tenant, (entry.number,))


def _rows_of(tenant: str, entry: Entry) -> str:
    """Of a correction of single rows: where they stand in the newest run."""
    run = run_frames(services.frames(tenant))
    if entry.kind != "value" or not run.has("canonical_records"):
        return ""
    found = row_decision(services.workspace().database, run, entry.number)
    if found is None:
        return ""
    places = "; ".join(widgets.html_text(str(row)) for row in found.rows[:_ROWS])
    more = f" and {len(found.rows) - _ROWS:,} more" if len(found.rows) > _ROWS else ""
    gone = "No row of the newest run says any more what it was decided about; it holds again where one does."
    return f'<div class="d-quiet">{f"Now at {places}{more}" if places else gone}</div>'


@widgets.guarded
def _list(tenant: str) -> None:
    """The decisions that match, a page at a time."""
    query = _query(tenant)
    database = services.workspace().database
    total = count_log(database, tenant, query)
    if not total:
        st.info("No decision matches. Take a filter away, or search for less.")
        return
    first = widgets.pager(f"log/{tenant}", query, total, PER_PAGE, "decisions")
    entries = log_page(services.workspace(), tenant, query, first, PER_PAGE)
    key = f"log/{tenant}/{first}/{entries[0].number}"
    st.dataframe(
        pd.DataFrame([_row(entry) for entry in entries]), key=key, hide_index=True, placeholder="", height="content",
        on_select=partial(_select, key, [entry.number for entry in entries]),
        selection_mode=["single-row", "single-cell"],
    )  # fmt: skip
    st.caption("Click a decision to see all of it, take it back or forget it.")
    _forgotten(tenant)


def _select(key: str, numbers: Sequence[int]) -> None:
    """The decision that was clicked is shown above, and the link names it."""
    row = widgets.selected_row(st.session_state[key], len(numbers))
    _show("" if row is None else str(numbers[row]))


def _query(tenant: str) -> LogQuery:
    text, who, kind, what = st.columns([4, 2, 2, 2], vertical_alignment="bottom")
    authors = log_authors(services.workspace().database, tenant)
    words = text.text_input(
        "Search", key=f"log_text/{tenant}", placeholder="A header, a name, a value, a reason, an asset's id"
    )
    chosen = who.multiselect(
        "Who", list(authors), key=f"log_who/{tenant}", placeholder="anybody",
        format_func=lambda author: f"{author} ({authors.get(author, 0):,})",
    )  # fmt: skip
    kinds = kind.multiselect("About", KINDS, key=f"log_kind/{tenant}", placeholder="anything")
    states = what.multiselect(
        "State", STATES, key=f"log_state/{tenant}", placeholder="any", format_func=STATE_WORDS.__getitem__
    )
    return LogQuery(words or "", tuple(kinds), tuple(chosen), tuple(states))


def _row(entry: Entry) -> dict[str, object]:
    waits = ", waits for a run" if entry.waits else ""
    return {
        "No.": entry.number,
        "When": widgets.clock(entry.made_at),
        "Who": entry.author,
        "Kind": entry.kind,
        "About": entry.about,
        "Says": entry.said,
        "Before": entry.was,
        "State": STATE_WORDS[entry.state] + waits,
        "Why": entry.reason,
    }


def _forgotten(tenant: str) -> None:
    """That something was forgotten, by whom and when: all that is left of it."""
    gone = forgotten(services.workspace().database, tenant)
    if not gone:
        return
    with st.expander(f"Forgotten: {len(gone):,} time{'' if len(gone) == 1 else 's'}"):
        for one in gone[::-1][:PER_PAGE]:
            because = f": {widgets.plain(one.reason)}" if one.reason else ""
            count = f"{one.count:,} of kind {one.kind}"
            st.caption(f"{widgets.clock(one.made_at)} {widgets.plain(one.author)} forgot {count}{because}")
