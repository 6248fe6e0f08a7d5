"""Cleansing: typed records with the unit in the name, and everything that was set aside so far."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import dagster as dg
import polars as pl

from discovery_pipeline.agents.choosing import Opinion, ask_about
from discovery_pipeline.agents.cleansing import CLEANSING, described
from discovery_pipeline.agents.pseudonyms import KnownNames
from discovery_pipeline.defs.metadata import markdown, masked_sample, top_counts
from discovery_pipeline.defs.model_metadata import opinion_facts, opinions_metadata, stage_opinions
from discovery_pipeline.defs.phase import Output, output, phase_asset
from discovery_pipeline.defs.resources import TenantStores
from discovery_pipeline.defs.tables import (
    TOP_FIELDS,
    load_canonical,
    load_dropped,
    load_infos,
    load_rejected,
    row_keys,
)
from discovery_pipeline.domain.cleansing.advised import ValueAdvice, value_advice
from discovery_pipeline.domain.cleansing.clean import clean
from discovery_pipeline.domain.cleansing.doubts import odd_values
from discovery_pipeline.domain.cleansing.noticed import noticed
from discovery_pipeline.domain.conservation import account
from discovery_pipeline.domain.handoffs import (
    QUARANTINE,
    RECORD_KEY,
    CanonicalTable,
    CleanTable,
    named,
)
from discovery_pipeline.domain.learning.rules import Rules
from discovery_pipeline.domain.opinions.advice import advised
from discovery_pipeline.domain.schema import clean_schema
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.quality.facts import columns_of_other_types
from discovery_pipeline.services.cleansed_tables import (
    VALUE_RULES,
    Notes,
    cleansed_tables,
    document_of,
    table_keys,
    value_rules_frame,
)
from discovery_pipeline.services.domain_code import domain_code

# Two large tables at a time stay well within a run's memory.
_TABLES_AT_ONCE = 2


@phase_asset("cleansing", "canonical_records", schema={**RECORD_KEY, **clean_schema("asset")})
def clean_records(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]
) -> dg.MaterializeResult[None]:
    """Typed records: numbers in the schema's units, dates in UTC, addresses and names normalised, junk to null.

    Grain: one row per record that could be read as one; each change is a named rule, counted beside it.
    """
    with output(context, stores) as out:
        taught = stores.taught("clean_records")
        tables = load_canonical(stores.frames)
        opinion, advice = _second_opinion(stores, tables, taught.rules)
        cleaned = _clean_tables(tables, out, advice.beside(taught.rules))
        stage_opinions(out.staged, [opinion], advice.changes)
        if stores.desk.is_open:
            out.share(noticed(tables, cleaned.notes.rule_counts))
        accounted = account(
            {info.table_no: info.rows for info in load_infos(stores.frames)},
            row_keys(cleaned.tables),
            cleaned.notes.set_aside.lazy(),
            load_dropped(stores.frames).lazy(),
            load_rejected(stores.frames).lazy(),
        )
        assets = [table.frame for table in cleaned.tables if table.kind.record == "asset"]
        records = pl.concat(assets, how="diagonal") if assets else pl.LazyFrame()
        return out.finish(
            rows_in=accounted.rows,
            rows_out=cleaned.rows,
            frame=records,
            facts={
                "unaccounted_rows": accounted.unaccounted,
                "rows_counted_twice": accounted.counted_twice,
                "columns_of_other_types": columns_of_other_types(records, clean_schema("asset")),
                **opinion_facts(opinion),
            },
            metadata={
                "rules": _top_rules(cleaned.notes.rule_counts),
                "findings": top_counts(cleaned.notes.findings, "code"),
                "sample": masked_sample(records, TOP_FIELDS),
                "tables": len(cleaned.tables),
                "unchanged_tables": cleaned.unchanged,
                **opinions_metadata(stores.desk, opinion, changed=len(advice.changes)),
            },
            document={**cleaned.document, "corrections": taught.corrections},
        )


@phase_asset("cleansing", "clean_records", "raw_export", "export_findings", schema=QUARANTINE)
def quarantined_records(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]
) -> dg.MaterializeResult[None]:
    """Every row that reading, validation and cleansing set aside, each with its place and reason.

    Grain: one row per input row set aside; row is null where a whole file could not be read.
    """
    with output(context, stores) as out:
        frames, infos = stores.frames, load_infos(stores.frames)
        set_aside = pl.concat([load_dropped(frames), frames.scan("clean_records", "set_aside").collect()])
        rows = pl.concat([frames.scan("raw_export", "quarantine").collect(), named(set_aside, infos)])
        rows = rows.sort("source", "file", "table", "row")
        out.staged.write("rows", rows)
        total = sum(info.rows for info in infos)
        quarantined = rows.filter(disposition="quarantined").height
        return out.finish(
            rows_in=total,
            rows_out=len(rows),
            frame=rows,
            facts={"quarantined_share": quarantined / total if total else 0.0},
            metadata={"reasons": top_counts(rows, "reason"), "dispositions": top_counts(rows, "disposition")},
        )


def _second_opinion(
    stores: TenantStores, tables: Sequence[CanonicalTable], rules: Rules
) -> tuple[Opinion, ValueAdvice]:
    """What a model says of spellings that no rule reads and nobody spoke of; nothing where none can be asked."""
    if not stores.desk.is_open:
        return Opinion(CLEANSING.name), value_advice(())
    odd = odd_values(tables, rules)
    doubts, controls = odd.doubts, odd.controls(CLEANSING.params)
    known = stores.known_names if doubts else KnownNames()
    opinion = ask_about(stores.desk, CLEANSING, doubts, controls, known, described([*doubts, *controls]))
    return opinion, value_advice(advised(opinion.answers, opinion.trust))


@dataclass(frozen=True)
class _Cleaned:
    """What cleansing all tables gave; the tables are those staged. unchanged: how many of them were taken over."""

    tables: Sequence[CleanTable]
    rows: int
    unchanged: int
    notes: Notes
    document: dict[str, Any]


def _clean_tables(tables: Sequence[CanonicalTable], out: Output, rules: Rules) -> _Cleaned:
    """Cleanse the tables that something changed about since the last time, and take over the others."""
    keys = table_keys(out.stores.frames, tables, domain_code(), rules)
    earlier = cleansed_tables(out.stores.frames)

    def cleaned(table: CanonicalTable) -> tuple[int, Notes, bool]:
        number, part = table.info.table_no, part_name(table.info.table_no)
        known = earlier.unchanged(number, keys.get(number))
        if known:
            return out.staged.take_over(part, earlier.version), known, True
        outcome = clean(table, rules)
        rows = out.staged.write(part, outcome.table.frame)
        return rows, Notes(outcome.rule_counts, outcome.findings, outcome.set_aside), False

    # Tables are independent, and cleaning one is many small steps, between which polars leaves cores idle.
    with ThreadPoolExecutor(_TABLES_AT_ONCE) as pool:
        found = list(pool.map(cleaned, tables))
    notes = {table.info.table_no: each for table, (_, each, _) in zip(tables, found, strict=True)}
    staged = [CleanTable(t.info, t.kind, out.staged.scan(part_name(t.info.table_no))) for t in tables]
    rows, unchanged = sum(rows for rows, _, _ in found), sum(taken for _, _, taken in found)
    joined = Notes.joined(list(notes.values()))
    for part, frame in joined.parts().items():
        out.staged.write(part, frame)
    if rules.values:
        out.staged.write(VALUE_RULES, value_rules_frame(rules))
    return _Cleaned(staged, rows, unchanged, joined, {"tables": document_of(keys, notes)})


def _top_rules(rule_counts: pl.DataFrame) -> dg.MarkdownMetadataValue:
    return markdown(
        rule_counts.group_by("field", "rule")
        .agg(pl.col("cells").sum())
        .sort("cells", "field", "rule", descending=[True, False, False])
        .head(20)
    )
