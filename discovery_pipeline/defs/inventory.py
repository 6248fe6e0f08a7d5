"""Inventory: one row per real thing, with its identity, its values and where each came from."""

import hashlib
from typing import Any

import dagster as dg
import polars as pl

from discovery_pipeline.defs.metadata import masked_sample, summary_table, top_counts
from discovery_pipeline.defs.phase import output, phase_asset
from discovery_pipeline.defs.resources import TenantStores
from discovery_pipeline.defs.tables import TOP_FIELDS, load_clean, load_infos, load_kinds, load_set_aside
from discovery_pipeline.domain.conservation import account
from discovery_pipeline.domain.handoffs import INVENTORY, named
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome, reconcile
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.store.identities import load_registry, save_registry


@phase_asset(
    "inventory", "clean_records", "quarantined_records", schema=INVENTORY, kinds=("polars", "parquet", "postgres")
)
def inventory(context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]) -> dg.MaterializeResult[None]:
    """One row per real thing: a server, a database instance, an application, however many sources describe it.

    Grain: one row per asset_id. Beside it: lineage (one row per record), origin (which record each value came from),
    changes since the run it is compared with.
    """
    with output(context, stores) as out:
        tables = load_clean(stores.frames)
        seen = load_registry(stores.database, stores.tenant)
        print_of_input = _input_fingerprint(stores.frames)
        baseline = _baseline_version(stores.frames, print_of_input)
        known = stores.frames.scan("inventory", "inventory", baseline).collect() if baseline else None
        files = stores.frames.meta("raw_export")["fingerprint"]
        of_same_files = baseline is not None and stores.frames.meta("inventory", baseline).get("files") == files
        outcome = reconcile(tables, seen, known, stores.tenant, baseline_of_same_files=of_same_files)
        save_registry(stores.database, stores.tenant, outcome.registry)
        for part in ("inventory", "lineage", "origin", "changes", "findings"):
            out.staged.write(part, getattr(outcome, part))
        out.staged.write("quarantine", named(outcome.set_aside, load_infos(stores.frames)))
        return out.finish(
            rows_in=len(outcome.lineage) + len(outcome.set_aside),
            rows_out=len(outcome.inventory),
            frame=outcome.inventory,
            facts=_facts(stores, outcome),
            metadata=_shown(outcome),
            document={
                "fingerprint": print_of_input,
                "files": files,
                "baseline": baseline,
                "summary": outcome.summary,
            },
            keep=[baseline] if baseline else [],
        )


def _input_fingerprint(frames: TenantFrames) -> str:
    """One hash of what this inventory is made from: the files that count and the mapping in use."""
    mapping = frames.scan("column_mapping", "mapping").select("table_no", "position", "field", "unit", "transform")
    text = frames.meta("raw_export")["fingerprint"] + mapping.collect().write_csv()
    return hashlib.sha256(text.encode()).hexdigest()


def _baseline_version(frames: TenantFrames, fingerprint: str) -> str | None:
    """The inventory to compare with: the last one of other input, so that repeating a run changes nothing."""
    version = frames.version("inventory")
    if version is None:
        return None
    published = frames.meta("inventory")
    baseline: str | None = published["baseline"]
    return baseline if published["fingerprint"] == fingerprint else version


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
    }


def _shown(outcome: InventoryOutcome) -> dict[str, Any]:
    return {
        "types": top_counts(outcome.inventory, "classified_type"),
        "changes": top_counts(outcome.changes, "change"),
        "findings": top_counts(outcome.findings, "code"),
        "summary": summary_table(outcome.summary),
        "sample": masked_sample(outcome.inventory.lazy(), TOP_FIELDS),
    }
