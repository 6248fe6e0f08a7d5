"""What decides when an estate is assessed: bounds of groups and waves. Keep out: rules, which are data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AnalysisParams:
    """believed: edges at or above count (the contract's 0.5). group_size: assets in a move group at most.

    density: groups hold together while their ties' confidence is at least this much per pair of assets (the resolution
    of the constant Potts model). wave_capacity: assets in a wave at most; waves: how many there should be at most (in
    larger estates the capacity grows). seed: of the group search, fixed so that re-runs agree.
    """

    believed: float = 0.5
    group_size: int = 50
    density: float = 0.05
    wave_capacity: int = 100
    waves: int = 24
    seed: int = 20261101
