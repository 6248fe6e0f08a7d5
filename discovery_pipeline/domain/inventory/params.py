"""What decides when records are one thing and which value wins: thresholds and limits.

Keep out: the fitted weights (pair_weights.json), the words that classify (type_hints.yaml), the junk lists (guards.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """When a value identifies nothing.

    most_repeats: a value with more entries than tables by more than this. counter_digits: a source id that is a number
    of at most so many digits may be a row counter and proves nothing across tables.
    """

    most_repeats: int = 12
    counter_digits: int = 6


@dataclass(frozen=True)
class InventoryParams:
    """Thresholds of the phase.

    accept: log-odds from which on two are one. look_alike: least probability of two that stay apart and are told as
    look-alikes; at most look_alikes of them. shared_ids: most identifiers told because several assets bear them.
    stale_days, old_days: a claim older than the newest by more is stale, or old, and counts less. future_days: a
    date so long after the newest export is mistyped. preferred: the sources that a tenant wants believed, per field.
    memory_tolerance: relative difference of memory sizes that is no conflict. conflict_findings: most conflicts that
    become findings of their own. disagreement_rate: share of a table's values in a field, over at least
    disagreement_least assets that others describe too, that differ from what was chosen when it is told of.
    registry_accept: evidence that lets a cluster keep a known asset_id. named_confidence: least type confidence of a
    relationship's unresolved end that becomes an asset. gather_doubts: whether what is in doubt, and what is sure
    beside it, is put together for a second opinion. spoken_of: ids of assets of which people said something in later
    phases, which no model may merge or split.
    """

    limits: Limits = field(default_factory=Limits)
    accept: float = 0.0
    look_alike: float = 0.2
    look_alikes: int = 500
    shared_ids: int = 200
    stale_days: int = 90
    old_days: int = 365
    future_days: int = 366
    preferred: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    memory_tolerance: float = 0.10
    conflict_findings: int = 500
    disagreement_least: int = 30
    disagreement_rate: float = 0.25
    registry_accept: float = 1.5
    named_confidence: float = 0.5
    gather_doubts: bool = False
    spoken_of: frozenset[str] = frozenset()
