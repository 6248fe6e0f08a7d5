"""Columns whose values speak against their field, or against the one that the header names."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, TableKind
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.refusals import contradictions
from discovery_pipeline_tests.domain.tables import raw_table

_DATES = [f"2024-05-{day:02d} 08:00:00" for day in range(1, 29)]
_SERIALS = [str(43831 + day) for day in range(28)]


def _contradicted(header: str, cells: Sequence[str], field: str) -> list[str]:
    kind = TableKind(0, "asset", "asset", None, 0.9)
    profiles = propose([raw_table({header: cells})], [kind]).profiles
    mapping = ColumnMapping(0, 0, header, field, 0.9, "accepted")
    return [c.field for c in contradictions([mapping], [kind], profiles)]


@pytest.mark.parametrize(
    ("header", "cells", "field", "told"),
    [
        pytest.param("PowerOn", _DATES, "last_boot", [], id="values bear out another reading of the header"),
        pytest.param("PowerOn", _DATES, "power_state", ["power_state"], id="values of another field"),
        pytest.param("Install Date", _SERIALS, "install_date", [], id="days as a spreadsheet counts them"),
        pytest.param("Install Date", ["London", "Paris"] * 14, "install_date", ["install_date"], id="no dates"),
    ],
)
def test_what_values_contradict(header: str, cells: Sequence[str], field: str, told: list[str]) -> None:
    assert _contradicted(header, cells, field) == told
