"""Exports a tenant's results as the files of the contract: sorted by their keys, free of run ids and times of a run.

Two homes that were given the same files write the same bytes. Keep out: computing results.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.export.mappings import mappings_json
from discovery_pipeline.services.export.provenance import PROVENANCE, provenance_batches
from discovery_pipeline.services.export.staging import staged
from discovery_pipeline.services.export.tables import TABLES
from discovery_pipeline.services.export.writers import FORMATS, ExportTable, Format, write_table
from discovery_pipeline.services.run_frames import RunFrames, run_frames

__all__ = ["FORMATS", "ExportSummary", "ExportedFile", "Format", "export"]


@dataclass(frozen=True)
class ExportedFile:
    """rows: of a table; None for a document."""

    name: str
    rows: int | None


@dataclass(frozen=True)
class ExportSummary:
    """left_out: name of a file -> why it was not written. notes: what the reader of the files has to know."""

    tenant: str
    folder: Path
    files: tuple[ExportedFile, ...]
    left_out: dict[str, str]
    notes: tuple[str, ...] = ()


def export(
    frames: TenantFrames, to: Path, format: Format = "parquet", on_file: Callable[[str], None] = lambda _: None
) -> ExportSummary:
    """Write the tenant's files to a folder, replacing files of the same names once all are complete.

    on_file is told the name of each file before it is written. Raises PermanentError when nothing was run yet,
    UsageError when `to` is a file or can't be written to.
    """
    run = run_frames(frames)
    if not run.versions:
        raise PermanentError(
            "there is nothing to export yet", where=run.tenant, advice=f"discovery run {run.tenant} first"
        )
    with staged(to) as aside:
        files = _write_all(run, aside, format, on_file)
    return ExportSummary(run.tenant, to, files, _left_out(run, format), _notes(run))


def _write_all(run: RunFrames, aside: Path, format: Format, on_file: Callable[[str], None]) -> tuple[ExportedFile, ...]:
    written = []
    for spec in TABLES:
        if run.has(spec.needs, spec.part):
            on_file(f"{spec.name}.{format}")
            rows = write_table(ExportTable(spec.name, spec.schema, spec.read(run)), aside, format)
            written.append(ExportedFile(f"{spec.name}.{format}", rows))
    if run.has("inventory"):
        on_file(f"provenance.{format}")
        scratch = Path(tempfile.mkdtemp(dir=aside))
        table = ExportTable("provenance", PROVENANCE, provenance_batches(run, scratch))
        written.append(ExportedFile(f"provenance.{format}", write_table(table, aside, format)))
    return (*written, *_write_documents(run, aside, on_file))


def _write_documents(run: RunFrames, aside: Path, on_file: Callable[[str], None]) -> list[ExportedFile]:
    documents = []
    if run.has("column_mapping"):
        documents.append(("mappings.json", mappings_json(run)))
    if run.has("discovery_report"):
        documents += [(name, run.read_bytes("discovery_report", name)) for name in ("report.html", "report.xlsx")]
    for name, content in documents:
        on_file(name)
        (aside / name).write_bytes(content)
    return [ExportedFile(name, None) for name, _ in documents]


def _left_out(run: RunFrames, format: Format) -> dict[str, str]:
    needs = {f"{spec.name}.{format}": (spec.needs, spec.part) for spec in TABLES}
    needs |= {
        f"provenance.{format}": ("inventory", None), "mappings.json": ("column_mapping", None),
        "report.html": ("discovery_report", None), "report.xlsx": ("discovery_report", None),
    }  # fmt: skip
    return {name: _why_missing(run, asset) for name, (asset, part) in needs.items() if not run.has(asset, part)}


def _why_missing(run: RunFrames, asset: str) -> str:
    if run.has(asset):
        reason = "was made by an earlier version of this product, which did not tell it"
    else:
        reason = "was made from an earlier inventory" if asset in run.outdated else "is not there yet"
    return f"{asset} {reason}; discovery run {run.tenant} makes it"


def _notes(run: RunFrames) -> tuple[str, ...]:
    if not run.newer_files_wait:
        return ()
    return (f"a later run was stopped before its inventory; this is the one before. discovery run {run.tenant}",)
