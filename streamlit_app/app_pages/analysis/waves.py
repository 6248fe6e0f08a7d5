"""The wave plan as a board: move groups are dragged, or put by name, into another wave; what breaks is told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from discovery_pipeline.services.assessment_views.board import WaveBoard
from discovery_pipeline.services.assessment_views.pins import Pin, pins
from streamlit_app import decisions, services, widgets
from streamlit_app.app_pages.analysis import assessed, wave_moves
from streamlit_app.app_pages.analysis.shown import counted, money, table
from streamlit_app.app_pages.analysis.wave_board import wave_board
from streamlit_app.people import may

# Cards of one wave: more of them nobody reads; the search finds the others.
PER_WAVE = 25
_CHOICES = 500


def show(tenant: str) -> None:
    """The board, what its moves would do, what was saved; then the plan as it stands."""
    board = assessed.board(tenant)
    if board.groups.is_empty():
        st.info("Nothing moves: every asset stays, is retired or has nothing to decide for.")
        return
    saved = pins(services.workspace(), tenant, board)
    moves = wave_moves.moves_of(tenant, board, saved)
    currency = assessed.estate(tenant).currency
    decisions.waiting_bar(tenant)
    words = st.text_input(
        "Find a group", key=f"wave_search/{tenant}", placeholder="Application or server that a group is called after"
    )
    wave_moves.verdict(tenant, board, moves)
    found = _found(board.placed(moves.all), words)
    key = f"wave_board/{tenant}"
    waves = _waves(board, found, moves, currency)
    wave_board({"waves": waves, "movable": may("analyst")}, key, lambda: wave_moves.dropped(tenant, board, key))
    st.caption(
        "Drag a group into another wave, or choose both below. The bar is how full a wave is. An orange edge is "
        "a saved decision that waits for a run, a tinted card is not saved yet."
    )
    _by_name(tenant, board, found)
    wave_moves.show(tenant, board, moves)
    _pins(tenant, saved)
    _plan(tenant, board)


def _found(placed: pl.DataFrame, words: str) -> pl.DataFrame:
    """Groups whose label holds every word."""
    for word in words.lower().split():
        placed = placed.filter(pl.col("label").str.to_lowercase().str.contains(word, literal=True))
    return placed


def _waves(board: WaveBoard, found: pl.DataFrame, moves: wave_moves.Moves, currency: str) -> list[dict[str, Any]]:
    """What the component draws: every wave, and an empty one behind the last."""
    loads = {row["wave"]: row for row in board.loads(moves.all).iter_rows(named=True)}
    planned = {row["wave"]: row for row in board.waves.iter_rows(named=True)}
    ranked = found.sort([pl.col("was").is_null(), pl.col("size")], descending=[False, True], maintain_order=True)
    first = ranked.with_columns(place=pl.int_range(pl.len()).over("wave")).filter(pl.col("place") < PER_WAVE)
    cards: dict[int, list[dict[str, Any]]] = {}
    for row in first.iter_rows(named=True):
        cards.setdefault(row["wave"], []).append(_card(row, moves, currency))
    counts = dict(found.group_by("wave").len().iter_rows())
    last = max([board.last, *moves.all.values()]) + 1
    return [
        {
            "wave": wave,
            "cards": cards.get(wave, []),
            **_head(wave, loads.get(wave), planned.get(wave), board, currency),
            "more": f"and {counts[wave] - PER_WAVE:,} more groups" if counts.get(wave, 0) > PER_WAVE else "",
        }
        for wave in range(1, last + 1)
    ]


def _head(
    wave: int, load: Mapping[str, Any] | None, planned: Mapping[str, Any] | None, board: WaveBoard, currency: str
) -> dict[str, Any]:
    title = f"Wave {wave}" + (" · pilot" if planned and planned["pilot"] else "")
    if load is None:
        return {"title": title, "load": "empty", "facts": [], "share": 0.0, "over": False}
    bound = board.bounds["size"]
    over = any(load[name] > limit + 1e-9 for name, limit in board.bounds.items())
    facts = [f"{load['groups']:,} groups, {load['production']:,} production servers, {load['tib']:,.1f} TiB"]
    known = [
        f"readiness {load['readiness']:.0f}" if load["readiness"] is not None else "",
        f"{money(load['cost'], currency)} a month" if load["cost"] is not None else "",
    ]
    facts.append(", ".join(filter(None, known)) or "readiness and cost are not known")
    if planned and planned["starts"]:
        facts.append(f"{planned['starts']:%d %b %Y} to {planned['ends']:%d %b %Y}")
    return {
        "title": title,
        "load": f"{load['size']:,} of {bound:,.0f} assets",
        "facts": facts,
        "share": load["size"] / bound,
        "over": over,
    }


def _card(row: Mapping[str, Any], moves: wave_moves.Moves, currency: str) -> dict[str, Any]:
    parts = [
        counted(row["size"], "asset"),
        *row["environments"][:2],
        money(row["cost"], currency) if row["cost"] is not None else "",
    ]
    if row["was"] is not None:
        parts.append(f"from wave {row['was']}")
    elif row["crossing"]:
        parts.append(f"{row['crossing']:,} needs cross")
    group = row["group_id"]
    return {
        "id": group,
        "label": row["label"],
        "text": " · ".join(filter(None, parts)),
        "why": "\n".join(row["reasons"] or []),
        "moved": group in moves.drafts,
        "saved": group in moves.waiting,
    }


def _by_name(tenant: str, board: WaveBoard, found: pl.DataFrame) -> None:
    """The same as dragging, by keyboard; several groups at once."""
    rows = found.select("group_id", "label", "wave", "size").head(_CHOICES)
    named = {g: f"{label} (wave {wave}, {size:,} assets)" for g, label, wave, size in rows.iter_rows()}
    groups, wave, button = st.columns([6, 1.3, 1.3], vertical_alignment="bottom")
    groups.multiselect(
        "Put these groups",
        list(named),
        key=f"put/{tenant}",
        format_func=lambda group: named.get(group, group),
        placeholder="Groups that the search finds",
        disabled=not may("analyst"),
    )
    wave.number_input("into wave", 1, wave_moves.HIGHEST, key=f"put_into/{tenant}", disabled=not may("analyst"))
    button.button(
        "Try it", key="put", width="stretch", on_click=wave_moves.put, args=(tenant, board), disabled=not may("analyst")
    )


def _pins(tenant: str, saved: Sequence[Pin]) -> None:
    """What people planned, with the way back."""
    if not saved:
        return
    st.subheader("Planned by people", anchor=False)
    for pin in saved:
        text, button = st.columns([8, 1.4], vertical_alignment="center")
        part = "" if pin.assets == pin.of else f" ({pin.assets:,} of its {pin.of:,} assets)"
        waits = "waits for a run" if pin.waits else "followed by the plan"
        text.markdown(
            f"**{widgets.plain(pin.label)}** in wave **{pin.wave}**{part}: {widgets.plain(pin.author)}, "
            f"{widgets.clock(pin.made_at)}; {waits}"
        )
        button.button(
            "Take back",
            key=f"unpin/{pin.group_id}/{pin.wave}",
            width="stretch",
            disabled=not may("analyst"),
            on_click=wave_moves.unpin,
            args=(tenant, pin),
        )


def _plan(tenant: str, board: WaveBoard) -> None:
    """The published plan: waves with their reasons, needs that cross them."""
    st.subheader("The plan as it stands", anchor=False)
    told = board.waves.with_columns(
        pl.col("environments").list.join(", "), pl.col("risk", "confidence", "crossing_chance").round(2)
    )
    figures = {
        "groups": "Groups",
        "assets": "Assets",
        "applications": "Applications",
        "environments": "Environments",
        "risk": "Risk",
        "confidence": "Confidence",
        "crossing_chance": st.column_config.NumberColumn(
            "Chance of a need nobody found", help="That at least one undiscovered need crosses its border."
        ),
    }
    row = table(told, f"waves/{tenant}", {"wave": "Wave", **figures})
    if row is not None:
        reasons = "".join(f"<li>{widgets.html_text(text)}</li>" for text in told.item(row, "reasons"))
        st.html(f'<ul class="d-why">{reasons}</ul>')
    if not board.cuts:
        st.caption("No known need crosses waves.")
        return
    with st.expander(f"{board.cuts:,} known needs cross waves or lead to what stays: the riskiest"):
        table(
            board.riskiest,
            f"cuts/{tenant}",
            {
                "risk": st.column_config.NumberColumn("Risk", format="%.2f"),
                "reason": st.column_config.TextColumn("Need", width="large"),
                "kind": "Kind",
                "from_wave": "Wave",
                "to_wave": "Provider's wave",
            },
            pick=False,
        )
