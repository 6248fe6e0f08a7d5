"""A run under a proposal, from the earliest phase concerned, over the published frames: into memory, stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from discovery_pipeline.domain.analysis.assess import assess
from discovery_pipeline.domain.analysis.data_day import data_date
from discovery_pipeline.domain.cleansing.clean import clean
from discovery_pipeline.domain.dependencies.graph import build
from discovery_pipeline.domain.dependencies.meant.advised import MEANT_NAMES
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import CanonicalTable, CleanTable, mapping_frame
from discovery_pipeline.domain.learning.kinds import FIRST_ASSET
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.mapping.apply import apply_mapping
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.analysis_basis import analysis_basis
from discovery_pipeline.services.cleansed_tables import (
    VALUE_RULES,
    Notes,
    beside_advice,
    cleansed_tables,
    table_keys,
    value_rules_frame,
)
from discovery_pipeline.services.domain_code import domain_code
from discovery_pipeline.services.due_runs import corrections_due
from discovery_pipeline.services.inventory.generations import MadeFrom, numbers_that_stand
from discovery_pipeline.services.inventory.kept_advice import beside_kept_advice
from discovery_pipeline.services.learning.preview.proposed import Outlook, Proposed, outlook
from discovery_pipeline.services.learning.preview.scratch_inventory import scratch_inventory
from discovery_pipeline.services.learning.preview.scratch_mapping import kept_tables, scratch_mapping
from discovery_pipeline.services.run_frames import ASSETS, RunFrames, run_frames
from discovery_pipeline.services.tenant_settings import preferences
from discovery_pipeline.services.workspace import Workspace

Parts = dict[tuple[str, str], pl.DataFrame]


@dataclass
class ScratchRun:
    """run: what is published. first: the asset that a run would begin with. parts: by asset and name, what it would
    publish. recleansed: records of the tables that would be cleansed anew."""

    run: RunFrames
    first: str
    parts: Parts = field(default_factory=dict)
    recleansed: int = 0

    def makes(self, asset: str) -> bool:
        """Whether the asset would be made anew."""
        return ASSETS.index(asset) >= ASSETS.index(self.first)

    def part(self, asset: str, part: str) -> pl.DataFrame:
        """What would be published: made here, or as it is."""
        made = self.parts.get((asset, part))
        return self.run.scan(asset, part).collect() if made is None else made


def scratch_run(workspace: Workspace, tenant: str, proposed: Proposed) -> ScratchRun:
    """Everything that a run would make under a proposal, and under what waits already.

    Raises UsageError where no run was finished yet, or since newer files came, and for a correction that is not there;
    MappingConflict.
    """
    run = finished_run(workspace, tenant)
    ahead = outlook(workspace.database, tenant, proposed)
    made = ScratchRun(run, first_asset(workspace, tenant, ahead))
    tables = _clean_tables(workspace, made, ahead)
    if made.makes("inventory"):
        outcome = scratch_inventory(workspace.database, run.frames, tables, _made_from(workspace, made, ahead))
        made.parts |= {("inventory", n): getattr(outcome, n) for n in ("inventory", "lineage", "origin", "findings")}
    estate = made.part("inventory", "inventory")
    if made.makes("dependencies"):
        meant = (
            made.run.scan("dependencies", MEANT_NAMES).collect() if made.run.has("dependencies", MEANT_NAMES) else None
        )
        graph = build(estate, tables, ahead.rules("dependencies"), meant=meant)
        made.parts |= {("dependencies", n): getattr(graph, n) for n in ("dependencies", "memberships", "findings")}
    basis = analysis_basis(workspace.database, tenant, workspace.settings.frames_location)
    assessed = assess(
        estate,
        made.part("dependencies", "dependencies"),
        as_of=data_date(estate, basis.dates),
        params=basis.params,
        rules=ahead.rules("analysis"),
        table=basis.dates,
        memberships=made.part("dependencies", "memberships"),
        catalogue=basis.prices,
    )
    names = ("analysis", "applications", "move_groups", "findings")
    made.parts |= {("analysis", name): getattr(assessed, name) for name in names}
    return made


def value_rules(run: RunFrames, ahead: Outlook) -> Rules:
    """What cleansing would be told: people's rules, and before them what a model said in the run that is published."""
    published = run.scan("clean_records", VALUE_RULES).collect() if run.has("clean_records", VALUE_RULES) else None
    return beside_advice(ahead.rules("clean_records"), published)


def _made_from(workspace: Workspace, made: ScratchRun, ahead: Outlook) -> MadeFrom:
    """What the inventory would be made from."""
    cleansed = value_rules(made.run, ahead)
    people = replace(ahead.rules("inventory"), asset_values=cleansed.asset_values)
    # No model is asked here: what one said in the run that is published stands.
    rules = beside_kept_advice(people, made.run.meta("inventory"))
    values = value_rules_frame(cleansed) if cleansed.values else None
    preferred = preferences(workspace.database, made.run.tenant)
    return MadeFrom(made.part("column_mapping", "mapping"), values, rules, numbers_that_stand(ahead.log), preferred)


def finished_run(workspace: Workspace, tenant: str) -> RunFrames:
    """The newest run whose results are all there. Raises UsageError where there is none, or newer files wait."""
    run = run_frames(workspace.frames.open(tenant))
    if not run.has("analysis"):
        raise UsageError("no finished run to compare with", where=tenant, advice=f"discovery run {tenant}")
    if run.newer_files_wait:
        raise UsageError(
            "newer files were read since the last inventory", where=tenant, advice=f"discovery run {tenant}"
        )
    return run


def first_asset(workspace: Workspace, tenant: str, ahead: Outlook) -> str:
    """The earliest asset in which what is proposed, or waits already, has a say; the last of all where nothing has."""
    due = corrections_due(workspace, tenant)
    assets = {FIRST_ASSET[kind] for kind in ahead.kinds} | ({due.first} if due else set())
    return min(assets or {"analysis"}, key=ASSETS.index)


def _clean_tables(workspace: Workspace, made: ScratchRun, ahead: Outlook) -> list[CleanTable]:
    """The clean tables, those that would change cleansed anew."""
    if not made.makes("clean_records"):
        return [_published(made.run, table) for table in _canonical_published(made.run)]
    tables = _canonical(workspace, made, ahead) if made.makes("column_mapping") else _canonical_published(made.run)
    rules = value_rules(made.run, ahead)
    keys = table_keys(made.run.frames, tables, domain_code(), rules)
    earlier = cleansed_tables(made.run.frames)
    notes, cleaned = [], []
    for table in tables:
        known = earlier.unchanged(table.info.table_no, keys.get(table.info.table_no))
        if known:
            cleaned.append(_published(made.run, table))
            notes.append(known)
            continue
        outcome = clean(table, rules)
        frame = outcome.table.frame.collect()
        made.recleansed += len(frame)
        cleaned.append(replace(outcome.table, frame=frame.lazy()))
        notes.append(Notes(outcome.rule_counts, outcome.findings, outcome.set_aside))
    made.parts |= {("clean_records", name): frame for name, frame in Notes.joined(notes).parts().items()}
    return cleaned


def _canonical_published(run: RunFrames) -> list[CanonicalTable]:
    kinds = run.kinds()
    return [
        CanonicalTable(
            i, kinds[i.table_no], run.scan("canonical_records", part_name(i.table_no)), run.bindings(i.table_no)
        )
        for i in run.tables()
    ]


def _canonical(workspace: Workspace, made: ScratchRun, ahead: Outlook) -> list[CanonicalTable]:
    chosen = scratch_mapping(workspace, made.run, ahead)
    made.parts["column_mapping", "mapping"] = mapping_frame(list(chosen.mappings))
    made.parts["column_mapping", "findings"] = chosen.findings
    raw = list(kept_tables(made.run))
    return [apply_mapping(table, kind, chosen.mappings) for table, kind in zip(raw, chosen.kinds, strict=True)]


def _published(run: RunFrames, table: CanonicalTable) -> CleanTable:
    """The clean table as published, for review where the binding would be."""
    review = frozenset(binding.field for binding in table.bindings if binding.status == "review")
    return CleanTable(table.info, table.kind, run.scan("clean_records", part_name(table.info.table_no)), review)
