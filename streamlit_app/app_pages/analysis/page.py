"""What to do with the estate, when and for how much: strategies, readiness, support, waves, cost, questions."""

from __future__ import annotations

import importlib

import streamlit as st

from discovery_pipeline.services.run_frames import run_frames
from streamlit_app import services, state, widgets
from streamlit_app.app_pages.analysis import shown

# Part -> its title. Each is a module beside this one with `show(tenant)`, imported when it is first shown.
PARTS = {
    "matrix": "Strategies", "readiness": "Readiness", "support": "Support", "waves": "Waves", "cost": "Cost",
    "what_if": "What if", "questions": "Questions", "report": "Report",
}  # fmt: skip


@widgets.guarded
def page() -> None:
    """The analysis of the tenant; the part shown stands in the URL."""
    st.title("Analysis", anchor=False)
    widgets.show_notice()
    tenant = state.tenant()
    if not run_frames(services.frames(tenant)).has("analysis"):
        widgets.empty("There is no analysis yet", f"A run of {tenant} makes one.", f"discovery run {tenant}",
                      ways=("runs",))  # fmt: skip
        return
    _part(tenant, shown.choice("Part", "part", PARTS, label_visibility="collapsed"))


@widgets.guarded
def _part(tenant: str, part: str) -> None:
    importlib.import_module(f"streamlit_app.app_pages.analysis.{part}").show(tenant)
