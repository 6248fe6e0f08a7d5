"""Validation: what the tenant's files hold, and what is structurally wrong with them."""

import dagster as dg
import polars as pl

from discovery_pipeline.defs.metadata import markdown, top_counts
from discovery_pipeline.defs.phase import output, phase_asset
from discovery_pipeline.defs.resources import TenantStores
from discovery_pipeline.defs.tables import load_tables, rows_of, tables_overview
from discovery_pipeline.domain.errors import NothingToRead
from discovery_pipeline.domain.handoffs import FINDINGS, document
from discovery_pipeline.domain.validation.intake import inspect
from discovery_pipeline.files.extraction import LandedFile, extract
from discovery_pipeline.store.snapshots import FileRecord, fingerprint
from discovery_pipeline.store.sources import counted

# Findings named in the message when nothing could be read.
SHOWN = 5


@phase_asset("validation", kinds=("polars", "parquet", "file"))
def raw_export(context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]) -> dg.MaterializeResult[None]:
    """Every table of the files that count, as found: all cells strings, nothing renamed.

    Grain: one row per record of a table, with its row number and, in text files, the line it starts on.
    """
    with output(context, stores) as out:
        files = counted(stores.database, stores.tenant)
        if not files:
            raise NothingToRead("no file counts", where=stores.tenant, advice=f"discovery ingest {stores.tenant} PATH")
        read = extract([_landed(stores, f) for f in files], out.staged)
        return out.finish(
            rows_in=read.rows,
            rows_out=read.written_rows,
            facts={
                "tables": len(read.tables),
                "rows": read.rows,
                "unaccounted_rows": read.rows - read.written_rows - read.rejected_rows,
                "unreadable_files": len(read.unreadable),
            },
            metadata={
                "files": len(files),
                "tables": tables_overview(read.tables),
                "rejected": top_counts(read.quarantine, "reason"),
            },
            document={"tables": [document(t) for t in read.tables], "fingerprint": fingerprint(files)},
            reason="; ".join(f"{f['file']}: {f['detail']}" for f in read.findings.head(SHOWN).iter_rows(named=True)),
        )


@phase_asset("validation", "raw_export", schema=FINDINGS)
def export_findings(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[TenantStores]
) -> dg.MaterializeResult[None]:
    """What each table is (record kind, grain, product) and what is structurally wrong with it.

    Grain: one row per finding; rows that are no records (totals, repeated headers) are set aside beside it.
    """
    with output(context, stores) as out:
        tables = load_tables(stores.frames)
        intake = inspect(tables)
        out.staged.write("findings", intake.findings)
        out.staged.write("set_aside", intake.set_aside)
        kinds = pl.DataFrame(
            [
                (t.info.table, k.record, k.grain, k.product, k.confidence)
                for t, k in zip(tables, intake.kinds, strict=True)
            ],
            schema=["table", "record", "grain", "product", "confidence"],
            orient="row",
        )
        return out.finish(
            rows_in=rows_of(tables),
            rows_out=len(intake.findings),
            frame=intake.findings,
            facts={"asset_tables": sum(k.record == "asset" for k in intake.kinds)},
            metadata={
                "kinds": markdown(kinds),
                "findings": top_counts(intake.findings, "code"),
                "set_aside": top_counts(intake.set_aside, "reason"),
            },
            document={"kinds": [document(kind) for kind in intake.kinds]},
        )


def _landed(stores: TenantStores, file: FileRecord) -> LandedFile:
    as_of = file.as_of if file.as_of_is_explicit else None
    return LandedFile(file.source, file.file, stores.landing.path(stores.tenant, file.sha256), as_of)
