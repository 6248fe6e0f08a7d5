"""What decides when dependencies are built: reliabilities of the evidence and the bounds of the heuristics.

Keep out: wording, ports, words of exports and the reliabilities' figures, which are data (YAML beside the modules).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from discovery_pipeline.domain.dependencies.applications.params import MembershipParams
from discovery_pipeline.domain.packaged import packaged_yaml


@cache
def reliabilities() -> dict[str, Any]:
    """reliability.yaml: as_of, source, classes (class of evidence -> reliability), observed (once, limit)."""
    known: dict[str, Any] = packaged_yaml(__package__, "reliability.yaml")
    return known


def _observed(name: str) -> float:
    return float(reliabilities()["observed"][name])


@dataclass(frozen=True)
class DependencyParams:
    """Bounds and reliabilities; counts are of assets or of connections, shares are in [0, 1].

    reliability, observed_once, observed_limit, observed_growth: as in reliability.yaml.
    Factors for doubtful evidence: unclear_service: traffic to no service's port, or without a told direction; portless:
    ICMP; rare, rare_person: seen once in at least rare_days of watching, by a person's tool; reused_address: decided by
    the day of an address that was handed on; opposed: said where the opposite was observed (both_ways: said, too);
    gone: an end that is retired; unmet: a need of applications that their observed servers never show;
    lone: one that a single connection between their servers shows.
    slot_seconds, slot_seconds_most: tables whose times of a talk are nearer than their slots (as their times show them,
    within these bounds) tell of the same connections. exact_seconds: times that fine tell one moment from another.
    lead: what an ambiguous end may contribute at most, shared among its candidates.
    believed: edges at or above are used to derive others (the contract's 0.5).
    shared_*: a server used by at least shared_min_clients servers of at least shared_min_applications applications,
    which are shared_share of all, is a shared service (where no application is known: shared_share of all servers).
    shared_store_share: database servers are this share of their usual share among the callers of a shared service;
    the host of a named application with fewer is no service.
    push_*: a client that calls servers of push_share of all applications on a port which push_max_callers hosts at most
    call there on average, is a service that is pushed.
    console_share: a client of no application that calls the databases of this share of the applications is a console.
    transfer_*: SSH from a server to at most transfer_max_targets hosts, seen transfer_min_records times over
    transfer_min_days, between servers of applications, is file transfer.
    scan_*: a client that calls scan_min_targets hosts on scan_min_ports different ports, scan_min_per_target a host, of
    which it is the only caller of a share of scan_min_alone, is a scanner; so is one that tries scan_min_targets hosts,
    a share of scan_min_vain of its attempts in vain.
    max_sharing: applications that one database may join at most; max_stem: hosts a tier that one stem may name.
    fuzzy_score: similarity in [0, 100] at which a misspelt name is taken; initials: the weight of a name known by its
    initials only; reading: of one known without its qualifiers ("CRM prod", "SAP (ERP)").
    """

    reliability: dict[str, float] = field(default_factory=lambda: dict(reliabilities()["classes"]))
    observed_once: float = field(default_factory=lambda: _observed("once"))
    observed_limit: float = field(default_factory=lambda: _observed("limit"))
    observed_growth: float = field(default_factory=lambda: _observed("growth"))
    unclear_service: float = 0.60
    portless: float = 0.30
    rare: float = 0.80
    rare_person: float = 0.10
    rare_days: int = 7
    reused_address: float = 0.90
    slot_seconds: int = 1_800
    slot_seconds_most: int = 86_400
    exact_seconds: int = 30
    opposed: float = 0.50
    both_ways: float = 0.80
    gone: float = 0.50
    unmet: float = 0.40
    lone: float = 0.20
    lead: float = 0.45
    believed: float = 0.50
    max_candidates: int = 3
    max_ports: int = 32
    max_evidence: int = 12
    shared_min_clients: int = 20
    shared_min_applications: int = 5
    shared_share: float = 0.25
    shared_store_share: float = 0.75
    push_share: float = 0.1
    push_max_callers: float = 3.0
    console_share: float = 0.5
    transfer_max_targets: int = 5
    transfer_min_records: int = 3
    transfer_min_days: int = 2
    directory_min_clients: int = 3
    scan_min_targets: int = 20
    scan_min_ports: int = 4
    scan_min_per_target: float = 1.5
    scan_min_alone: float = 0.5
    scan_min_vain: float = 0.5
    fuzzy_score: float = 90.0
    initials: float = 0.8
    reading: float = 0.95
    max_examples: int = 5
    max_sharing: int = 5
    max_stem: int = 4
    membership: MembershipParams = field(default_factory=MembershipParams)
