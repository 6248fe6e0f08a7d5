"""Strategies by type, environment, application, owner or wave: how many assets, and what they cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import pandas as pd
import polars as pl
import streamlit as st

from discovery_pipeline.services.assessment_views.estate import AssessedEstate
from discovery_pipeline.services.assessment_views.matrix import (
    DIMENSIONS,
    STRATEGIES,
    Dimension,
    Matrix,
    strategy_matrix,
)
from discovery_pipeline.services.inventory.query import NONE
from streamlit_app import state
from streamlit_app.app_pages.analysis import assessed
from streamlit_app.app_pages.analysis.shown import choice, provider_chosen, words

_TOTAL = "all"
_MOST = 40
# Rows that are shown without scrolling.
_TALL = 16


def show(tenant: str) -> None:
    """The matrix; a click on a cell opens its assets in the inventory."""
    estate = assessed.estate(tenant)
    by_place, what_place, provider_place = st.columns([3, 2, 2], vertical_alignment="bottom")
    with by_place:
        by = cast("Dimension", choice("Strategies by", "by", {name: words(name) for name in DIMENSIONS}))
    with what_place:
        priced = (
            st.segmented_control("Show", ["assets", "cost a month"], default="assets", key="figures") == "cost a month"
        )
    with provider_place:
        provider = provider_chosen(tenant, assessed.providers(tenant)) if priced else None
    everything = st.toggle("With assets there is nothing to decide for", key="undecided", value=False)
    found = strategy_matrix(estate, by, provider, _MOST, undecided=everything)
    if found.cells.is_empty():
        st.info("There is nothing to decide for in this estate.")
        return
    if priced and provider is None:
        st.info("No machine of this estate has a price. The cost part says why.")
    _grid(tenant, found, by, cost=provider is not None)
    _notes(found, estate, by, cost=provider is not None)


def _grid(tenant: str, found: Matrix, by: Dimension, *, cost: bool) -> None:
    figure = "cost" if cost else "assets"
    shown: list[str] = [name for name in STRATEGIES if name in found.cells["strategy"]]
    wide = found.cells.pivot("strategy", index="value", values=figure, maintain_order=True).select(
        "value", *shown, pl.sum_horizontal(shown).alias(_TOTAL)
    )
    frame = wide.select(pl.col("value").fill_null("none known"), *shown, _TOTAL).to_pandas()
    if by == "type":
        frame["value"] = frame["value"].map(words)
    event: Any = st.dataframe(
        frame.style.format(_figure, subset=pd.Index([*shown, _TOTAL])).apply(_shade, subset=pd.Index(shown), axis=None),
        key=f"matrix/{tenant}/{by}/{figure}",
        hide_index=True,
        placeholder="",
        height="content" if len(frame) <= _TALL else 640,
        column_config={"value": st.column_config.TextColumn(words(by).capitalize(), pinned=True)}
        | {name: st.column_config.Column(words(name).capitalize()) for name in (*shown, _TOTAL)},
        on_select="rerun",
        selection_mode="single-cell",
    )
    _open(event, wide, by, shown)


def _shade(frame: pd.DataFrame) -> pd.DataFrame:
    """The more of all stands in a cell, the darker; readable in both themes."""
    most = frame.max().max()

    def ground(value: float) -> str:
        return f"background-color: rgba(31,111,139,{0.08 + 0.5 * value / most:.2f})" if _figure(value) else ""

    return frame.map(ground)


def _figure(value: object) -> str:
    """Nothing where there is nothing, so that what there is can be seen."""
    return f"{value:,.0f}" if isinstance(value, int | float) and value and not math.isnan(value) else ""


def _open(event: Any, wide: pl.DataFrame, by: Dimension, shown: Sequence[str]) -> None:
    """The inventory, filtered to the cell that was clicked."""
    cells = [cell for cell in event["selection"]["cells"] if cell[0] < len(wide)]
    if not cells:
        st.caption("Click a cell to see its assets in the inventory.")
        return
    row, column = cells[0]
    value = wide.item(row, "value")
    chosen: dict[str, str] = {by: NONE if value is None else str(value)}
    if column in shown:
        chosen["strategy"] = column
    state.go_to("inventory", **chosen)


def _notes(found: Matrix, estate: AssessedEstate, by: Dimension, *, cost: bool) -> None:
    told = []
    rest = found.values - min(found.values, _MOST)
    if rest:
        told.append(f"The {_MOST} largest of {found.values:,} are shown.")
    if by == "application":
        told.append("An asset of several applications counts in each of them.")
    if cost:
        without = int(found.cells["assets"].sum()) - int(found.cells["priced"].sum())
        told.append(f"{estate.currency}, on demand; {without:,} of these assets have no price and count as nothing.")
    if told:
        st.caption(" ".join(told))
