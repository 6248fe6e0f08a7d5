"""Which checks each asset has, a module per phase.

A check groups rules on the asset's frame and on facts (one-row numbers such as `unaccounted_rows`).
"""

from __future__ import annotations

from collections.abc import Mapping

from discovery_pipeline.quality.checks import Check
from discovery_pipeline.quality.suites import analysis, cleansing, dependencies, inventory, mapping, validation

_SUITES = {
    name: checks
    for phase in (validation, mapping, cleansing, inventory, dependencies, analysis)
    for name, checks in phase.SUITES.items()
}


def suites() -> Mapping[str, tuple[Check, ...]]:
    """Asset name -> its checks, in the order in which the UI shows them."""
    return _SUITES
