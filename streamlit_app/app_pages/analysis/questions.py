"""What to ask owners next, and what the analysis says in sentences."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from discovery_pipeline.services.assessment_views.estate import AssessedEstate
from discovery_pipeline.services.owner_questions import owner_questions, questions_csv
from streamlit_app import services, sign_in, state, widgets
from streamlit_app.app_pages.analysis import assessed
from streamlit_app.app_pages.analysis.shown import counted, money, words

PER_PAGE = 10
_NOBODY = "nobody known"
_SUBJECTS = 5


def show(tenant: str) -> None:
    """Questions by owner, those worth most first; beside them the sentences about estate and applications."""
    asked, told = st.tabs(["To ask", "In sentences"])
    with asked:
        _questions(tenant, _asked(tenant, assessed.versions(tenant)))
    with told:
        _narratives(tenant, assessed.estate(tenant))


@st.cache_data(max_entries=8, show_spinner="Reading the questions")
def _asked(tenant: str, published: object) -> pl.DataFrame:  # noqa: ARG001 - the cache is keyed by it
    return owner_questions(services.frames(tenant))


def _questions(tenant: str, asked: pl.DataFrame) -> None:
    if asked.is_empty():
        st.info("There is nothing to ask: every rule had the facts it needs.")
        return
    owned = asked.with_columns(pl.col("owner").fill_null(_NOBODY))
    counts = dict(owned.group_by("owner", maintain_order=True).len().iter_rows())
    who, download = st.columns([5, 2], vertical_alignment="bottom")
    owner = who.selectbox(
        "Owner",
        list(counts),
        index=None,
        key=f"asked/{tenant}",
        placeholder="Everybody",
        format_func=lambda name: f"{name} ({counts.get(name, 0):,})",
    )
    mine = owned if owner is None else owned.filter(pl.col("owner") == owner)
    download.download_button(
        "Download CSV",
        data=sign_in.for_its_people(
            tenant, lambda: questions_csv(asked if owner is None else asked.filter(pl.col("owner") == owner))
        ),
        file_name=f"questions-{tenant}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        help="As filtered; no cell starts a formula.",
    )
    first = widgets.pager(f"questions/{tenant}", owner, len(mine), PER_PAGE, "questions")
    for row in mine.slice(first, PER_PAGE).iter_rows(named=True):
        _question(row)


def _question(row: dict[str, Any]) -> None:
    with st.container(border=True):
        text, figures = st.columns([4, 2])
        text.html(
            f'<div class="d-title">{widgets.html_text(row["worded"] or row["question"])}</div>'
            f'<div class="d-quiet">{_about(row)}</div>'
        )
        figures.html(f'<div class="d-quiet">{"<br>".join(_worth(row))}</div>')
        shown = list(zip(row["subjects"] or [], row["names"] or [], strict=False))[:_SUBJECTS]
        with text.container(horizontal=True):
            for asset, name in shown:
                st.button(
                    widgets.plain(name),
                    key=f"subject/{row['question_id']}/{asset}",
                    type="tertiary",
                    on_click=_remember,
                    args=(asset,),
                )
    opened = st.session_state.pop(_OPEN, None)
    if opened:
        state.go_to("asset", asset=opened)


_OPEN = "asset_to_open"


def _remember(asset: str) -> None:
    """Streamlit changes pages from the script only, not from a callback."""
    st.session_state[_OPEN] = asset


def _about(row: dict[str, Any]) -> str:
    parts = [f"to {row['owner']}", words(row["topic"])]
    parts += [f"worded by {row['model']}"] if row["model"] else []
    parts += [f"or: {'; '.join(row['outcomes'][:3])}"] if row["outcomes"] else []
    return widgets.html_text(" · ".join(parts).replace(" -> ", " → "))


def _worth(row: dict[str, Any]) -> list[str]:
    waves = row["waves"] or []
    told = [
        f"{counted(row['assets'] or 0, 'asset')}, {counted(row['applications'] or 0, 'application')}",
        f"an answer changes the treatment of {row['change'] or 0:,.1f} of them, as expected",
    ]
    if row["monthly_cost"]:
        told.append(f"{money(row['monthly_cost'], row['currency'] or '')} a month rest on it")
    if waves:
        told.append(f"wave {waves[0]}" if len(waves) == 1 else f"waves {waves[0]} to {waves[-1]}")
    if row["answer_with"]:
        told.append(f"answered by a decision about {words(row['answer_with'])}")
    return [widgets.html_text(text) for text in told]


def _narratives(tenant: str, estate: AssessedEstate) -> None:
    if not estate.run.has("analysis", "narratives"):
        st.info("The analysis, of an older version, told no sentences. A run makes them.")
        return
    told = estate.run.scan("analysis", "narratives").filter(pl.col("kind") != "question").collect()
    if told.is_empty():
        st.info("There is nothing to tell of this estate.")
        return
    ordered = told.sort(pl.col("kind") != "summary", "name", maintain_order=True)
    first = widgets.pager(f"told/{tenant}", None, len(ordered), PER_PAGE, "texts")
    for row in ordered.slice(first, PER_PAGE).iter_rows(named=True):
        with st.container(border=True):
            by = f"written by {row['model']} from stated facts" if row["model"] else "stated from the facts"
            name, text, by = (widgets.html_text(part) for part in (row["name"] or "", row["text"], by))
            st.html(
                f'<div class="d-title">{name}</div><div class="d-effect">{text}</div><div class="d-quiet">{by}</div>'
            )
