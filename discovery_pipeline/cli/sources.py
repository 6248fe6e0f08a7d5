"""`discovery ingest`, `files`, `withdraw`: what a tenant delivered and what of it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say, table
from discovery_pipeline.cli.progress import bytes_progress
from discovery_pipeline.cli.stores import tenant_workspace

if TYPE_CHECKING:
    from discovery_pipeline.services.delivery.ingest import IngestReport
    from discovery_pipeline.services.workspace import Workspace
    from discovery_pipeline.store.snapshots import FileRecord

Paths = Annotated[list[Path], typer.Argument(metavar="PATH...")]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="DATE", help="Date of the snapshot; today if absent."),
]


def ingest(
    tenant: TenantName,
    paths: Paths,
    source: Annotated[
        str | None, typer.Option("--source", help="The feed they belong to; each file's own name if absent.")
    ] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Copy files or folders into the landing zone; the same content twice is one file."""
    with tenant_workspace(tenant) as opened:
        report = ingest_paths(opened, tenant, paths, source, as_of)
    for notice in report.notices:
        note(f"{notice.file}: {notice.detail}")
    if json:
        emit_json(asdict(report))
        return
    rows = [[f.file, f.source, f.size, f.outcome, "yes" if f.counts else "no", f.detail] for f in report.files]
    table(["file", "source", "bytes", "outcome", "counts", ""], rows)
    say(f"next: discovery run {tenant}")


def ingest_paths(
    opened: Workspace, tenant: str, paths: Sequence[Path], source: str | None = None, as_of: datetime | None = None
) -> IngestReport:
    """Ingest with a progress display on stderr."""
    from discovery_pipeline.services.delivery.ingest import ingest as ingest_files

    day = as_of.date() if as_of else None
    with bytes_progress(f"{tenant}: copying") as progress:
        return ingest_files(opened.settings, opened.database, tenant, paths, source, day, progress)


def files(tenant: TenantName, json: Json = False) -> None:
    """List what was ingested, and which snapshot counts."""
    from discovery_pipeline.store.sources import history

    with tenant_workspace(tenant) as opened:
        deliveries = history(opened.database, tenant)
    if json:
        emit_json({"tenant": tenant, "files": [_document(d.record, d.standing) for d in deliveries]})
    elif deliveries:
        rows = [[d.record.source, d.record.file, d.record.snapshot, d.standing, d.record.size] for d in deliveries]
        table(["source", "file", "snapshot", "standing", "bytes"], rows)
    else:
        note(f"nothing was ingested yet: discovery ingest {tenant} PATH...")


def withdraw(
    tenant: TenantName,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    source: Annotated[str | None, typer.Option("--source", help="Where two sources have a file of this name.")] = None,
    json: Json = False,
) -> None:
    """Let a wrong upload no longer count; the delivery before it counts again.

    FILE: as `discovery files` names it.
    """
    from discovery_pipeline.services.delivery.ingest import withdraw as withdraw_file

    with tenant_workspace(tenant) as opened:
        done = withdraw_file(opened.database, tenant, file, source)
    if json:
        again = [_document(record, "counts") for record in done.counts_again]
        emit_json({"tenant": tenant, "withdrawn": _document(done.withdrawn, "withdrawn"), "counts_again": again})
        return
    say(f"{done.withdrawn.file} of source {done.withdrawn.source} ({done.withdrawn.snapshot}) no longer counts")
    for record in done.counts_again:
        say(f"{record.file} ({record.snapshot}) counts again")
    note(f"next: discovery run {tenant}")


def _document(record: FileRecord, standing: str) -> dict[str, Any]:
    return {
        "source": record.source,
        "file": record.file,
        "snapshot": record.snapshot,
        "standing": standing,
        "as_of": record.as_of.isoformat() if record.as_of_is_explicit else None,
        "ingested_at": record.ingested_at.isoformat(),
        "sha256": record.sha256,
        "size": record.size,
    }
