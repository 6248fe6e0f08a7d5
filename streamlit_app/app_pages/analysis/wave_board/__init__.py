"""A board of waves whose cards can be dragged: a small component of its own, which loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

import streamlit as st

_NAME = "discovery_wave_board"


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    files = resources.files(__package__)
    js, css = (files.joinpath(name).read_text(encoding="utf-8") for name in ("board.js", "board.css"))
    return st.components.v2.component(_NAME, html='<div class="board"></div>', js=js, css=css)


def wave_board(shown: Mapping[str, Any], key: str, on_move: Callable[[], None]) -> Any:
    """The board. shown: waves (each: wave, title, facts, share of its capacity, over, more, cards), movable.

    on_move is called when a card was dropped on another wave; the state under `key` then has `moved`: group and wave.
    """
    return _component()(data=dict(shown), key=key, on_moved_change=on_move)
