"""What models were asked, what they said and cost, and what they changed: kept or taken back with one click."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from discovery_pipeline.services.agents.changes import ModelChange
from discovery_pipeline.services.agents.overview import AgentRun, AgentsOverview, agents_overview
from discovery_pipeline.store.insights import SaidInsight
from discovery_pipeline.store.plans import PlanRow
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.agents.spending_over_time import show_spending_over_time
from streamlit_app.app_pages.agents.tables import agent_row, cost, insight_row, plan_row, spending_html, worth_row
from streamlit_app.decisions import decide, show_question
from streamlit_app.people import may

PER_PAGE = 10
VERDICTS = {"kept": "kept by a person", "overruled": "decided otherwise by a person; waits for a run"}
_SETTING_UP = (
    "export OPENAI_BASE_URL=http://127.0.0.1:8080/v1   # any OpenAI-compatible server",
    "export OPENAI_API_KEY=...                         # where the server wants one",
    "export DISCOVERY_MODEL=...",
    "discovery health                                  # is it there?",
)


@widgets.guarded
def page() -> None:
    """The agents of the tenant."""
    title, which = st.columns([5, 2], vertical_alignment="bottom")
    title.title("Agents", anchor=False)
    widgets.show_notice()
    tenant = state.tenant()
    found = agents_overview(services.workspace(), tenant, state.item("run") or None)
    _who_asks(tenant, found)
    if not (found.runs or found.changes):
        return
    with which:
        _choose_run(tenant, found.runs)
    _figures(found)
    changed, said, spent, plans = st.tabs(["What they changed", "What was said", "Calls and cost", "Whom they ask"])
    with changed:
        _changes(tenant, found.changes)
    with said:
        _insights(found.insights)
    with spent:
        _cost(tenant, found)
    with plans:
        _plans(found.plans)


def _who_asks(tenant: str, found: AgentsOverview) -> None:
    """Which models are configured, or how to have one."""
    if not found.asks:
        widgets.empty(
            "No model is asked",
            "Every phase comes to its result without one. A model only settles what stays doubtful, as far as it was "
            "right about things that are known, and words some texts. Set an endpoint before the next run.",
            *_SETTING_UP,
        )
        return
    names = ", then ".join(found.asks)
    st.caption(widgets.plain(f"Asked: {names}" + (f"; {found.off}" if found.off else "")))
    if not (found.runs or found.changes):
        widgets.empty(
            "Nothing was asked yet", f"A run of {tenant} asks about what stays doubtful.", f"discovery run {tenant}",
            ways=("runs",),
        )  # fmt: skip


def _figures(found: AgentsOverview) -> None:
    """The newest or chosen run in five figures."""
    use = found.use
    success = "–" if use.success is None else widgets.percent(use.success)
    shown = {
        "Changes in the results": f"{len(found.changes):,}",
        "Calls in the run": f"{use.calls:,}",
        "Answered usably": success,
        "Answered before": f"{use.kept:,}",
        "Cost of the run": cost(use.cost_usd, use.unpriced),
    }
    for column, (name, value) in zip(st.columns(len(shown)), shown.items(), strict=True):
        column.metric(name, value)


def _choose_run(tenant: str, runs: Sequence[AgentRun]) -> None:
    """The run that is told of; the link names it."""
    times = {run.run_id: f"{widgets.clock(run.at)} · {run.run_id[:8]}" for run in runs}
    wanted = state.item("run")
    if wanted and wanted not in times:
        times = {wanted: wanted[:8], **times}
    if times:
        key = f"agents_run/{tenant}"
        index = list(times).index(wanted) if wanted else 0
        st.selectbox("Run", list(times), index, key=key, format_func=lambda run: times.get(run, run), on_change=_turn,
                     args=(key,))  # fmt: skip


def _turn(key: str) -> None:
    state.show_item("run", st.session_state[key] or "")


def _changes(tenant: str, changes: Sequence[ModelChange]) -> None:
    """What stands otherwise than without a model, change by change."""
    if not changes:
        st.write("Nothing in the results is otherwise than without a model.")
        return
    agents = sorted({change.agent for change in changes})
    chosen = st.multiselect("Agents", agents, key=f"agents_of/{tenant}", placeholder="all agents")
    listed = [change for change in changes if not chosen or change.agent in chosen]
    first = widgets.pager(f"changes/{tenant}", tuple(chosen), len(listed), PER_PAGE, "changes")
    for number, change in enumerate(listed[first : first + PER_PAGE], first):
        with st.container(border=True):
            _change(tenant, number, change)


def _change(tenant: str, number: int, change: ModelChange) -> None:
    text, buttons = st.columns([4, 2], vertical_alignment="center")
    was, now = (widgets.html_text(side) or "nothing" for side in (change.before, change.after))
    text.html(
        f'<div class="d-title">{widgets.html_text(change.about)}</div>'
        f'<div class="d-effect">{widgets.html_text(change.field.replace("_", " "))}: {was} → <b>{now}</b></div>'
        f'<div class="d-quiet">{widgets.html_text(change.agent)} agent, {widgets.html_text(change.model)}, '
        f"{widgets.percent(change.confidence)} sure · {widgets.html_text(change.why)}</div>"
    )
    with buttons, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        if change.verdict != "undecided":
            st.caption(VERDICTS[change.verdict], width="content")
        for name, decided, icon in (("Keep", change.keep, "check"), ("Take back", change.undo, "undo")):
            if decided and change.verdict == "undecided":
                done = f"**{widgets.plain(change.about)}** is {'kept' if name == 'Keep' else 'taken back'}."
                st.button(
                    name, key=f"{name}/{number}/{change.subject}", icon=f":material/{icon}:",
                    disabled=not may("analyst"), on_click=decide, args=(tenant, _place(change), decided, done),
                )  # fmt: skip
        _link(number, change)
    show_question(tenant, _place(change))


def _place(change: ModelChange) -> str:
    """Where a question about a decision on the change is shown."""
    return f"agents/{change.subject}/{change.field}"


def _link(number: int, change: ModelChange) -> None:
    """To where a person sees it with all evidence and may say something else."""
    page = "mappings" if change.page == "mappings" else "asset"
    if not change.find or state.page_named(page) is None:
        return
    if st.button("Look", key=f"look/{number}/{change.subject}", icon=":material/search:"):
        if page == "asset":
            state.go_to(page, asset=change.find)
        else:
            state.go_to(page, view="All", text=change.find)


def _insights(insights: Sequence[SaidInsight]) -> None:
    """Who said what to whom, in the order in which it was said."""
    if not insights:
        st.write("In this run nobody told another anything.")
        return
    st.dataframe(pd.DataFrame([insight_row(said.insight) for said in insights]), hide_index=True, placeholder="")
    st.caption("Phases and agents tell each other what they noticed, without names and values; later agents hear it.")


def _cost(tenant: str, found: AgentsOverview) -> None:
    """Limits with what is spent of them, and each agent's calls."""
    for column, spending in zip(st.columns(len(found.spending)), found.spending, strict=True):
        with column:
            st.html(spending_html(spending))
    show_spending_over_time(services.workspace().database, tenant, found.spending)
    if found.agents:
        st.dataframe(pd.DataFrame([agent_row(agent) for agent in found.agents]), hide_index=True, placeholder="")
    else:
        st.write("In this run no call was made.")
    if found.worth:
        st.markdown("**What answers were worth, in all runs**")
        st.dataframe(pd.DataFrame([worth_row(each) for each in found.worth]), hide_index=True, placeholder="")


def _plans(plans: Sequence[PlanRow]) -> None:
    """Which model each agent asked, and why that one."""
    if not plans:
        st.write("In this run no agent had anything to ask.")
        return
    st.dataframe(pd.DataFrame([plan_row(plan) for plan in plans]), hide_index=True, placeholder="")
    st.caption("Chosen from what earlier runs showed of each model: right answers on known things, speed and cost.")
