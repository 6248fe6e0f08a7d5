"""Columns are data: whatever their headers and cells say, and whomever they name."""

from __future__ import annotations

import pytest

from discovery_pipeline.agents.mapping import MAPPING
from discovery_pipeline.domain.handoffs import ColumnMapping, TableKind
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.doubts import column_doubts
from discovery_pipeline.domain.opinions.doubts import Doubt
from discovery_pipeline_tests.agents.hostile import HOSTILE, NAMES, hold_to_data, told
from discovery_pipeline_tests.domain.tables import raw_table


def columns(text: str) -> list[Doubt]:
    """A column under this header, of such cells, among settled ones."""
    kind = TableKind(0, "asset", "asset", None, 1.0)
    profiles = propose([raw_table([("Name", ["a"]), (text, [text]), ("Env", ["Test"])])], [kind]).profiles
    found = column_doubts([ColumnMapping(0, 1, text, "description", 0.5, "review")], [kind], profiles)
    return [*found.doubts, *found.controls]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE.items()])
def test_a_hostile_cell_is_data(text: str) -> None:
    hold_to_data(MAPPING, columns(text))


@pytest.mark.parametrize("name", NAMES)
def test_no_name_in_a_cell_is_told(name: str) -> None:
    assert name.casefold() not in told(MAPPING, columns(f"production of {name}"))
