"""A server about which all is known, and how the tests have small estates assessed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.assess import AnalysisOutcome, assess
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.handoffs import DEPENDENCIES
from discovery_pipeline_tests.domain.estate import Row, inventory

DAY = date(2026, 11, 1)
GOOD: Row = {
    "os_name": "Windows Server 2022", "environment": "production", "cpu_count": 4, "memory_mib": 8192.0,
    "storage_total_gib": 100.0, "business_owner": "Ann Example", "power_state": "on",
    "last_seen": datetime(2026, 10, 30),
}  # fmt: skip


def edges(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """Believed edges (from, to, kind)."""
    full = [
        {"from_asset": a, "to_asset": b, "kind": k, "evidence": ["observed:1"], "confidence": 0.9, "observations": 5}
        for a, b, k in rows
    ]
    return pl.DataFrame(full, schema=DEPENDENCIES)


def run(*rows: Row, ties: tuple[tuple[str, str, str], ...] = (), **params: Any) -> AnalysisOutcome:
    return assess(inventory(*rows), edges(*ties), DAY, AnalysisParams.model_validate(params))
