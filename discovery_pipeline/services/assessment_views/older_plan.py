"""What is kept of a plan, made anew: for a run of an older version, or a plan that was changed since.

Keep out: how what a run kept is read (board.py).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.groups.applications import application_members
from discovery_pipeline.domain.analysis.params import AnalysisParams
from discovery_pipeline.domain.analysis.waves.given import WaveInput
from discovery_pipeline.domain.analysis.waves.kept import KeptPlan, kept_of
from discovery_pipeline.domain.analysis.waves.placing import known_of
from discovery_pipeline.services.assessment_views.estate import AssessedEstate

_FACTS = (
    "asset_id", "classified_type", "hostname", "application_name", "environment", "criticality", "planned_wave",
    "department", "business_owner", "technical_owner", "vanished", "storage_used_gib", "storage_total_gib",
)  # fmt: skip
_EDGES = ("from_asset", "to_asset", "kind", "evidence", "confidence", "observations", "ports")


def made_anew(estate: AssessedEstate, params: AnalysisParams) -> KeptPlan:
    """What a run by this plan would keep, of the move groups that the newest run made."""
    run, believed = estate.run, params.believed
    groups = run.scan("analysis", "move_groups").collect()
    facts = run.scan("inventory", "inventory").select(_FACTS).collect()
    systems = estate.assets.select("asset_id", "runs_os", "os_support", "os_platform").collect()
    # A plan reads nothing below what is believed; most edges of a large estate are.
    leads = run.scan("dependencies", "dependencies").select(_EDGES)
    edges = leads.filter(pl.col("confidence") >= believed, pl.col("to_asset").is_not_null()).collect()
    served = run.scan("dependencies", "memberships").collect() if run.has("dependencies", "memberships") else None
    members = application_members(facts, edges, believed, served)
    decided = run.scan("analysis", "analysis").select("asset_id", "strategy", "readiness").collect()
    listed = run.scan("analysis", "applications").select("application_id", "name").collect()
    told = facts.join(systems, on="asset_id", how="left", maintain_order="left")
    return kept_of(known_of(WaveInput(groups, told, decided, edges, members, decided, listed), params))
