"""Decisions for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from discovery_pipeline.domain.learning.trust import Decision

START = datetime(2024, 1, 1)
REVIEWED = Decision("lexicon", "os_name", "cmdb", 0.6, "review", True, 1, START)
ACCEPTED = replace(REVIEWED, confidence=0.95, status="accepted")
LEFT_ALONE = replace(ACCEPTED, left_alone=True)


def wrong(decision: Decision) -> Decision:
    return replace(decision, right=False)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)
