"""`discovery map`: what would be mapped to what, without storing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from discovery_pipeline.cli.output import Json, emit_json, note, say, table
from discovery_pipeline.cli.stores import tenant_workspace
from discovery_pipeline.settings import load_settings


def map_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...")],
    tenant: Annotated[str | None, typer.Option("--tenant", help="Use what this tenant has learned.")] = None,
    json: Json = False,
) -> None:
    """Propose mappings for files or folders without storing anything."""
    from discovery_pipeline.domain.mapping.resolve import ResolveParams
    from discovery_pipeline.services.mapping.meanings import meanings_of
    from discovery_pipeline.services.mapping.preview import preview

    settings = load_settings()
    home, params = settings.home, ResolveParams(settings.mapping_precision)
    if tenant is None:
        document = preview(paths, without=home, params=params, meanings=meanings_of(settings))
    else:
        from discovery_pipeline.services.mapping.learned import recall_for
        from discovery_pipeline.services.mapping.looked_at import looked_at_so_far

        with tenant_workspace(tenant) as opened:
            recall, seen = recall_for(opened, tenant), looked_at_so_far(opened, tenant)
            document = preview(paths, recall, home, params, meanings_of(settings), seen=seen)
    for notice in document["left_out"]:
        note(f"{notice['file']}: {notice['detail']}")
    if json:
        emit_json(document)
    else:
        show_mapping(document)
    if all("error" in file for file in document["files"]):
        note("discovery: nothing could be read")
        raise typer.Exit(1)


def show_mapping(document: dict[str, Any]) -> None:
    """Each table with its columns; doubtful ones carry their best alternative."""
    for file in document["files"]:
        if "error" in file:
            say(f"{file['file']}: cannot be read: {file['error']}")
        for found in file.get("tables", []):
            _show_table(file["file"], found)


def _show_table(file: str, found: dict[str, Any]) -> None:
    product = f", {found['product']}" if found["product"] else ""
    kind = f"{found['record']}{' details' if found['grain'] == 'detail' else ''}{product}, {found['rows']:,} rows"
    say(f"{file} [{found['table']}]: {kind}")
    rows = [
        [c["position"], c["header"], c["field"], f"{c['confidence']:.2f}", c["status"], c["unit"], _doubt(c)]
        for c in found["columns"]
    ]
    table(["", "header", "field", "conf.", "status", "unit", "else"], rows)
    say()


def _doubt(column: dict[str, Any]) -> str:
    if column["status"] == "accepted" or not column["alternatives"]:
        return ""
    best = column["alternatives"][0]
    return f"{best['field']} {best['confidence']:.2f}"
