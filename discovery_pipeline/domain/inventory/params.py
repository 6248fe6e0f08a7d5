"""What decides when records are one thing and which value wins: weights, thresholds and limits.

The weights read like log-odds: evidence for (positive) and against (negative) two entries being one thing; sums at or
above `accept` join them. They are set by judgement and checked against a labelled generator in the tests, not fitted.
Keep out: the words that classify (type_hints.yaml) and the junk lists (guards.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Weights:
    """Evidence of one comparison.

    agreeing: per identifier kind, where the value stands once in each of the two tables. repeated: the same where a
    table holds the value more than once (cloned ids, colliding names). differing: both have the kind, none in common.
    """

    agreeing: dict[str, float] = field(
        default_factory=lambda: {
            "uuid": 9.0, "source_id": 9.0, "serial": 6.0, "mac": 5.5, "fqdn": 5.5, "name": 4.0, "tag": 4.0, "ip": 1.5,
        }
    )  # fmt: skip
    repeated: dict[str, float] = field(
        default_factory=lambda: {
            "uuid": 1.0, "source_id": 1.0, "serial": 1.0, "mac": 1.0, "fqdn": 2.0, "name": 1.5, "tag": 0.5, "ip": 0.5,
        }
    )  # fmt: skip
    differing: dict[str, float] = field(
        default_factory=lambda: {
            "uuid": -6.0, "source_id": 0.0, "serial": -5.0, "mac": -1.5, "fqdn": -1.5, "name": -2.5, "tag": -1.0,
            "ip": -0.5,
        }
    )  # fmt: skip
    other_domain: float = -3.5
    virtual_against_physical: float = -1.0
    os_families_differ: float = -1.5
    retired_against_live: float = -2.0
    retired_against_unknown: float = -1.0
    types_differ: float = -2.0


@dataclass(frozen=True)
class InventoryParams:
    """Thresholds of the phase.

    accept: sum of weights that joins two entries. veto: a sum at or below it between any two members keeps their
    clusters apart. guard_records: a value on more entries than this identifies nothing. counter_digits: a source id
    that is a number of at most so many digits may be a row counter and proves nothing across tables.
    stale_days: a claim older than the asset's newest by more counts `stale_factor`. memory_tolerance: relative
    difference of memory sizes that is no conflict. conflict_findings: most conflicts that become findings of their own.
    registry_accept: evidence that lets a cluster keep a known asset_id. named_confidence: least type confidence of a
    relationship's unresolved end that becomes an asset.
    """

    weights: Weights = field(default_factory=Weights)
    accept: float = 3.0
    veto: float = -3.0
    guard_records: int = 12
    counter_digits: int = 6
    stale_days: int = 90
    stale_factor: float = 0.5
    memory_tolerance: float = 0.10
    conflict_findings: int = 500
    registry_accept: float = 1.5
    named_confidence: float = 0.5
