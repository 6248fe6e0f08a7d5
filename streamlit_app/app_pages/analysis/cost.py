"""What the machines that move would cost a month: per provider, and per strategy, wave or environment."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import altair as alt
import polars as pl
import streamlit as st

from discovery_pipeline.services.assessment_views.costs import By, costs_by, unpriced
from discovery_pipeline.services.assessment_views.estate import AssessedEstate
from streamlit_app.app_pages.analysis import assessed
from streamlit_app.app_pages.analysis.shown import money, provider_chosen, provider_name, table, words
from streamlit_app.widgets import html_text

_TERMS = {"1y": "one year", "3y": "three years"}
_OLD_DAYS = 366
# Seen on white and on dark ground.
_BLUE = "#2f8fb0"


def show(tenant: str) -> None:
    """Totals with their ranges and dates, one provider in detail, and what has no price."""
    estate = assessed.estate(tenant)
    found = estate.totals
    if found.is_empty():
        st.info("No machine that moves has a price. A machine needs known processors and memory to be sized.")
        _without(estate)
        return
    _providers(found, estate)
    _detail(tenant, estate, [str(name) for name in found["provider"]])
    _without(estate)


def _providers(found: pl.DataFrame, estate: AssessedEstate) -> None:
    chart, text = st.columns([3, 2], gap="large", vertical_alignment="center")
    named = found.with_columns(name=pl.col("provider").map_elements(provider_name, return_dtype=pl.String)).to_pandas()
    names = alt.Y("name:N", title=None, sort=None)
    bounds = (
        alt.Chart(named)
        .mark_bar(height=10, opacity=0.45, color=_BLUE)
        .encode(y=names, x=alt.X("low:Q", title=f"{estate.currency} a month", axis=alt.Axis(format="~s")), x2="high:Q")
    )
    amount = (
        alt.Chart(named)
        .mark_tick(thickness=4, size=26, color=_BLUE)
        .encode(
            y=names,
            x="on_demand:Q",
            tooltip=[alt.Tooltip(name, format=",.0f") for name in ("low", "on_demand", "reserved", "high")],
        )
    )
    chart.altair_chart((bounds + amount).properties(height=60 + 44 * len(found)), key="totals")
    text.html(_legend(found, estate))
    table(
        found.with_columns(provider=pl.col("provider").map_elements(provider_name, return_dtype=pl.String)),
        "providers",
        {
            "provider": "Provider",
            "region": "Region",
            "machines": st.column_config.NumberColumn("Machines", format="localized"),
            **_amounts(),
            "price_date": st.column_config.DateColumn("Oldest price of", format="YYYY-MM-DD"),
        },
        pick=False,
    )


def _legend(found: pl.DataFrame, estate: AssessedEstate) -> str:
    sizing: Any = estate.summary.get("sizing") or {}
    term = _TERMS.get(str(sizing.get("term")), str(sizing.get("term") or "a term that is not told"))
    told = [
        "The mark is the price on demand, the bar the range that needs, region and age of the prices leave open.",
        f"Reserved means for {html_text(term)}; licences of Windows are {words(sizing.get('windows_licence'))}.",
        f"Prices are {html_text(str(sizing.get('source') or 'of the catalogue in force'))}.",
    ]
    newest: date | None = found["price_date"].cast(pl.Date).max()  # type: ignore[assignment]
    old = [
        html_text(provider_name(row["provider"]))
        for row in found.iter_rows(named=True)
        if newest and row["price_date"] and (newest - row["price_date"]).days > _OLD_DAYS
    ]
    if old:
        told.append(f"<b>Prices of {' and '.join(old)} are over a year older than the newest: compare with care.</b>")
    return f'<ul class="d-why">{"".join(f"<li>{text}</li>" for text in told)}</ul>'


def _detail(tenant: str, estate: AssessedEstate, providers: list[str]) -> None:
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        provider = provider_chosen(tenant, providers) or providers[0]
    with right:
        by = cast(
            "By",
            st.segmented_control(
                "By", ["strategy", "wave", "environment", "type"], default="strategy", key="cost_by", format_func=words
            )
            or "strategy",
        )
    found = costs_by(estate, provider, by).with_columns(
        value=pl.col("value").str.replace_all("_", " ", literal=True).fill_null("none known")
    )
    table(
        found,
        f"costs/{tenant}/{provider}/{by}",
        {
            "value": words(by).capitalize(),
            "machines": st.column_config.NumberColumn("Machines", format="localized"),
            "priced": st.column_config.NumberColumn("With a price", format="localized"),
            **_amounts(),
        },
        pick=False,
    )
    sums = [money(float(found[name].sum()), estate.currency) for name in ("on_demand", "reserved")]
    st.caption(
        f"At {provider_name(provider)}: {sums[0]} a month on demand, {sums[1]} reserved. What stays, is "
        "retired or replaced is not sized."
    )


def _amounts() -> dict[str, Any]:
    named = {"on_demand": "On demand", "reserved": "Reserved", "low": "From", "high": "To"}
    return {name: st.column_config.NumberColumn(title, format="%,.0f") for name, title in named.items()}


def _without(estate: AssessedEstate) -> None:
    found = unpriced(estate)
    if found.is_empty():
        st.caption("Every machine that moves has a price.")
        return
    st.subheader("Without a price", anchor=False)
    table(
        found,
        "unpriced",
        {
            "reason": st.column_config.TextColumn("Why", width="large"),
            "machines": st.column_config.NumberColumn("Machines", format="localized"),
        },
        pick=False,
    )
