"""What models cost day by day, against what a day may cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd
import streamlit as st

from discovery_pipeline.services.agents.overview import Spending
from discovery_pipeline.store.ledger_sums import DailyCost, daily_costs
from discovery_pipeline.store.session import Database
from streamlit_app.app_pages.agents.tables import cost

DAYS = 60


def show_spending_over_time(database: Database, tenant: str, spending: Sequence[Spending]) -> None:
    """Bars of the newest days with calls, and the limit of a day beside them where there is one."""
    days = daily_costs(database, tenant, DAYS)
    if not days:
        return
    st.markdown(f"**Spent per day (UTC), the last {DAYS} days with calls at most**")
    limit = next((each.limit.usd for each in spending if each.scope == "day"), None)
    frame = _frame(days, limit)
    if limit is None:
        st.bar_chart(frame, x="Day", y="US dollars", height=200)
    else:
        st.line_chart(frame, x="Day", y=["US dollars", "A day's limit"], height=200)
    total, unpriced = sum(day.usd for day in days), sum(day.unpriced for day in days)
    calls = sum(day.calls for day in days)
    st.caption(f"{cost(total, unpriced)} for {calls:,} calls on {len(days):,} days.")


def _frame(days: Sequence[DailyCost], limit: float | None) -> pd.DataFrame:
    """A row per day from the first to the last; a day without calls cost nothing."""
    spent = {day.day: day.usd for day in days}
    first, last = days[0].day, days[-1].day
    shown = [first + timedelta(days=number) for number in range((last - first).days + 1)][-DAYS:]
    frame = pd.DataFrame({"Day": shown, "US dollars": [spent.get(day, 0.0) for day in shown]})
    return frame if limit is None else frame.assign(**{"A day's limit": limit})
