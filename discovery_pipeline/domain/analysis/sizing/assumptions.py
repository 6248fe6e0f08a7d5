"""What sizing takes for granted (sizing.yaml). Keep out: what a tenant decides (params), and prices (catalogue)."""

from __future__ import annotations

from functools import cache
from typing import Any

from discovery_pipeline.domain.packaged import packaged_yaml


@cache
def assumptions() -> dict[str, Any]:
    """The packaged file (sizing.yaml)."""
    data: dict[str, Any] = packaged_yaml(__package__, "sizing.yaml")
    return data
