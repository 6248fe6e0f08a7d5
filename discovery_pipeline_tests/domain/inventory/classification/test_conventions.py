"""An estate's own naming as evidence for types."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from discovery_pipeline.domain.inventory.classification.conventions import by_convention
from discovery_pipeline.domain.inventory.classification.hints import TYPES

VIRTUAL, PHYSICAL = TYPES.index("virtual_machine"), TYPES.index("physical_server")


def _said(known: list[tuple[str, int]], doubtful: str | None) -> int | None:
    """The type that naming speaks for in a doubtful asset; known: name and type of the clear ones."""
    evidence = np.zeros((len(known) + 1, len(TYPES)), dtype=np.float32)
    evidence[np.arange(len(known)), [kind for _, kind in known]] = 5.0
    found = by_convention(pl.Series([*(name for name, _ in known), doubtful], dtype=pl.String), evidence)
    assert not found[:-1].any()
    return int(found[-1].argmax()) if found[-1].any() else None


MANY = [(f"ams-app-{n}", VIRTUAL) for n in range(12)]


@pytest.mark.parametrize(
    ("known", "doubtful", "expected"),
    [
        pytest.param(MANY, "AMS-APP-77.example.com", VIRTUAL, id="built alike"),
        pytest.param(MANY, "ams-db-77", None, id="built otherwise"),
        pytest.param(MANY[:5], "ams-app-77", None, id="too few"),
        pytest.param([*MANY[:7], *[(f"ams-app-9{n}", PHYSICAL) for n in range(5)]], "ams-app-77", None, id="mixed"),
        pytest.param(MANY, None, None, id="no name"),
    ],
)
def test_names_built_alike_are_of_one_type(known: list[tuple[str, int]], doubtful: str, expected: int | None) -> None:
    assert _said(known, doubtful) == expected
