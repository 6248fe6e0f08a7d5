"""Whether runs get better: how sure they were, how right they turned out to be, what people settled for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from discovery_pipeline.services.learning.tracker import TrackRecord, published_track_records
from discovery_pipeline.store.mapping_outcomes import JudgedOutcome, judged_outcomes
from streamlit_app import services, state, widgets
from streamlit_app.evidence import decided_by
from streamlit_app.run_chart import show_over_runs

_LINES = ("Accepted", "Mean confidence", "Right where people looked")
TRENDS = {"improving": "getting better", "declining": "getting worse", "stable": "steady", "too_few": "too few to tell"}


@widgets.guarded
def show_trends(tenant: str) -> None:
    """Figures of the newest run, their course over runs, and the record of each method."""
    outcomes = judged_outcomes(services.workspace().database, tenant)
    if not outcomes:
        widgets.empty(
            "No run has left its figures yet", f"The next run of {tenant} begins the trend.", f"discovery run {tenant}"
        )
        return
    _figures(outcomes)
    _course(outcomes)
    _records(published_track_records(services.frames(tenant)))


def _figures(outcomes: Sequence[JudgedOutcome]) -> None:
    """The newest run, beside the one before it."""
    newest, before = outcomes[-1], outcomes[-2] if len(outcomes) > 1 else None
    accepted, sure, recalled, judged = st.columns(4)
    accepted.metric("Accepted without a look", widgets.percent(_accepted(newest)), _step(newest, before))
    confidence = newest.outcome.confidence
    sure.metric("Mean confidence", "–" if confidence is None else widgets.percent(confidence))
    recalled.metric(
        "Settled by what people taught",
        f"{newest.outcome.recalled:,} columns",
        help="Columns that were recognised from earlier decisions, so that nobody was asked again.",
    )
    decided = sum(each.judged for each in outcomes)
    right = sum(each.right for each in outcomes)
    judged.metric(
        "Right where people looked",
        widgets.percent(right / decided) if decided else "–",
        help="Of columns that people decided about, those that the run had right. They look at doubtful ones first, so "
        "it is lower than of all columns.",
    )


def _accepted(each: JudgedOutcome) -> float:
    mapped = each.outcome.accepted + each.outcome.review
    return each.outcome.accepted / mapped if mapped else 1.0


def _step(newest: JudgedOutcome, before: JudgedOutcome | None) -> str | None:
    if before is None:
        return None
    return f"{100 * (_accepted(newest) - _accepted(before)):+.1f} points"


def _course(outcomes: Sequence[JudgedOutcome]) -> None:
    """Shares over runs as lines, and the same as a table."""
    rows: list[dict[str, Any]] = [
        {
            "Run": each.made_at,
            "Accepted": _accepted(each),
            "Mean confidence": each.outcome.confidence,
            "Right where people looked": each.right / each.judged if each.judged else None,
            "Sure of those": each.sure,
            "Columns": each.outcome.accepted + each.outcome.review + each.outcome.unmapped,
            "To review": each.outcome.review,
            "Recalled": each.outcome.recalled,
            "Decided after it": each.judged,
        }
        for each in outcomes
    ]
    frame = pd.DataFrame(rows)
    if len(rows) > 1:
        lines = {name: [row[name] for row in rows] for name in _LINES}
        show_over_runs([each.made_at for each in outcomes], lines, 260, shares=True)
    else:
        st.caption("One run so far; the next one begins a trend.")
    shown = frame[::-1].assign(Run=[widgets.clock(each.made_at) for each in outcomes][::-1])
    config = {name: st.column_config.NumberColumn(name, format="percent") for name in (*_LINES, "Sure of those")}
    st.dataframe(shown, hide_index=True, column_config=config, placeholder="")


def _records(records: Sequence[TrackRecord]) -> None:
    """How each method of mapping did where people decided."""
    st.subheader("What mappings rest on, and how right it was", anchor=False)
    if not records:
        st.write("Nobody has decided about a column yet, so every method is trusted as it was measured at the start.")
        return
    rows = [
        {
            "Mapped by": decided_by(record.method),
            "Decisions": record.decisions,
            "Right": record.right,
            "With 90 % certainty": f"{100 * record.low:.1f} to {100 * record.high:.1f} %",
            "Trend": TRENDS.get(record.trend, record.trend),
        }
        for record in records
    ]
    config = {"Right": st.column_config.NumberColumn("Right", format="percent")}
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=config, placeholder="")
    st.caption("Of columns that the error budget accepts. From which confidence on a tenant accepts follows from it.")
    if state.page_named("mappings") is not None and st.button("Open the mappings", icon=":material/rule:"):
        state.go_to("mappings")
