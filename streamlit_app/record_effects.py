"""What decisions about records would change, before anything is saved."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from discovery_pipeline.services.learning.deciding.decide import prepare
from discovery_pipeline.services.learning.deciding.decisions import AnyDecision
from discovery_pipeline.services.learning.preview.proposed import Proposed
from streamlit_app import services, state
from streamlit_app.effects import show_effects
from streamlit_app.widgets import guarded


def what_if(tenant: str, key: str, decided: Sequence[AnyDecision]) -> None:
    """A switch, and below it what a run over these decisions would make."""
    if st.toggle("What would change", key=f"what_if/{key}", help="Before anything is saved."):
        _preview(tenant, decided)


@guarded
def _preview(tenant: str, decided: Sequence[AnyDecision]) -> None:
    prepared = prepare(services.workspace(), tenant, list(decided), state.author())
    show_effects(tenant, Proposed(prepared.corrections, prepared.tables))
