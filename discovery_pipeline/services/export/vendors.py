"""Exports a tenant's estate as a vendor's import files, with what was refused, changed and left out beside them.

Keep out: what the files hold (domain/vendors); the tables of the contract (this package's __init__).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.domain.handoffs import (
    ANALYSIS,
    APPLICATIONS,
    DEPENDENCIES,
    INVENTORY,
    MOVE_GROUPS,
    FrameSchema,
    empty,
)
from discovery_pipeline.domain.vendors.estate import Estate
from discovery_pipeline.domain.vendors.export import VendorExport, vendor_export
from discovery_pipeline.domain.vendors.readme import readme
from discovery_pipeline.domain.vendors.rules import Vendor
from discovery_pipeline.domain.vendors.selection import VendorParams
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.export.disks import disks_of
from discovery_pipeline.services.export.staging import staged
from discovery_pipeline.services.export.writers import harmless
from discovery_pipeline.services.run_frames import RunFrames, run_frames

_REFUSED, _ALTERED = ("rejected", "set_apart"), ("changed", "left_blank")


@dataclass(frozen=True)
class VendorSummary:
    """export: what was written. notes: what the reader of the files has to know."""

    tenant: str
    folder: Path
    export: VendorExport
    notes: tuple[str, ...]


def export_vendor(
    frames: TenantFrames,
    to: Path,
    vendor: Vendor,
    params: VendorParams | None = None,
    on_file: Callable[[str], None] = lambda _: None,
) -> VendorSummary:
    """Write the import files, rejected.csv, changed.csv, left-out.csv and README.txt to a folder.

    Files of an earlier export to this vendor are replaced, and removed where there are fewer now. on_file is told the
    name of each file before it is written. Raises PermanentError when there is no inventory yet, or for Konveyor no
    analysis, UsageError when `to` is a file or can't be written to.
    """
    run = run_frames(frames)
    needed = "analysis" if vendor == "konveyor" else "inventory"
    if not run.has(needed):
        raise PermanentError(
            f"there is no {needed} to export yet", where=run.tenant, advice=f"discovery run {run.tenant} first"
        )
    made = vendor_export(vendor, estate_of(run), params)
    with staged(to) as aside:
        for name, content in _documents(made):
            on_file(name)
            (aside / name).write_bytes(content)
    written = {file.name for file in made.files}
    for stale in (path for path in to.iterdir() if _is_ours(path.name, vendor) and path.name not in written):
        stale.unlink()
    return VendorSummary(run.tenant, to, made, _notes(run))


def estate_of(run: RunFrames) -> Estate:
    """The results that an export is made of; what was not made yet is empty."""
    return Estate(
        _part(run, "inventory", "inventory", INVENTORY),
        _part(run, "analysis", "analysis", ANALYSIS),
        _part(run, "analysis", "applications", APPLICATIONS),
        _part(run, "analysis", "move_groups", MOVE_GROUPS),
        _part(run, "dependencies", "dependencies", DEPENDENCIES),
        disks_of(run),
    )


def _part(run: RunFrames, asset: str, part: str, schema: FrameSchema) -> pl.DataFrame:
    """A part of a result, typed as the schema says: a list that is empty everywhere is stored without its type."""
    if not run.has(asset, part):
        return empty(schema)
    rows = run.scan(asset, part).collect()
    return rows.cast({name: dtype for name, dtype in schema.items() if name in rows.columns})


def _documents(made: VendorExport) -> list[tuple[str, bytes]]:
    refused = made.issues.filter(pl.col("outcome").is_in(_REFUSED))
    altered = made.issues.filter(pl.col("outcome").is_in(_ALTERED))
    return [
        *((file.name, file.content) for file in made.files),
        ("rejected.csv", _for_people(refused)),
        ("changed.csv", _for_people(altered)),
        ("left-out.csv", _for_people(made.left_out)),
        ("README.txt", readme(made).encode()),
    ]


def _for_people(rows: pl.DataFrame) -> bytes:
    """A CSV that a spreadsheet opens without running a cell of it."""
    return rows.select(harmless(pl.col(name)).alias(name) for name in rows.columns).write_csv().encode()


def _is_ours(name: str, vendor: Vendor) -> bool:
    return re.fullmatch(rf"{vendor}(?:-[a-z]+)*-\d+(?:-[A-Za-z]+)?\.csv", name) is not None


def _notes(run: RunFrames) -> tuple[str, ...]:
    again = f"discovery run {run.tenant}"
    notes = [f"a later run was stopped before its inventory; this is the one before. {again}"]
    missing = [name for name in ("analysis", "dependencies") if not run.has(name)]
    without = [f"{name} is not there for this inventory: its columns are empty. {again} makes it" for name in missing]
    return (*(notes if run.newer_files_wait else ()), *without)
