"""Every page, in the order of the navigation. A page is a folder of app_pages, imported when it is first shown."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from streamlit_app import state


@dataclass(frozen=True)
class PageSpec:
    """name: of the module and in the URL. section: of the navigation; "" = reached from other pages only."""

    name: str
    title: str
    icon: str
    section: str


# The page that opens is served at the root, yet keeps a path to itself; its name is left to links (by_name).
HOME = "home"
PAGES = (
    PageSpec("overview", "Overview", "home", "Estate"),
    PageSpec("upload", "Upload", "upload_file", "Estate"),
    PageSpec("runs", "Runs", "play_circle", "Estate"),
    PageSpec("mappings", "Mappings", "rule", "Review"),
    PageSpec("records", "Records", "fact_check", "Review"),
    PageSpec("inventory", "Inventory", "dns", "Results"),
    PageSpec("asset", "Asset", "search", ""),
    PageSpec("dependencies", "Dependencies", "hub", "Results"),
    PageSpec("analysis", "Analysis", "insights", "Results"),
    PageSpec("quality", "Data quality", "verified", "Trust"),
    PageSpec("learning", "Learning", "school", "Trust"),
    PageSpec("agents", "Agents", "smart_toy", "Trust"),
)


def pages() -> dict[str, Any]:
    """Streamlit's pages by name."""
    return {
        spec.name: st.Page(
            _shown(spec.name),
            title=spec.title,
            icon=f":material/{spec.icon}:",
            url_path=spec.name if number else HOME,
            default=number == 0,
            visibility="visible" if spec.section else "hidden",
        )
        for number, spec in enumerate(PAGES)
    }


def by_name(default: str) -> Any:
    """A hidden page that leads to the default one, which Streamlit serves without its name: links with it work too."""

    def lead() -> None:
        state.go_to(default, **{name: value for name, value in st.query_params.items() if name != state.TENANT})

    return st.Page(lead, title=default.capitalize(), url_path=default, visibility="hidden")


def navigation(shown: dict[str, Any]) -> dict[str, list[Any]]:
    """The pages by section of the navigation."""
    sections: dict[str, list[Any]] = {}
    for spec in PAGES:
        if spec.name in shown:
            sections.setdefault(spec.section or "Results", []).append(shown[spec.name])
    next(iter(sections.values())).append(by_name(next(iter(shown))))
    return sections


def _shown(name: str) -> Callable[[], None]:
    def show() -> None:
        importlib.import_module(f"streamlit_app.app_pages.{name}.page").page()

    return show
