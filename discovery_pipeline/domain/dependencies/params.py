"""What decides when dependencies are built: reliabilities of the evidence and the bounds of the heuristics.

The reliabilities are prior judgements, not measurements: a class's figure is the share of such records that we expect
to describe a dependency that exists today. Keep out: wording and ports, which are data (wording.yaml, services.yaml).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from discovery_pipeline.domain.dependencies.applications.params import MembershipParams

# A curated relation is right but may be stale; a hosting column is written by the platform that hosts; a name in a text
# cell is a person's memory; a name alone (db@server) is a convention. Leads stay below 0.5 on their own.
RELIABILITY: dict[str, float] = {
    "hosting": 0.92,
    "stated": 0.85,
    "named": 0.80,
    "text": 0.75,
    "address": 0.60,
    "stated_unclear": 0.40,
    "derived": 1.00,
}


@dataclass(frozen=True)
class DependencyParams:
    """Bounds and reliabilities; counts are of assets or of connections, shares are in [0, 1].

    observed_once / observed_limit: reliability of one completed connection to a known service and the limit that many
    approach; it grows as limit - (limit - once) / n. unclear_service: factor for traffic between two ports that name no
    service. lead: what an ambiguous end may contribute at most, shared among its candidates.
    believed: edges at or above are used to derive others (the contract's 0.5).
    shared_*: a server used by at least shared_min_clients servers of at least shared_min_applications applications,
    which are shared_share of all, is a shared service (where no application is known: shared_share of all servers).
    scan_*: a client that calls scan_min_targets hosts on scan_min_ports different ports, scan_min_per_target a host, of
    which it is the only caller of a share of scan_min_alone, is a scanner.
    fuzzy_score: similarity in [0, 100] at which a misspelt name is taken; initials: the weight of a name known by its
    initials only.
    """

    reliability: dict[str, float] = field(default_factory=lambda: dict(RELIABILITY))
    observed_once: float = 0.60
    observed_limit: float = 0.97
    unclear_service: float = 0.60
    lead: float = 0.45
    believed: float = 0.50
    max_candidates: int = 3
    max_ports: int = 32
    max_evidence: int = 12
    shared_min_clients: int = 20
    shared_min_applications: int = 5
    shared_share: float = 0.25
    directory_min_clients: int = 3
    scan_min_targets: int = 20
    scan_min_ports: int = 4
    scan_min_per_target: float = 1.5
    scan_min_alone: float = 0.5
    fuzzy_score: float = 90.0
    initials: float = 0.8
    max_examples: int = 5
    membership: MembershipParams = field(default_factory=MembershipParams)
