"""The dependencies phase as one function: evidence gathered, kinds told, confidence combined.

Keep out: how each sort of evidence is found (stated, observed, hosting, text) and how kinds are told (kinds, shared).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.application_names import application_aliases
from discovery_pipeline.domain.dependencies.applications.aliases import canonical_ends
from discovery_pipeline.domain.dependencies.applications.between import derived_evidence
from discovery_pipeline.domain.dependencies.applications.infer import infer_memberships
from discovery_pipeline.domain.dependencies.applications.unmet import weighed_by_silence
from discovery_pipeline.domain.dependencies.described.hosting import hosting_evidence
from discovery_pipeline.domain.dependencies.described.naming import naming_evidence
from discovery_pipeline.domain.dependencies.described.text import TextOutcome, text_evidence
from discovery_pipeline.domain.dependencies.edges.corroboration import companions, gone_assets, weighed
from discovery_pipeline.domain.dependencies.edges.decided import (
    decided,
    said_evidence,
    settled,
    with_kinds,
)
from discovery_pipeline.domain.dependencies.edges.evidence import combine
from discovery_pipeline.domain.dependencies.edges.kinds import (
    Clients,
    assign_kinds,
    lift_to_applications,
    turn_members,
    with_types,
)
from discovery_pipeline.domain.dependencies.ends.directory import MACHINES, open_directory
from discovery_pipeline.domain.dependencies.findings import dependency_findings
from discovery_pipeline.domain.dependencies.meant.advised import MEANT, meant_evidence
from discovery_pipeline.domain.dependencies.observed.traffic import ObservedOutcome, observed_evidence
from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.dependencies.ports.registry import registry
from discovery_pipeline.domain.dependencies.sharing.callers import (
    database_consoles,
    file_transfers,
    pushers,
    scanners,
)
from discovery_pipeline.domain.dependencies.sharing.databases import shared_databases
from discovery_pipeline.domain.dependencies.sharing.shared import (
    directory_hosts,
    shared_by_name,
    shared_by_use,
)
from discovery_pipeline.domain.dependencies.stated.relations import StatedOutcome, stated_evidence
from discovery_pipeline.domain.handoffs import SET_ASIDE, CleanTable, empty
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.membership import memberships


@dataclass(frozen=True)
class DependencyOutcome:
    """dependencies: DEPENDENCIES. memberships: MEMBERSHIPS. set_aside: SET_ASIDE. findings: FINDINGS. summary: counts,
    JSON-ready.
    """

    dependencies: pl.DataFrame
    memberships: pl.DataFrame
    set_aside: pl.DataFrame
    findings: pl.DataFrame
    summary: dict[str, Any]


_NOTHING_LEARNED = Rules()


def _kinds(
    evidence: pl.DataFrame,
    said: pl.DataFrame,
    inventory: pl.DataFrame,
    members: pl.DataFrame,
    sweepers: pl.DataFrame,
    params: DependencyParams,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(EVIDENCE plus kind, the same of what people said). said: EVIDENCE; it speaks of the very assets it names."""
    typed = lift_to_applications(turn_members(with_types(evidence, inventory)), members)
    machines = len(inventory.filter(pl.col("classified_type").is_in(MACHINES)))
    scanning = scanners(typed, sweepers, params)
    pushing = pl.concat([pushers(typed, members, params), database_consoles(typed, members, params)]).unique()
    usual = typed.join(scanning, left_on="from_asset", right_on="asset_id", how="anti")
    used = shared_by_use(usual.join(pushing, on=["from_asset", "port"], how="anti"), members, machines, params)
    named = shared_by_name(inventory)
    shared = pl.concat([named, used.join(named, on="asset_id", how="anti")])
    transfers = file_transfers(typed, members, params)
    clients = Clients(directory_hosts(typed, params), scanning, pushing, transfers)
    told = weighed(assign_kinds(typed, shared, clients), gone_assets(inventory), params)
    kinds = pl.concat([told, companions(told, members), shared_databases(told, members, inventory, params)])
    return kinds, assign_kinds(with_types(said, inventory), shared, clients)


def _edges(
    evidence: pl.DataFrame,
    decisions: pl.DataFrame,
    inventory: pl.DataFrame,
    params: DependencyParams,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(DEPENDENCIES, MEMBERSHIPS): what the evidence speaks of and people decided, then what follows between
    applications from who serves which.
    """
    spoken = combine(evidence, params)
    direct = settled(spoken, decisions, params)
    members = infer_memberships(inventory, direct, params.membership)
    derived = derived_evidence(direct, members, inventory, params)
    if not len(derived):
        return direct, members
    told = weighed_by_silence(evidence.filter(pl.col("kind") == "application"), direct, members, params)
    between = pl.concat([told, derived])
    others = spoken.filter(pl.col("kind") != "application")
    merged = settled(pl.concat([others, combine(between, params)]), decisions, params)
    return merged.sort("from_asset", "to_asset", "to_address", "kind", nulls_last=True), members


def _summary(
    edges: pl.DataFrame, stated: StatedOutcome, observed: ObservedOutcome, params: DependencyParams
) -> dict[str, Any]:
    kinds = edges.group_by("kind").len().sort("kind")
    return {
        "edges": len(edges),
        "believed": int((edges["confidence"] >= params.believed).sum()),
        "kinds": dict(zip(kinds["kind"], kinds["len"], strict=True)),
        "relationship_rows": stated.rows,
        "connection_rows": observed.rows,
        "connection_rows_not_established": observed.silent,
        "connections_from_unknown_clients": observed.foreign_clients,
        "connections_to_self_or_nobody": observed.unusable,
        "port_registry": {"as_of": registry().as_of, "source": registry().source},
    }


@dataclass(frozen=True)
class Gathered:
    """What the exports say of dependencies, before anything is concluded. described: EVIDENCE of columns and names."""

    inventory: pl.DataFrame
    stated: StatedOutcome
    observed: ObservedOutcome
    text: TextOutcome
    described: pl.DataFrame
    params: DependencyParams

    @property
    def loose(self) -> pl.DataFrame:
        """LOOSE: statements with a name that nothing answers to."""
        return pl.concat([self.stated.loose, self.text.loose])


def build(
    inventory: pl.DataFrame,
    tables: Sequence[CleanTable],
    rules: Rules = _NOTHING_LEARNED,
    params: DependencyParams | None = None,
    meant: pl.DataFrame | None = None,
) -> DependencyOutcome:
    """The dependencies of an inventory, dependent to provider, one row per (from, to, kind), each with its evidence.

    See `gather` and `conclude`.
    """
    return conclude(gather(inventory, tables, params), rules, meant)


def gather(inventory: pl.DataFrame, tables: Sequence[CleanTable], params: DependencyParams | None = None) -> Gathered:
    """The evidence in an inventory and its tables.

    inventory: INVENTORY. tables: the clean tables; those of relationships and connections are read. A row that makes no
    edge is still the record of a relation or a connection, so none is set aside.
    """
    params = params or DependencyParams()
    directory = open_directory(inventory)
    stated = stated_evidence(tables, directory, params)
    observed = observed_evidence(tables, inventory, directory, params)
    text = text_evidence(inventory, directory, params)
    hosting = hosting_evidence(inventory, directory, params)
    described = pl.concat([text.evidence, hosting, naming_evidence(inventory, params)])
    return Gathered(inventory, stated, observed, text, described, params)


def conclude(
    gathered: Gathered, rules: Rules = _NOTHING_LEARNED, meant: pl.DataFrame | None = None
) -> DependencyOutcome:
    """What follows from the evidence. rules: edge rules hold against all of it. meant: MEANT, whom a model takes names
    for that nothing answers to; None = nobody was asked.
    """
    inventory, params = gathered.inventory, gathered.params
    stated, observed, text = gathered.stated, gathered.observed, gathered.text
    meant = empty(MEANT) if meant is None else meant
    members = memberships(inventory)
    people = decided(rules.edges, inventory)
    spoken = [stated.evidence, observed.evidence, gathered.described, meant_evidence(gathered.loose, meant)]
    evidence, said = _kinds(
        canonical_ends(pl.concat(spoken), application_aliases(inventory)),
        said_evidence(people.edges),
        inventory,
        members,
        observed.sweepers,
        params,
    )
    edges, served = _edges(evidence, with_kinds(people.edges, said), inventory, params)
    names = inventory.select(
        "asset_id", name=pl.coalesce("hostname", pl.col("application_name").list.first(), "asset_id")
    )
    return DependencyOutcome(
        edges,
        served,
        empty(SET_ASIDE),
        dependency_findings(stated, observed, text, meant["name"], edges, people.without_target, names, params),
        _summary(edges, stated, observed, params),
    )
