"""The rule file of strategies (strategy.yaml). Keep out: facts, and what rules do with them."""

from __future__ import annotations

from functools import cache
from typing import Any

from discovery_pipeline.domain.packaged import packaged_yaml


@cache
def strategy_rules() -> dict[str, Any]:
    """The packaged rule file (strategy.yaml)."""
    data: dict[str, Any] = packaged_yaml(__package__, "strategy.yaml")
    return data
