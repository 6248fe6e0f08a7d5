"""Figures over runs: lines with a point per run, evenly apart however much time lies between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import altair as alt
import pandas as pd
import streamlit as st

from streamlit_app.widgets import clock


def show_over_runs(
    made_at: Sequence[datetime | None], figures: Mapping[str, Sequence[float | None]], height: int = 190, *,
    shares: bool = False,
) -> None:  # fmt: skip
    """A line per figure; a run without one has no point. made_at: of the runs, oldest first. shares: of 1."""
    rows = [
        {"Run": clock(moment), "Figure": name, "Value": value}
        for name, values in figures.items()
        for moment, value in zip(made_at, values, strict=True)
        if value is not None
    ]
    if not rows:
        return
    scale = alt.Scale(domain=[0, 1]) if shares else alt.Undefined
    axis = alt.Axis(format="%") if shares else alt.Axis()
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("Run:O", sort=[clock(moment) for moment in made_at], axis=alt.Axis(labelAngle=0), title=None),
            y=alt.Y("Value:Q", scale=scale, axis=axis, title=None),
            color=alt.Color("Figure:N", title=None, legend=alt.Legend(orient="bottom") if len(figures) > 1 else None),
            tooltip=["Run", "Figure", alt.Tooltip("Value:Q", format=".1%" if shares else ",")],
        )
        .properties(height=height)
    )
    st.altair_chart(chart)
