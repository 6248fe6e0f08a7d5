"""What the parts of the analysis page work on, read once per published version."""

from __future__ import annotations

from collections.abc import Hashable

import streamlit as st

from discovery_pipeline.services.assessment_views.board import WaveBoard, wave_board
from discovery_pipeline.services.assessment_views.estate import AssessedEstate, assessed_estate
from discovery_pipeline.services.reference_data import lifecycle_table
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline.services.tenant_settings import PLAN, analysis_params, tenant_setting
from streamlit_app import services


def estate(tenant: str) -> AssessedEstate:
    """The assessed estate as published now. Raises PermanentError before there is one."""
    return _estate(tenant, versions(tenant))


def board(tenant: str) -> WaveBoard:
    """The wave board as published now. Raises PermanentError before there is one."""
    plan = tenant_setting(services.workspace().database, tenant, PLAN)
    return _board(tenant, versions(tenant), plan)


def versions(tenant: str) -> Hashable:
    """What is published at this moment."""
    frames = services.frames(tenant)
    return tuple(frames.version(asset) for asset in ("inventory", "dependencies", "analysis"))


def providers(tenant: str) -> list[str]:
    """Those with prices, of the newest prices first."""
    return estate(tenant).totals["provider"].to_list()


@st.cache_resource(max_entries=4, show_spinner="Reading the analysis")
def _estate(tenant: str, published: Hashable) -> AssessedEstate:  # noqa: ARG001 - the cache is keyed by it
    return assessed_estate(run_frames(services.frames(tenant)), lifecycle_table(services.frames_location()))


@st.cache_resource(max_entries=4, show_spinner="Reading the wave plan")
def _board(tenant: str, published: Hashable, plan: str) -> WaveBoard:  # noqa: ARG001 - the cache is keyed by them
    return wave_board(estate(tenant), analysis_params(services.workspace().database, tenant))
