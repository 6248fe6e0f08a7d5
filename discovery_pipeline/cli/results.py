"""`discovery export` and `discovery explain`: what came out, and where it came from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from discovery_pipeline.cli.output import Json, TenantName, emit_json, note, say, table
from discovery_pipeline.cli.stores import tenant_frames
from discovery_pipeline.domain.errors import UsageError

if TYPE_CHECKING:
    from discovery_pipeline.services.export import ExportSummary

TableFormat = Literal["parquet", "csv", "xlsx"]
Format = Literal["parquet", "csv", "xlsx", "azure-migrate", "aws-ads", "google-mc", "konveyor"]


def export(
    tenant: TenantName,
    to: Annotated[Path, typer.Option("--to", help="Folder to write to; made when it is not there.")],
    format: Annotated[Format, typer.Option("--format", help="Of the tables, or whose import files.")] = "parquet",
    strategy: Annotated[
        list[str] | None, typer.Option("--strategy", help="Import files: only assets of this strategy (repeat).")
    ] = None,
    wave: Annotated[
        list[int] | None, typer.Option("--wave", help="Import files: only assets of this wave (repeat).")
    ] = None,
    json: Json = False,
) -> None:
    """Write the results as files, sorted by their keys; the same input gives the same bytes.

    azure-migrate, aws-ads, google-mc and konveyor: files for the vendor's import, checked against its published rules.
    """
    match format:
        case "parquet" | "csv" | "xlsx":
            if strategy or wave:
                raise UsageError(
                    "--strategy and --wave choose what goes into a vendor's import files",
                    where=f"--format {format}",
                    advice="leave them out, or name a vendor's format",
                )
            _export_tables(tenant, to, format, json)
        case _:
            from discovery_pipeline.cli.vendor_files import export_for_vendor

            with tenant_frames(tenant) as frames:
                export_for_vendor(frames, to, format, strategy or [], wave or [], json)


def _export_tables(tenant: str, to: Path, format: TableFormat, json: bool) -> None:
    from discovery_pipeline.services.export import export as write_export

    with tenant_frames(tenant) as frames:
        summary = write_export(frames, to, format, on_file=lambda name: note(f"{tenant}: writing {name}"))
    for line in (*summary.notes, *(f"{name} left out: {reason}" for name, reason in summary.left_out.items())):
        note(f"{tenant}: {line}")
    if json:
        emit_json(_export_document(summary))
    else:
        table(["file", "rows"], [[f.name, "" if f.rows is None else f"{f.rows:,}"] for f in summary.files])
        say(f"written to {summary.folder}")


def _export_document(summary: ExportSummary) -> dict[str, object]:
    files = [{"file": f.name, "rows": f.rows} for f in summary.files]
    return {
        "tenant": summary.tenant,
        "folder": str(summary.folder.resolve()),
        "files": files,
        "left_out": summary.left_out,
        "notes": list(summary.notes),
    }


def explain(
    tenant: TenantName,
    asset: Annotated[str, typer.Argument(metavar="ASSET")],
    field: Annotated[str | None, typer.Argument(metavar="[FIELD]")] = None,
    json: Json = False,
) -> None:
    """Say where an asset's values came from: file, row, line, raw text, each step, competing values.

    ASSET: its asset_id, or a name or identifier that one asset alone has. FIELD: a canonical field, or classified_type,
    strategy, wave or sizing; all if absent.
    """
    from discovery_pipeline.cli.explanation import show
    from discovery_pipeline.services.inventory.explain import ASSESSED
    from discovery_pipeline.services.inventory.explain import explain as explain_asset

    with tenant_frames(tenant) as frames:
        explanation = explain_asset(frames, asset, field)
    if json:
        emit_json(explanation.to_json())
    else:
        show(explanation, whole=field is None or field in ASSESSED)
