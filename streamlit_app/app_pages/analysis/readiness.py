"""How ready the machines are, and what costs them most."""

from __future__ import annotations

import altair as alt
import polars as pl
import streamlit as st

from discovery_pipeline.services.assessment_views.estate import AssessedEstate
from discovery_pipeline.services.assessment_views.readiness import STEP, blocked_by, blockers, scores, wordings
from streamlit_app import widgets
from streamlit_app.app_pages.analysis import assessed
from streamlit_app.app_pages.analysis.shown import BAND_COLOURS, assets_table, table


def show(tenant: str) -> None:
    """Scores, then the blockers; a click on one shows whom it concerns."""
    estate = assessed.estate(tenant)
    counted = scores(estate)
    total = int(counted["assets"].sum())
    if not total:
        st.info("There is no machine that something is to be decided for, so there is no readiness to show.")
        return
    _bands(counted, total)
    left, right = st.columns([2, 3.4], gap="medium")
    with left:
        st.subheader("Scores of machines", anchor=False)
        _chart(counted)
        st.caption(
            "100 is ready to move as it is; each lack takes points off. An application is as ready as the least "
            "ready machine that runs it."
        )
    with right:
        st.subheader("What costs most", anchor=False)
        found = blockers(estate)
        row = _blockers(tenant, found)
    if row is not None:
        _concerned(tenant, estate, str(found.item(row, "blocker")))


def _bands(counted: pl.DataFrame, total: int) -> None:
    bands = dict(counted.group_by("band").agg(pl.col("assets").sum()).iter_rows())
    for column, band in zip(st.columns(4), BAND_COLOURS, strict=False):
        count = bands.get(band, 0)
        column.metric(
            band.capitalize(),
            f"{count:,}",
            f"{widgets.percent(count / total)} of machines",
            delta_color="off",
            delta_arrow="off",
        )


def _chart(counted: pl.DataFrame) -> None:
    named = counted.with_columns(
        score=pl.format(
            "{}–{}", "low", pl.when(pl.col("low") == 100 - STEP).then(100).otherwise(pl.col("low") + STEP - 1)
        )
    )
    bars = (
        alt.Chart(named.to_pandas())
        .mark_bar()
        .encode(
            x=alt.X("score:N", sort=None, title="Readiness", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("assets:Q", title="Machines"),
            color=alt.Color(
                "band:N",
                scale=alt.Scale(domain=list(BAND_COLOURS), range=list(BAND_COLOURS.values())),
                title=None,
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("score", title="Readiness"),
                alt.Tooltip("assets", title="Machines", format=","),
                "band",
            ],
        )
        .properties(height=300)
    )
    st.altair_chart(bars, key="scores")


def _blockers(tenant: str, found: pl.DataFrame) -> int | None:
    told = found.with_columns(
        lacking=pl.when(pl.col("wordings") == 1)
        .then("example")
        .otherwise("blocker")
        .str.replace("….", "…", literal=True),
        part=pl.col("part").str.replace_all("_", " ", literal=True),
    )
    return table(
        told,
        f"blockers/{tenant}",
        {
            "lacking": st.column_config.TextColumn("What is lacking", width=320),
            "assets": st.column_config.NumberColumn("Assets", format="localized", width=70),
            "points": st.column_config.NumberColumn("Points off", format="%d", width=70),
            "part": st.column_config.TextColumn(
                "Part", help="Of the score: of one part only the heaviest counts.", width=110
            ),
        },
    )


def _concerned(tenant: str, estate: AssessedEstate, blocker: str) -> None:
    st.subheader(widgets.plain(blocker), anchor=False)
    said = wordings(estate, blocker)
    counts = dict(said.iter_rows())
    sentence = st.selectbox(
        "Said of",
        list(counts),
        key=f"wording/{tenant}/{blocker}",
        format_func=lambda text: f"{text} ({counts[text]:,})",
    )
    found = blocked_by(estate, sentence)
    assets_table(found, f"blocked/{tenant}/{sentence}", ("name", "type", "environment", "strategy", "readiness"))
    more = counts[sentence] - len(found)
    st.caption(
        "Click an asset to open it."
        + (f" The {len(found)} least ready are shown, of {counts[sentence]:,}." if more > 0 else "")
    )
