"""Inventory: one row per real thing, with its identity, its values and where each came from."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import dagster as dg
import polars as pl

from discovery_pipeline.defs.metadata import markdown, masked_sample, summary_table, top_counts
from discovery_pipeline.defs.model_metadata import opinion_facts, opinions_metadata, stage_opinions
from discovery_pipeline.defs.phase import output, phase_asset
from discovery_pipeline.defs.resources import TenantStores
from discovery_pipeline.defs.tables import TOP_FIELDS, load_clean, load_infos, load_kinds, load_set_aside
from discovery_pipeline.domain.conservation import account
from discovery_pipeline.domain.handoffs import CHANGES, INVENTORY, TableInfo, named, names_of
from discovery_pipeline.domain.inventory.identities.generations import Generation
from discovery_pipeline.domain.inventory.noticed import noticed
from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome
from discovery_pipeline.domain.inventory.values.preferences import preferences_text
from discovery_pipeline.domain.masking import masked
from discovery_pipeline.quality.facts import columns_of_other_types
from discovery_pipeline.services.inventory.generations import changes_of, compared_with
from discovery_pipeline.services.inventory.kept_advice import ADVICE, advice_document
from discovery_pipeline.services.inventory.second_look import reconciled, second_look
from discovery_pipeline.services.tenant_settings import PRECEDENCE, preferences
from discovery_pipeline.store.identities import save_registry

PARTS = (
    "inventory", "lineage", "origin", "merged", "findings", "look_alikes", "doubtful_joins", "conflicts", "corrected",
    "standings", "agreement",
)  # fmt: skip
# Pairs of tables shown in the metadata.
MOST_DISAGREEMENTS = 20
# Fields that changed, shown in the metadata.
MOST_EXAMPLES = 20


@phase_asset(
    "inventory", "clean_records", "quarantined_records", schema=INVENTORY, kinds=("polars", "parquet", "postgres")
)
def inventory(context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]) -> dg.MaterializeResult[None]:
    """One row per real thing: a server, a database instance, an application, however many sources describe it.

    Grain: one row per asset_id. Beside it: lineage (one row per record), origin (which record each value came from),
    what people decided, which known ids are part of another asset now.
    """
    with output(context, stores) as out:
        frames, taught = stores.frames, stores.taught("inventory")
        rules = replace(taught.rules, asset_values=stores.taught("clean_records").rules.asset_values)
        params = InventoryParams(preferred=preferences(stores.database, stores.tenant))
        asks = stores.desk.is_open
        with_doubts = replace(params, gather_doubts=asks, spoken_of=_spoken_of(stores) if asks else frozenset())
        first = reconciled(stores.database, frames, load_clean(frames), rules, with_doubts)
        if stores.desk.is_open:
            out.share(noticed(first.outcome.inventory))
        looked = second_look(
            stores.desk,
            first,
            lambda advised: reconciled(stores.database, frames, load_clean(frames), advised, params),
            lambda: stores.known_names,
            params.look_alike,
        )
        outcome, planned = looked.made.outcome, looked.made.plan
        made = planned.generation
        infos = load_infos(frames)
        # The database registers while the frames are written and accounted for.
        with ThreadPoolExecutor(1) as beside:
            saved = beside.submit(save_registry, stores.database, stores.tenant, outcome.registry, planned)
            for part in PARTS:
                out.staged.write(part, getattr(outcome, part))
            out.staged.write("quarantine", named(outcome.set_aside, infos))
            stage_opinions(out.staged, looked.opinions, looked.advised)
            facts = {**_facts(stores, outcome), **opinion_facts(*looked.opinions)}
            shown = {**_shown(outcome), "agreement": _agreement(outcome.agreement, infos)}
            shown |= opinions_metadata(stores.desk, *looked.opinions, changed=looked.changed)
            saved.result()
        return out.finish(
            rows_in=len(outcome.lineage) + len(outcome.set_aside),
            rows_out=len(outcome.inventory),
            frame=outcome.inventory,
            facts=facts,
            metadata=shown,
            document={
                **_document(made),
                "compared": compared_with(frames, made),
                "corrections": taught.corrections,
                PRECEDENCE: preferences_text(params.preferred),
                "summary": outcome.summary,
                ADVICE: advice_document(looked.made.basis.rules),
            },
            keep=planned.keep,
        )


def _spoken_of(stores: TenantStores) -> frozenset[str]:
    """The assets of which people said something in later phases: no model may take their ids away."""
    edges, strategies = (stores.taught(asset).rules for asset in ("dependencies", "analysis"))
    ends = (asset for rule in edges.edges for asset in (rule.from_asset, rule.to_asset))
    return frozenset((*ends, *(rule.asset_id for rule in strategies.strategies)))


@phase_asset("inventory", "inventory", schema=CHANGES)
def inventory_changes(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]
) -> dg.MaterializeResult[None]:
    """What is different from the last run over other input: assets added, vanished, returned, values changed.

    Grain: one row per asset and change, per field where a value changed; an asset that is part of another one now
    vanished with the field asset_id.
    """
    with output(context, stores) as out:
        found = changes_of(stores.frames)
        rows, counts = found.changes, found.counts
        out.staged.write("inventory_changes", rows)
        return out.finish(
            rows_in=stores.frames.scan("inventory", "inventory").select(pl.len()).collect().item(),
            rows_out=len(rows),
            frame=rows,
            facts=counts.facts(),
            metadata={
                "changes": summary_table(counts.by_change),
                "fields": _examples(rows),
                "merged": rows.filter(change="vanished", field="asset_id").height,
                "vanished_share": counts.vanished_share,
            },
            document={"changes": dict(counts.by_change), "fields": dict(counts.by_field)},
        )


def _examples(changes: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """The commonest changes by field, each with the shapes of one old and one new value."""
    counted = changes.group_by("change", "field", maintain_order=True).agg(
        pl.len().alias("count"), *(masked(pl.col(side).drop_nulls().first()).alias(side) for side in ("old", "new"))
    )
    ordered = counted.sort("count", "change", "field", descending=[True, False, False])
    return markdown(ordered.head(MOST_EXAMPLES))


def _document(made: Generation) -> dict[str, Any]:
    """The generation, as the next run reads it."""
    versions = {"baseline": made.baseline, "delivery": made.delivery, "missing": made.missing}
    return {"generation": made.number, "fingerprint": made.input, "files": made.files, **versions}


def _facts(stores: TenantStores, outcome: InventoryOutcome) -> dict[str, float]:
    """Conservation over the asset tables: each input row stands once in lineage or was set aside by some phase."""
    kinds = {kind.table_no: kind.record for kind in load_kinds(stores.frames)}
    rows = {i.table_no: i.rows for i in load_infos(stores.frames) if kinds[i.table_no] == "asset"}
    earlier = load_set_aside(stores.frames).filter(pl.col("table_no").is_in(list(rows)))
    accounted = account(rows, outcome.lineage.lazy(), outcome.set_aside.lazy(), earlier.lazy())
    ids = outcome.inventory.select("asset_id")
    return {
        "unaccounted_rows": accounted.unaccounted,
        "rows_counted_twice": accounted.counted_twice,
        "lineage_without_asset": outcome.lineage.join(ids, on="asset_id", how="anti").height,
        "columns_of_other_types": columns_of_other_types(outcome.inventory, INVENTORY)
        + len(INVENTORY.keys() - set(outcome.inventory.columns)),
        "highest_conflict_rate": max(outcome.summary["conflict_rates"].values(), default=0.0),
        "disagreeing_tables": outcome.summary["disagreeing_tables"],
        "repeated_share": outcome.summary["duplicates"] / max(len(outcome.lineage), 1),
    }


def _agreement(agreement: pl.DataFrame, infos: Sequence[TableInfo]) -> dg.MarkdownMetadataValue:
    """The fields and tables that disagree most: with what was chosen, and with each other."""
    names = names_of(infos).select("table_no", pl.concat_str("file", "table", separator=" ").alias("name"))
    rate = (pl.col("differing") / pl.col("compared")).round(4)
    worst = agreement.filter(pl.col("differing") > 0).with_columns(rate.alias("rate"))
    shown = worst.sort("rate", "differing", "field", "table_no", "other_no", descending=[True, True] + [False] * 3)
    others = names.rename({"table_no": "other_no", "name": "other"})
    told = shown.head(MOST_DISAGREEMENTS).join(names, on="table_no").join(others, on="other_no", how="left")
    return markdown(
        told.select("field", "name", pl.col("other").fill_null("what was chosen"), "compared", "differing", "rate")
    )


def _shown(outcome: InventoryOutcome) -> dict[str, Any]:
    return {
        "types": top_counts(outcome.inventory, "classified_type"),
        "findings": top_counts(outcome.findings, "code"),
        "corrected": top_counts(outcome.corrected, "field"),
        "summary": summary_table(outcome.summary),
        "sample": masked_sample(outcome.inventory.lazy(), TOP_FIELDS),
    }
