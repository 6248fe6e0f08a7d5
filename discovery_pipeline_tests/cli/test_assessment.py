"""What is to be done with an asset, as people read it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from discovery_pipeline.cli.assessment import show_assessment

NOTHING: dict[str, Any] = {
    "strategy": "retain", "readiness": None, "confidence": None, "reasons": [], "wave": None, "applications": [],
    "place": None, "group": None, "wave_plan": None, "cut_edges": [], "sizing": [],
}  # fmt: skip
WHOLE: dict[str, Any] = {
    "strategy": "rehost", "rule": "server_current", "readiness": 80.0, "confidence": 0.71,
    "reasons": ["It is current."],
    "alternatives": ["replatform (0.20)"], "next_question": "Who owns it?", "wave": 2,
    "applications": [
        {"name": "CRM", "application_id": "a_1", "basis": "traffic", "confidence": 0.8, "reasons": ["It calls CRM."]}
    ],
    "place": {"blast_radius": 12, "single_point_of_failure": True, "reasons": ["CRM has no other database."]},
    "group": {"group_id": "g_1", "members": 7, "reason": "CRM, production", "wave_reasons": ["after its test"]},
    "wave_plan": {"starts": date(2027, 1, 11), "ends": date(2027, 1, 24)},
    "told": [
        {"name": "CRM", "text": "It can move.", "model": "m1", "facts": ["strategy: rehost", "servers: 2"]},
        {"name": "ERP", "text": "It stays.", "model": None, "facts": ["strategy: retain"]},
    ],
    "questions": [{"owner": "Ann", "question": "Is it in use?"}, {"owner": None, "question": "What is it?"}],
    "cut_edges": [{"from_wave": 2, "to_wave": 3, "reason": "its queue moves later"}],
    "sizing": [
        {
            "provider": "aws", "region": "eu-central-1", "instance_type": "m7i.large", "basis": "peak",
            "total_on_demand": 90.0, "total_reserved": 60.0, "total_low": 50.0, "total_high": 110.0, "currency": "USD",
            "price_date": date(2026, 5, 1), "reasons": ["peak 31 %"],
        }
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        "strategy: rehost by rule server_current, confidence 0.71",
        "or else: replatform (0.20)",
        "ask: Who owns it?",
        "serves: CRM (traffic, confidence 0.80)",
        "12 assets need it, directly or through others, a single point of failure",
        "wave 2, 2027-01-11 to 2027-01-24, group g_1 of 7 assets",
        "after its test",
        "wave 2 needs wave 3: its queue moves later",
        "50-110 USD",
        "2026-05-01",
        "peak 31 %",
        "CRM: It can move.\n  written by m1 from: strategy: rehost; servers: 2",
        "ERP: It stays.\nto ask",
        "to ask Ann: Is it in use?",
        "to ask somebody: What is it?",
    ],
)
def test_everything_known_is_told(capsys: pytest.CaptureFixture[str], words: str) -> None:
    show_assessment(WHOLE)
    assert words in capsys.readouterr().out


def test_what_is_not_known_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    show_assessment(NOTHING)
    assert capsys.readouterr().out.strip() == "strategy: retain, readiness not known"
