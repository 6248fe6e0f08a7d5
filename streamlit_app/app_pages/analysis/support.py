"""When vendors' support ends: by year, then release by release."""

from __future__ import annotations

import altair as alt
import polars as pl
import streamlit as st

from discovery_pipeline.services.assessment_views.estate import AssessedEstate
from discovery_pipeline.services.assessment_views.support import ends_by_year, of_release, releases, servers
from streamlit_app import widgets
from streamlit_app.app_pages.analysis import assessed
from streamlit_app.app_pages.analysis.shown import SUPPORT_COLOURS, assets_table, table


def show(tenant: str) -> None:
    """The years, those past first, and the releases; a click on one shows its assets."""
    estate = assessed.estate(tenant)
    found = releases(estate)
    if found.is_empty():
        st.info(
            "No system, database or middleware of this estate is named by its release, so no end of support is known."
        )
        return
    _figures(found, estate)
    dated = ends_by_year(found)
    if len(dated):
        _chart(dated)
    row = table(
        found.with_columns(pl.col("support").fill_null("unknown")),
        f"releases/{tenant}",
        {
            "ends": st.column_config.DateColumn("Support ends", format="YYYY-MM-DD"),
            "release": st.column_config.TextColumn("Release", width="medium"),
            "kind": "Of",
            "support": "On the day of the data",
            "assets": st.column_config.NumberColumn("Assets", format="localized"),
            "production": st.column_config.NumberColumn("In production", format="localized"),
        },
    )
    table_as_of = (estate.summary.get("lifecycle_table") or {}).get("as_of")
    st.caption(
        f"Judged on {estate.as_of:%d %b %Y}, the day the data speaks of, by the support dates of {table_as_of}: "
        "the vendor's regular support. Where no date stands, the data names no release or the table does not know it."
    )
    if row is not None:
        _assets(tenant, estate, found.row(row, named=True))


def _figures(found: pl.DataFrame, estate: AssessedEstate) -> None:
    named = found.filter(pl.col("kind") == "servers")
    counts = dict(named.group_by("support").agg(pl.col("assets").sum()).iter_rows())
    machines = servers(estate)
    unnamed = machines - int(named["assets"].sum())
    shown = {
        "Servers out of support": counts.get("ended", 0),
        "With paid updates only": counts.get("extended", 0),
        "Ending soon": counts.get("ending", 0),
        "Not known": counts.get("unknown", 0) + counts.get(None, 0) + unnamed,
    }
    for column, (name, count) in zip(st.columns(len(shown)), shown.items(), strict=True):
        column.metric(
            name,
            f"{count:,}",
            f"{widgets.percent(count / max(machines, 1))} of servers",
            delta_color="off",
            delta_arrow="off",
        )


def _chart(dated: pl.DataFrame) -> None:
    known = [name for name in SUPPORT_COLOURS if name in dated["support"]]
    first, last = (int(str(year)) for year in (dated["year"].min(), dated["year"].max()))
    years = [str(year) for year in range(first, last + 1)]
    bars = (
        alt.Chart(dated.with_columns(pl.col("year").cast(pl.String)).to_pandas())
        .mark_bar()
        .encode(
            x=alt.X(
                "year:O", title="Year in which support ends", axis=alt.Axis(labelAngle=0), scale=alt.Scale(domain=years)
            ),
            y=alt.Y("sum(assets):Q", title="Assets"),
            color=alt.Color(
                "support:N",
                title=None,
                legend=alt.Legend(orient="top"),
                scale=alt.Scale(domain=known, range=[SUPPORT_COLOURS[name] for name in known]),
            ),
            column=alt.Column(
                "kind:N",
                title=None,
                sort=["servers", "databases", "middleware"],
                header=alt.Header(labelFontWeight="bold"),
            ),
            tooltip=["year", "kind", "support", alt.Tooltip("sum(assets)", title="Assets", format=",")],
        )
        .properties(height=220, width=330)
        .resolve_scale(y="independent")
    )
    st.altair_chart(bars, key="ends", width="content")


def _assets(tenant: str, estate: AssessedEstate, chosen: dict[str, object]) -> None:
    release, kind = str(chosen["release"]), str(chosen["kind"])
    st.subheader(widgets.plain(release), anchor=False)
    found = of_release(estate, kind, release)
    assets_table(found, f"release/{tenant}/{kind}/{release}", ("name", "type", "environment", "strategy", "wave"))
    st.caption(f"Click an asset to open it. {len(found):,} are shown, those that move first before the others.")
