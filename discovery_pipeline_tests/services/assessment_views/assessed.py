"""A small estate that the real analysis assessed, published as a run would."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.lifecycle.table import lifecycle
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.handoffs import MEMBERSHIPS
from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.assessment_views.estate import AssessedEstate, assessed_estate
from discovery_pipeline.services.assessment_views.published import view_parts
from discovery_pipeline.services.run_frames import run_frames
from discovery_pipeline.services.tenant_settings import PLAN
from discovery_pipeline_tests.domain.analysis.small_assessments import GOOD, edges, run
from discovery_pipeline_tests.domain.estate import Row, inventory
from discovery_pipeline_tests.services.hand_built import publish

PARAMS = AnalysisParams.model_validate({"waves": {"pilots": {"waves": 0}}, "groups": {"group_size": 2}})
PARTS = (
    "analysis", "applications", "move_groups", "group_members", "waves", "cut_edges", "structure", "sizing", "findings",
    "questions",
)  # fmt: skip
# Estates as runs publish them now, and as they did before.
OLDER = [pytest.param(False, id="published"), pytest.param(True, id="older run")]
Tie = tuple[str, str, str]


def server(asset_id: str, **more: Any) -> Row:
    """A server about which all is known, unless told otherwise."""
    plain = {
        "asset_id": asset_id,
        "hostname": asset_id,
        "classified_type": "virtual_machine",
        "ip_address": ["10.0.0.1"],
    }
    return {**plain, **GOOD, "application_name": ["CRM"], **more}


def estate(home: Path, *rows: Row, ties: tuple[Tie, ...] = (), older: bool = False) -> AssessedEstate:
    """Assess the rows and publish everything; read as the application reads it. older: as runs did before they made
    what the analysis page shows.
    """
    frames = FrameStore(str(home)).open("acme")
    outcome = run(*rows, ties=ties, **PARAMS.model_dump(mode="json", exclude_defaults=True))
    made = view_parts(inventory(*rows), outcome, date.fromisoformat(outcome.summary["as_of"]), lifecycle())
    published: dict[str, dict[str, pl.DataFrame]] = {
        "inventory": {"inventory": inventory(*rows)},
        "dependencies": {"dependencies": edges(*ties), "memberships": pl.DataFrame(schema=MEMBERSHIPS)},
        "analysis": {**{part: getattr(outcome, part) for part in PARTS}, **({} if older else made)},
    }
    for asset, parts in published.items():
        publish(frames, asset, parts, {"summary": outcome.summary, PLAN: PARAMS.text})
    return assessed_estate(run_frames(frames), lifecycle())
