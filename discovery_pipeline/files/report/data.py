"""What a report is made of, and the frames that several of its sections start from. Keep out: HTML, spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import polars as pl

from discovery_pipeline.domain.handoffs import (
    ANALYSIS,
    APPLICATIONS,
    CUT_EDGES,
    DEPENDENCIES,
    GROUP_MEMBERS,
    MEMBERSHIPS,
    MOVE_GROUPS,
    NARRATIVES,
    QUESTIONS,
    SIZING,
    STRUCTURE,
    WAVES,
    FrameSchema,
    empty,
)

# The contract's bound: edges and memberships at or above it are believed, those below are leads.
BELIEVED = 0.5
# Types that run an operating system of their own.
SERVERS = ("physical_server", "virtual_machine", "container_node")
# The strategies under which something leaves its present place.
MOVING = ("rehost", "replatform", "refactor", "rearchitect", "replace")
# The parts whose frames may lack columns, being of an earlier version of the software, or be missing altogether.
COLUMNS: dict[str, FrameSchema] = {
    "analysis": ANALYSIS, "applications": APPLICATIONS, "move_groups": MOVE_GROUPS, "dependencies": DEPENDENCIES,
    "memberships": MEMBERSHIPS, "group_members": GROUP_MEMBERS, "structure": STRUCTURE, "sizing": SIZING,
    "waves": WAVES, "cut_edges": CUT_EDGES, "questions": QUESTIONS, "narratives": NARRATIVES,
}  # fmt: skip


def conformed(frame: pl.DataFrame, part: str) -> pl.DataFrame:
    """The frame with exactly the columns that the report reads of this part; what it lacks is null."""
    wanted = COLUMNS[part]
    return frame.select(
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in wanted.items()
    )


@dataclass(frozen=True)
class ReportData:
    """Everything a report shows; nothing in it may tell one run from another of the same data.

    analysis_summary, dependency_summary: the phases' summaries. inventory ... narratives: frames of the hand-offs of
    those names; parts that were not made are empty. findings: of all phases. sources: columns source, file, table,
    rows of the tables that counted. checks: documents with asset, check, passed, detail. software: name and version.
    """

    tenant: str
    analysis_summary: Mapping[str, Any]
    dependency_summary: Mapping[str, Any]
    inventory: pl.DataFrame
    analysis: pl.DataFrame
    applications: pl.DataFrame
    move_groups: pl.DataFrame
    dependencies: pl.DataFrame
    quarantine: pl.DataFrame
    findings: pl.DataFrame
    sources: pl.DataFrame
    memberships: pl.DataFrame = field(default_factory=partial(empty, MEMBERSHIPS))
    group_members: pl.DataFrame = field(default_factory=partial(empty, GROUP_MEMBERS))
    structure: pl.DataFrame = field(default_factory=partial(empty, STRUCTURE))
    sizing: pl.DataFrame = field(default_factory=partial(empty, SIZING))
    waves: pl.DataFrame = field(default_factory=partial(empty, WAVES))
    cut_edges: pl.DataFrame = field(default_factory=partial(empty, CUT_EDGES))
    questions: pl.DataFrame = field(default_factory=partial(empty, QUESTIONS))
    narratives: pl.DataFrame = field(default_factory=partial(empty, NARRATIVES))
    checks: Sequence[Mapping[str, Any]] = ()
    software: str = ""

    def __post_init__(self) -> None:
        for part in COLUMNS:
            object.__setattr__(self, part, conformed(getattr(self, part), part))

    @cached_property
    def names(self) -> pl.DataFrame:
        """Columns asset_id, name: of every asset, and of applications that only the analysis proposes."""
        known = names(self.inventory)
        proposed = self.applications.select(asset_id="application_id", name="name")
        return pl.concat([known, proposed.join(known, on="asset_id", how="anti")])

    @cached_property
    def assessed(self) -> pl.DataFrame:
        """One row per living asset: what it is (some columns of INVENTORY, name) and the columns of ANALYSIS."""
        living = self.inventory.filter(~pl.col("vanished").fill_null(value=False))
        described = living.select(
            "asset_id", "classified_type", "environment", "criticality", "os_name", "os_version", "application_name",
            "business_owner", "datacenter",
        )  # fmt: skip
        joined = described.join(self.names, on="asset_id").join(self.analysis, on="asset_id")
        return joined.sort("readiness", "name", "asset_id", nulls_last=True)

    @cached_property
    def members(self) -> pl.DataFrame:
        """Columns asset_id, application_id: the believed memberships; before there are any, the applications' lists."""
        believed = self.memberships.filter(pl.col("confidence") >= BELIEVED).select("asset_id", "application_id")
        listed = self.applications.select(asset_id="members", application_id="application_id")
        exploded = listed.explode("asset_id", empty_as_null=False)
        return pl.concat([believed, exploded]).unique().sort("application_id", "asset_id")

    @cached_property
    def edges(self) -> pl.DataFrame:
        """The believed dependencies between assets, with columns dependent and provider: their names."""
        believed = self.dependencies.filter(pl.col("confidence") >= BELIEVED, pl.col("to_asset").is_not_null())
        named = believed.join(
            self.names.rename({"asset_id": "from_asset", "name": "dependent"}), on="from_asset"
        ).join(self.names.rename({"asset_id": "to_asset", "name": "provider"}), on="to_asset")  # fmt: skip
        return named.sort("from_asset", "to_asset", "kind")


def names(inventory: pl.DataFrame) -> pl.DataFrame:
    """Columns asset_id, name: what people call each asset, as `discovery explain` does."""
    own = pl.when(pl.col("classified_type") == "application").then(pl.col("application_name").list.first())
    return inventory.select("asset_id", name=pl.coalesce(own, "hostname", "fqdn", "source_id", "asset_id"))
