"""What a wave plan is made from. Keep out: what is made of it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.domain.analysis.waves.needs import with_classes
from discovery_pipeline.domain.analysis.waves.numbered import numbered


@dataclass(frozen=True)
class WaveInput:
    """groups: MOVE_GROUPS (wave is filled here). facts: of gather. decisions: asset_id, strategy. dependencies:
    DEPENDENCIES. members: MEMBERSHIP. readiness: asset_id, readiness in [0, 100]. applications: APPLICATIONS, for
    the names of those that are in no inventory.
    """

    groups: pl.DataFrame
    facts: pl.DataFrame
    decisions: pl.DataFrame
    dependencies: pl.DataFrame
    members: pl.DataFrame
    readiness: pl.DataFrame
    applications: pl.DataFrame


# The columns of edges that a plan reads.
_EDGES = ("from_asset", "to_asset", "kind", "evidence", "confidence", "observations", "ports")
# The columns of facts that a plan reads.
_FACTS = (
    "asset_id", "classified_type", "hostname", "application_name", "environment", "criticality", "planned_wave",
    "department", "business_owner", "technical_owner", "os_platform", "os_support", "runs_os", "vanished",
    "storage_used_gib", "storage_total_gib",
)  # fmt: skip


def coded(given: WaveInput, ids: pl.Series) -> WaveInput:
    """The same with numbers in the place of ids, the evidence read, and `id` in the facts."""
    members = given.groups.select("group_id", "members").explode("members", empty_as_null=False)
    edges = given.dependencies.select(_EDGES).drop_nulls("to_asset")
    return WaveInput(
        numbered(members, ids, "members").group_by("group_id").agg(pl.col("members").sort()),
        numbered(given.facts.select(*_FACTS, id="asset_id"), ids, "asset_id"),
        numbered(given.decisions.select("asset_id", "strategy"), ids, "asset_id"),
        numbered(with_classes(edges), ids, "from_asset", "to_asset"),
        numbered(given.members.select("asset_id", "application_id"), ids, "asset_id", "application_id"),
        numbered(given.readiness.select("asset_id", "readiness"), ids, "asset_id"),
        numbered(given.applications.select("application_id", "name"), ids, "application_id"),
    )
