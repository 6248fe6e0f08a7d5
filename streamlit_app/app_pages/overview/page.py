"""The tenant at a glance: what wants a look first, what there is, and whether a run is due."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import streamlit as st

from discovery_pipeline.domain.errors import DiscoveryError
from discovery_pipeline.services.attention import Attention, Estate, attention, estate
from discovery_pipeline.services.dagster_api.client import Run
from discovery_pipeline.services.due_runs import FilesDue, files_due
from discovery_pipeline.services.learning.waiting import waiting
from discovery_pipeline.services.run_frames import RunFrames, run_frames
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.overview.words import WORDS, counted, nothing_in, of_all
from streamlit_app.apply_bar import newest_run
from streamlit_app.decisions import waiting_bar
from streamlit_app.run_progress import STATUS_WORDS

PER_ROW = 4
# Values of one kind that are listed; the others are summed up.
LISTED = 8
# Title as services.overview has it -> heading, page, the name of the filter there; "" = it has none of these values.
LISTS = {
    "asset types": ("Assets", "inventory", "type"),
    "strategies": ("Strategies", "inventory", "strategy"),
    "waves": ("Waves", "inventory", "wave"),
    "dependencies": ("Dependencies", "dependencies", ""),
}


@widgets.guarded
def page() -> None:
    """What a person who comes in the morning wants to know first."""
    tenant = state.tenant()
    st.title("Overview", anchor=False)
    widgets.show_notice()
    due = files_due(services.workspace(), tenant)
    run = run_frames(services.frames(tenant))
    if not run.versions:
        _before_the_first_run(tenant, due)
        return
    found, there = _figures(tenant, tuple(sorted(run.versions.items())))
    whole = run.has("analysis")
    _standing(tenant, run, due)
    if not whole:
        st.warning(
            "No run has come to its end yet. What is counted here is what the last one made before it stopped.",
            icon=":material/hourglass_top:",
        )
    if waiting(services.workspace(), tenant).count or state.followed(tenant):
        waiting_bar(tenant)
    if whole:
        _sizes(there)
    _wanting(found, all_clear=whole)
    _lists(there)


@st.cache_data(max_entries=32, show_spinner="Counting")
def _figures(tenant: str, versions: tuple[tuple[str, str], ...]) -> tuple[tuple[Attention, ...], Estate]:
    """Counted once for all sessions and each state of what is published."""
    run = RunFrames(services.frames(tenant), dict(versions))
    return attention(run), estate(run)


def _before_the_first_run(tenant: str, due: FilesDue) -> None:
    last = _newest(tenant)
    if last and (not last.is_over or last.status != "done"):
        word = STATUS_WORDS[last.status].split(" ", 1)[1]
        widgets.empty(
            f"The first run of {tenant} {word if last.status == 'failed' else f'is {word}'}, {_ended(last)}",
            "There is nothing to show before a run has come to its end. Runs has its phases, and why one stopped.",
            ways=("upload",),
        )
        _link("runs", "Look at the run", "play_circle", run=last.run_id)
        return
    if due.files:
        widgets.empty(
            f"{due.files:,} file{'s wait' if due.files > 1 else ' waits'} for the first run",
            f"A run of {tenant} reads what was handed over and makes the inventory of it.",
            f"discovery run {tenant}",
            ways=("runs",),
        )
        return
    widgets.empty(
        f"{tenant} has no files yet",
        "Hand over its exports, as they come out of ServiceNow, RVTools, SCCM or a spreadsheet.",
        f"discovery ingest {tenant} ~/exports/",
        f"discovery run {tenant}",
        ways=("upload",),
    )


def _standing(tenant: str, run: RunFrames, due: FilesDue) -> None:
    """One line: files, the last run, and what is newer than it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{due.files:,} file{'' if due.files == 1 else 's'} · {_last_run(tenant)}", width="stretch")
        _link("runs", "Runs", "play_circle")
    if due.is_due:
        st.info("The files are not those of the last run: start one to see what changed.", icon=":material/schedule:")
    if run.outdated or run.newer_files_wait:
        st.info("The last run was stopped: what you see is of the one before.", icon=":material/history:")


def _last_run(tenant: str) -> str:
    last = _newest(tenant)
    if last is None:
        return "its last run is not known: Dagster is down, or has forgotten it"
    return f"last run {STATUS_WORDS[last.status].split(' ', 1)[1]}, {_ended(last)}"


def _newest(tenant: str) -> Run | None:
    """The last run; None too where nobody can say."""
    try:
        return newest_run(tenant)
    except DiscoveryError:
        return None


def _ended(run: Run) -> str:
    return widgets.clock(run.ended or run.started or run.created)


def _sizes(there: Estate) -> None:
    figures = {
        "Assets": there.assets,
        "Dependencies": there.dependencies,
        "Applications": there.applications,
        f"Rows in {there.tables:,} table{'' if there.tables == 1 else 's'}": there.rows,
    }
    for column, (label, value) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(label, f"{value:,}", border=True)


def _wanting(found: tuple[Attention, ...], *, all_clear: bool) -> None:
    """A card per kind. all_clear: whether to tell the kinds in which there is nothing: only of a whole run."""
    wanting = [each for each in found if each.count]
    if not wanting and not all_clear:
        return
    st.subheader("What to look at first", anchor=False)
    rows = ceil(len(wanting) / PER_ROW)
    per_row = ceil(len(wanting) / max(rows, 1))  # no card alone in the last row
    for start in range(0, len(wanting), max(per_row, 1)):
        row = wanting[start : start + per_row]
        for column, each in zip(st.columns(per_row), row, strict=False):
            with column, st.container(border=True, height="stretch"):
                _card(each)
    clear = nothing_in(found)
    if clear and all_clear:
        st.caption(f":material/check: {clear}")


def _card(each: Attention) -> None:
    words = WORDS[each.kind]
    st.html(
        f'<div><span class="d-number">{each.count:,}</span> <span class="d-quiet">{of_all(each)}</span></div>'
        f"<div><b>{widgets.html_text(counted(each))}</b></div>"
        f'<div class="d-quiet">{widgets.html_text(words.why)}</div>'
    )
    _link(words.page, words.do, "arrow_forward", **words.items)


def _lists(there: Estate) -> None:
    shown = [title for title in LISTS if there.counts.get(title)]
    if not shown:
        return
    st.subheader("What there is", anchor=False)
    for column, title in zip(st.columns(len(shown)), shown, strict=True):
        heading, target, name = LISTS[title]
        with column, st.container(border=True, height="stretch", gap="xxsmall", key=f"d-list-{title}"):
            st.markdown(f"**{heading}**")
            _list(there.counts[title], target, name)


def _list(counts: Mapping[str, int], target: str, name: str) -> None:
    most = max(counts.values())
    for value, count in list(counts.items())[:LISTED]:
        shown, bar = (
            _named(value, name),
            f'<div class="d-bar"><i style="width:{100 * count / max(most, 1):.1f}%"></i></div>',
        )
        if name:
            _link(
                target,
                shown,
                "",
                figure=f"{count:,}",
                width="stretch",
                **{name: "(none)" if value == "none" else value},
            )
            st.html(bar)
        else:
            st.html(f'<div class="d-count"><span>{widgets.html_text(shown)}</span><b>{count:,}</b></div>{bar}')
    others = list(counts.values())[LISTED:]
    if others:
        st.caption(f"and {len(others)} more with {sum(others):,}")
    if not name:
        _link(target, "Open the map", "arrow_forward")


def _named(value: str, name: str) -> str:
    if name == "wave":
        return "no wave" if value == "none" else f"wave {value}"
    return value.replace("_", " ")


def _link(page_name: str, label: str, icon: str, figure: str = "", width: str = "content", **items: str) -> None:
    """A link to another page under the same tenant; only its words where that page isn't shown."""
    target = state.page_named(page_name)
    words = widgets.plain(label) + (f" **{figure}**" if figure else "")
    if target is None:
        st.markdown(words)
        return
    st.page_link(
        target,
        label=words,
        icon=f":material/{icon}:" if icon else None,
        width="stretch" if width == "stretch" else "content",
        query_params={state.TENANT: state.tenant(), **items},
    )
