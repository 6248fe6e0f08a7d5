"""Rows that were set aside: why, which, and what stood in their cells. Keep out: bringing them back (a correction)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.cleansing.row_corrections import cell_spellings
from discovery_pipeline.domain.handoffs import QUARANTINE, CanonicalTable
from discovery_pipeline.domain.identity_fields import NEEDED
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.export.tables import quarantine
from discovery_pipeline.services.raw_rows import raw_cells
from discovery_pipeline.services.records.pages import Found, containing, page_of
from discovery_pipeline.services.run_frames import RunFrames

_MEND = "Mend the line in the file and hand it over again."
# What a reason means and what to do about it.
REASONS: Mapping[str, tuple[str, str]] = {
    "no_identity": ("Nothing in the row says which thing it is about.", "Give it a name or another identifier."),
    "missing_end": ("A relation or connection that lacks one of its ends.", "Say what stands at the missing end."),
    "unreadable_file": ("Nothing in the file could be read.", "Export it anew and deliver it, or withdraw the file."),
    "unreadable_table": ("Nothing in the table could be read.", "Export it anew and deliver it."),
    "unclosed_quote": ("A quote that opens a cell is never closed.", _MEND),
    "too_many_cells": (
        "The row has more cells than its table has columns.", _MEND,
    ),
    "nul_byte": ("The row holds bytes that are no text.", "Export the file again and hand it over."),
    "cell_too_long": ("A cell is longer than any real one.", _MEND),
    "detail_without_asset": (
        "A detail, such as a disk, of an asset that no row describes.", "Correct the name or id that it refers to.",
    ),
    "detail_ambiguous": (
        "A detail that several assets may own equally well.", "Correct the name or id that it refers to.",
    ),
    "slipped_cells": ("The cells stand beside their columns.", _MEND),
}  # fmt: skip
# A value in a cell of the row can bring it back.
MENDABLE = ("no_identity", "missing_end", "detail_without_asset", "detail_ambiguous")
_UNKNOWN = ("The row could not be used.", "Its detail says why.")
SEARCHED = ("file", "table", "detail")
_PLACE = pl.coalesce(pl.col("row").cast(pl.String), pl.format("line {}", "line"), pl.lit("file"))
_KEY = pl.concat_str("source", "file", "table", _PLACE, separator="/", ignore_nulls=True).alias("key")


@dataclass(frozen=True)
class Reason:
    """code: of the reason. disposition: quarantined or dropped. means, advice: in words."""

    code: str
    disposition: str
    rows: int
    means: str
    advice: str


@dataclass(frozen=True)
class RowPlace:
    """One row of a table. row: counts from 0 after the header."""

    source: str
    file: str
    table: str
    row: int


@dataclass(frozen=True)
class RawCell:
    """A cell as the file has it. field: that its column is mapped to, None = none. alike: rows of the table whose cell
    says the same; None where nothing is mapped."""

    position: int
    header: str
    field: str | None
    raw: str | None
    alike: int | None


@dataclass(frozen=True)
class RowCells:
    """record: what the table's rows are. needed: groups of fields, of each of which a row needs one."""

    record: RecordKind
    cells: tuple[RawCell, ...]
    needed: tuple[tuple[str, ...], ...]

    @property
    def lacking(self) -> tuple[str, ...]:
        """The first group of `needed` that no column is mapped to; none where a value can stand for each."""
        bound = {cell.field for cell in self.cells}
        return next((group for group in self.needed if not bound.intersection(group)), ())

    @property
    def can_return(self) -> bool:
        """Whether a value in one of its cells may bring the row back."""
        return not self.lacking

    @property
    def mendable(self) -> tuple[str, ...]:
        """The fields that the table has a column for, those first that bring the row back: of an empty group."""
        bound = list(dict.fromkeys(cell.field for cell in self.cells if cell.field))
        filled = {cell.field for cell in self.cells if cell.raw and cell.raw.strip()}
        by_group = sorted(self.needed, key=lambda group: not filled.isdisjoint(group))
        wanted = [field for group in by_group for field in bound if field in group]
        return (*wanted, *(field for field in bound if field not in wanted))


def reasons(run: RunFrames) -> tuple[Reason, ...]:
    """Why rows were set aside; what can be mended first, what was dropped last, the most frequent before others."""
    counted = quarantine(run).group_by("reason", "disposition").len().collect()
    mendable = pl.col("reason").is_in(MENDABLE)
    ordered = counted.sort("disposition", mendable, "len", "reason", descending=[True, True, True, False])
    return tuple(
        Reason(code, disposition, rows, *REASONS.get(code, _UNKNOWN)) for code, disposition, rows in ordered.iter_rows()
    )


def rows_aside(run: RunFrames, reason: str, text: str, first: int, count: int) -> Found:
    """Rows of a reason in QUARANTINE's columns with a `key`: what can be mended first, by file, table and row.

    reason: "" = every one, without what was dropped. text: words that all stand in SEARCHED.
    """
    of_reason = pl.col("reason") == reason if reason else pl.col("disposition") == "quarantined"
    wanted = quarantine(run).filter(of_reason & containing(text, *SEARCHED))
    ordered = wanted.sort(~pl.col("reason").is_in(MENDABLE), "file", "table", "source", "row", nulls_last=True)
    return page_of(ordered.select(*QUARANTINE, _KEY), first, count)


def row_aside(run: RunFrames, key: str) -> tuple[Mapping[str, Any], ...]:
    """The row of this key as `rows_aside` has it; none where it was not set aside."""
    found = quarantine(run).select(*QUARANTINE, _KEY).filter(key=key).head(1).collect()
    return tuple(found.iter_rows(named=True))


def cells_of(run: RunFrames, place: RowPlace) -> RowCells | None:
    """The raw cells of a row; None for one that was never split into cells, or of a table that is no longer there."""
    info = next(
        (i for i in run.tables() if (i.source, i.file, i.table) == (place.source, place.file, place.table)), None
    )
    raw = None if info is None else raw_cells(run, info, place.row)
    if info is None or raw is None:
        return None
    kind = run.kinds()[info.table_no]
    bindings = run.bindings(info.table_no)
    fields = {binding.position: binding.field for binding in bindings}
    alike: dict[str, int] = {}
    if bindings:
        canonical = run.scan("canonical_records", part_name(info.table_no))
        alike = _alike(CanonicalTable(info, kind, canonical, bindings), place.row)
    cells = tuple(
        RawCell(position, header, fields.get(position), text, alike.get(fields.get(position, "")))
        for position, (header, text) in enumerate(zip(info.headers, raw, strict=True))
    )
    return RowCells(kind.record, cells, NEEDED[kind.record])


def _alike(table: CanonicalTable, row: int) -> dict[str, int]:
    """Per field how many rows spell it as this row does."""
    spelt = cell_spellings(table, {binding.field for binding in table.bindings})
    own = table.frame.filter(pl.col("row") == row).select(**spelt).collect()
    if own.is_empty():
        return {}
    same = [(expression == own[name][0]).sum().alias(name) for name, expression in spelt.items()]
    return table.frame.select(same).collect().row(0, named=True)
