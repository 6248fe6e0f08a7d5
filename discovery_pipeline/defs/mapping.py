"""Field mapping: evidence (slow, nothing learned in it), a model's answers about doubtful columns, the choice (cheap,
re-runs alone), canonical names."""

from dataclasses import asdict, replace

import dagster as dg
import polars as pl

from discovery_pipeline.defs.mapping_metadata import doubtful_columns, learning_metadata, mapping_metadata
from discovery_pipeline.defs.metadata import top_counts
from discovery_pipeline.defs.model_metadata import columns_metadata, forecast_metadata
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
from discovery_pipeline.domain.mapping.noticed import noticed
from discovery_pipeline.domain.mapping.recall.learned import Learned
from discovery_pipeline.domain.mapping.resolve import ResolveParams
from discovery_pipeline.domain.mapping.review import MappedTables, review_mapping
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.domain_code import domain_code
from discovery_pipeline.services.learning.disagreements import analysts_disagree
from discovery_pipeline.services.learning.outcomes import outcome_of
from discovery_pipeline.services.learning.tracker import TRACK_RECORDS, facts_of_learning, track_records
from discovery_pipeline.services.mapping.choose import choose
from discovery_pipeline.services.mapping.embedders import Outgoing, embedder_of
from discovery_pipeline.services.mapping.learned import learned
from discovery_pipeline.services.mapping.meanings import curves_of, meanings_of
from discovery_pipeline.services.mapping.model_answers import changes_by_models, second_opinion
from discovery_pipeline.services.mapping.shown_headers import headers_shown
from discovery_pipeline.store.corrections import corrections
from discovery_pipeline.store.mapping_outcomes import add_outcome
from discovery_pipeline.store.mappings import save_mappings


@phase_asset("mapping", "raw_export", "export_findings")
def mapping_proposals(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]
) -> dg.MaterializeResult[None]:
    """Profiles of every column over all its rows, and the evidence for each canonical field.

    Grain: one row per (column, field, kind of evidence). Nothing learned from analysts enters here.
    """
    with output(context, stores) as out:
        tables = load_kept_tables(stores.frames)
        kinds = load_kinds_found(stores.frames)
        meanings = meanings_of(stores.settings, stores.desk)
        shown = headers_shown(lambda: tables, kinds) if stores.settings.embedding_model else None
        proposals = propose(tables, kinds, embed=meanings.embed, labelled=meanings.labelled, shown=shown)
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


@phase_asset("mapping", "mapping_proposals", "export_findings", kinds=("openai", "parquet", "postgres"))
def model_answers(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]
) -> dg.MaterializeResult[None]:
    """What the configured model makes of doubtful columns, weighed by how it did on control columns of the same run.

    Grain: one row per column asked about. Empty without a model; an endpoint that is dead, slow or wrong costs at most
    the deadline and changes nothing.
    """
    with output(context, stores) as out:
        frames = stores.frames
        params = ResolveParams(stores.settings.mapping_precision)
        tables = load_kept_tables(frames)
        found = second_opinion(stores.desk, lambda: _spelt(stores), tables, params)
        out.staged.write("answers", found.opinion.frame)
        out.staged.write("evidence", found.evidence)
        return out.finish(
            rows_in=found.opinion.doubts,
            rows_out=len(found.opinion.frame),
            frame=found.evidence,
            facts=found.facts,
            metadata={**columns_metadata(stores.desk, found), **forecast_metadata(stores.expected)},
        )


def _spelt(stores: TenantStores) -> Learned:
    """What is known of the run's columns, with what people decided of the same ones and of the same spelling."""
    frames = stores.frames
    infos, kinds, proposals = load_infos(frames), load_kinds_found(frames), load_proposals(frames)
    return learned(stores.database, stores.tenant, infos, kinds, proposals, None)


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
        proposed = proposals = load_proposals(frames)
        outgoing = Outgoing(stores.desk, lambda: headers_shown(lambda: load_kept_tables(frames), kinds)(proposed))
        evidence = [proposals.evidence, frames.scan("model_answers", "evidence").collect()]
        proposals = replace(proposals, evidence=pl.concat(evidence))
        known = learned(
            stores.database,
            stores.tenant,
            infos,
            kinds,
            proposals,
            embedder_of(stores.settings, outgoing),
            curves_of(stores.settings, stores.desk),
        )
        proposals, kinds = known.proposals, list(known.kinds)
        precision, log = stores.settings.mapping_precision, corrections(stores.database, stores.tenant)
        params = ResolveParams(precision)
        choice = choose(known, log, infos, params)
        records = track_records(choice.looked_at, precision)
        mappings = list(choice.mappings)
        conflicts = conflicting_columns(load_kept_tables(frames), kinds, mappings)
        review = review_mapping(MappedTables(infos, kinds, mappings, proposals.profiles, conflicts), precision)
        chosen = mapping_frame(mappings)
        out.staged.write("mapping", chosen)
        if stores.desk.is_open:
            out.share(noticed(kinds))
        by_models = changes_by_models(
            frames.scan("model_answers", "answers").collect(),
            known,
            lambda without: choose(without, log, infos, params).mappings,
            mappings,
            infos,
        )
        if by_models is not None:
            out.staged.write("advised", by_models)
        findings = findings_frame([*review.findings, *analysts_disagree(stores.database, stores.tenant, infos)])
        out.staged.write("findings", findings)
        save_mappings(stores.database, stores.tenant, with_names(chosen, infos))
        add_outcome(stores.database, stores.tenant, outcome_of(stores.run_id, mappings))
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
                **({} if by_models is None else {"model_changed": len(by_models)}),
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
