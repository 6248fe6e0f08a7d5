"""Texts about assets are data: whatever they say, and whomever they name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from discovery_pipeline.agents import classification, reconciliation
from discovery_pipeline.agents.choosing import ChoiceAgent
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline_tests.agents.hostile import HOSTILE, NAMES, OFFERS, hold_to_data, told


def assets(text: str) -> list[Doubt]:
    return [Doubt("k", {"class": [text], "operating system": [text], "model": [text, "x"], "role": [text]}, OFFERS)]


LISTED = {"listed by": ["servicenow"], "rows": 1}


def pairs(text: str) -> list[Doubt]:
    compared = {
        name: {"how": "differ", "one": [text], "other": ["x"]} for name in ("model", "operating system", "maker")
    }
    return [Doubt("k", {"one": LISTED, "other": LISTED, "compared": compared}, OFFERS)]


AGENTS = [
    pytest.param(classification.AGENT, assets, id="classification"),
    pytest.param(reconciliation.AGENT, pairs, id="reconciliation"),
]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE.items()])
@pytest.mark.parametrize(("agent", "doubts"), AGENTS)
def test_a_hostile_cell_is_data(agent: ChoiceAgent, doubts: Callable[[str], list[Doubt]], text: str) -> None:
    hold_to_data(agent, doubts(text))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("agent", "doubts"), AGENTS)
def test_no_name_in_a_cell_is_told(agent: ChoiceAgent, doubts: Callable[[str], list[Doubt]], name: str) -> None:
    assert name.casefold() not in told(agent, doubts(f"production of {name}"))
