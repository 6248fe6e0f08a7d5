"""Spellings are data: whatever they say, and whomever they name."""

from __future__ import annotations

import pytest

from discovery_pipeline.agents.cleansing import CLEANSING
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline_tests.agents.hostile import HOSTILE, NAMES, OFFERS, hold_to_data, told


def spellings(text: str) -> list[Doubt]:
    shown = {
        "record": "asset", "field": "environment", "header": text, "spelling": text, "share": 0.5,
        "others": [(text, None), ("prd", "production")],
    }  # fmt: skip
    return [Doubt("k", shown, OFFERS)]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE.items()])
def test_a_hostile_cell_is_data(text: str) -> None:
    hold_to_data(CLEANSING, spellings(text))


@pytest.mark.parametrize("name", NAMES)
def test_no_name_in_a_cell_is_told(name: str) -> None:
    assert name.casefold() not in told(CLEANSING, spellings(f"production of {name}"))
