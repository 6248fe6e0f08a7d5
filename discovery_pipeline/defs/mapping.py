"""Field mapping: evidence (slow, nothing learned in it), a model's answers about doubtful columns, the choice (cheap,
re-runs alone), canonical names."""

import time
from dataclasses import asdict, replace

import dagster as dg
import polars as pl

from discovery_pipeline.defs.mapping_metadata import doubtful_columns, learning_metadata, mapping_metadata
from discovery_pipeline.defs.metadata import top_counts
from discovery_pipeline.defs.model_metadata import opinion_metadata
from discovery_pipeline.defs.phase import output, phase_asset
from discovery_pipeline.defs.resources import TenantStores
from discovery_pipeline.defs.tables import (
    load_dropped,
    load_infos,
    load_kept_tables,
    load_kinds,
    load_kinds_found,
    load_mappings,
    load_proposals,
    load_rejected,
    rows_of,
    with_names,
)
from discovery_pipeline.domain.handoffs import MAPPING, document, findings_frame, mapping_frame
from discovery_pipeline.domain.mapping.apply import apply_mapping
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.conflicts import conflicting_columns
from discovery_pipeline.domain.mapping.resolve import ResolveParams
from discovery_pipeline.domain.mapping.review import MappedTables, review_mapping
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.domain_code import domain_code
from discovery_pipeline.services.learning.disagreements import analysts_disagree
from discovery_pipeline.services.learning.tracker import TRACK_RECORDS, facts_of_learning, track_records
from discovery_pipeline.services.mapping.choose import choose
from discovery_pipeline.services.mapping.embedders import embedder_of
from discovery_pipeline.services.mapping.learned import learned
from discovery_pipeline.services.mapping.meanings import curves_of, meanings_of
from discovery_pipeline.services.mapping.model_answers import Asker, second_opinion
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline.store.mappings import save_mappings

# Dagster's name for what all runs together share; its limit is set in the deployment, none by default.
MODEL_POOL = "model"


@phase_asset("mapping", "raw_export", "export_findings")
def mapping_proposals(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]
) -> dg.MaterializeResult[None]:
    """Profiles of every column over all its rows, and the evidence for each canonical field.

    Grain: one row per (column, field, kind of evidence). Nothing learned from analysts enters here.
    """
    with output(context, stores) as out:
        tables = load_kept_tables(stores.frames)
        meanings = meanings_of(stores.settings)
        kinds = load_kinds_found(stores.frames)
        proposals = propose(tables, kinds, embed=meanings.embed, labelled=meanings.labelled)
        out.staged.write("profiles", proposals.profiles)
        out.staged.write("evidence", proposals.evidence)
        columns = sum(len(t.info.headers) for t in tables)
        profiled = proposals.profiles.select("table_no", "position").n_unique()
        return out.finish(
            rows_in=rows_of(tables),
            rows_out=len(proposals.evidence),
            facts={"columns_without_profile": columns - profiled},
            metadata={"columns": columns, "meanings": meanings.how, "doubtful": doubtful_columns(proposals)},
        )


@phase_asset(
    "mapping", "mapping_proposals", "export_findings", kinds=("openai", "parquet", "postgres"), pool=MODEL_POOL
)
def model_answers(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]
) -> dg.MaterializeResult[None]:
    """What the configured model makes of doubtful columns, weighed by how it did on control columns of the same run.

    Grain: one row per column asked about. Empty without a model; an endpoint that is dead, slow or wrong costs at most
    the deadline and changes nothing.
    """
    deadline = time.monotonic() + stores.settings.model_deadline_s
    with output(context, stores) as out:
        frames = stores.frames
        earlier = frames.scan("model_answers", "answers").collect() if frames.has("model_answers") else None
        asker = Asker(stores.settings, stores.database, stores.tenant, context.run.run_id)
        opinion = second_opinion(asker, load_proposals(frames), load_kinds_found(frames), earlier, deadline)
        out.staged.write("answers", opinion.answers)
        out.staged.write("evidence", opinion.evidence)
        return out.finish(
            rows_in=opinion.doubtful,
            rows_out=len(opinion.answers),
            frame=opinion.evidence,
            facts=opinion.facts,
            metadata=opinion_metadata(opinion, seconds_left=deadline - time.monotonic()),
        )


@phase_asset(
    "mapping",
    "mapping_proposals",
    "model_answers",
    "export_findings",
    schema=MAPPING,
    kinds=("polars", "parquet", "postgres"),
)
def column_mapping(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]
) -> dg.MaterializeResult[None]:
    """The canonical field chosen for each source column, or none, with confidence, reasons and the best losers.

    Grain: one row per source column.
    """
    with output(context, stores) as out:
        infos, kinds = load_infos(stores.frames), load_kinds_found(stores.frames)
        frames = stores.frames
        proposals = load_proposals(frames)
        evidence = [proposals.evidence, frames.scan("model_answers", "evidence").collect()]
        proposals = replace(proposals, evidence=pl.concat(evidence))
        known = learned(
            stores.database,
            stores.tenant,
            infos,
            kinds,
            proposals,
            embedder_of(stores.settings),
            curves_of(stores.settings),
        )
        proposals, kinds = known.proposals, list(known.kinds)
        precision, log = stores.settings.mapping_precision, corrections(stores.database, stores.tenant)
        choice = choose(known, log, infos, ResolveParams(precision))
        records = track_records(choice.looked_at, precision)
        mappings = list(choice.mappings)
        conflicts = conflicting_columns(load_kept_tables(frames), kinds, mappings)
        review = review_mapping(MappedTables(infos, kinds, mappings, proposals.profiles, conflicts), precision)
        chosen = mapping_frame(mappings)
        out.staged.write("mapping", chosen)
        findings = findings_frame([*review.findings, *analysts_disagree(stores.database, stores.tenant, infos)])
        out.staged.write("findings", findings)
        save_mappings(stores.database, stores.tenant, with_names(chosen, infos))
        columns = sum(len(info.headers) for info in infos)
        return out.finish(
            rows_in=columns,
            rows_out=len(chosen),
            frame=chosen,
            facts={
                **review.facts,
                "columns_without_decision": columns - len(chosen),
                **facts_of_learning(stores.database, stores.tenant, log, choice.looked_at),
            },
            metadata={
                **mapping_metadata(chosen),
                "findings": top_counts(findings, "code"),
                "corrections": known.corrections,
                **{f"told_by_{how}": count for how, count in known.told.items()},
                "recall": known.recall,
                **learning_metadata(records),
            },
            document={
                "kinds": [document(kind) for kind in kinds],
                "corrections": known.corrections,
                TRACK_RECORDS: [asdict(record) for record in records],
            },
        )


@phase_asset("mapping", "raw_export", "export_findings", "column_mapping")
def canonical_records(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]
) -> dg.MaterializeResult[None]:
    """The mapped columns under their canonical names, cells still as found.

    Grain: one row per record that validation kept; a further column of the same field is called `field#2`.
    """
    with output(context, stores) as out:
        mappings = load_mappings(stores.frames)
        tables = load_kept_tables(stores.frames)
        canonical = [
            apply_mapping(raw, kind, mappings[raw.info.table_no])
            for raw, kind in zip(tables, load_kinds(stores.frames), strict=True)
        ]
        rows = sum(out.staged.write(part_name(t.info.table_no), t.frame) for t in canonical)
        set_aside = len(load_dropped(stores.frames)) + len(load_rejected(stores.frames))
        return out.finish(
            rows_in=rows_of(tables),
            rows_out=rows,
            facts={"unaccounted_rows": rows_of(tables) - rows - set_aside},
            metadata={"columns": sum(len(t.bindings) for t in canonical)},
            document={
                "bindings": {t.info.table_no: [document(b) for b in t.bindings] for t in canonical},
                "code": domain_code(),
            },
        )
