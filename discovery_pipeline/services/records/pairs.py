"""Assets that may be one thing and were kept two, side by side. Keep out: finding them (domain/inventory/matching)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from discovery_pipeline.domain.schema import fields
from discovery_pipeline.services.records.pages import Found, containing, named, page_of
from discovery_pipeline.services.run_frames import RunFrames

SEARCHED = ("name_a", "name_b", "asset_id_a", "asset_id_b")
_EVEN = 0.5
How = Literal["same", "differs", "one side"]


@dataclass(frozen=True)
class FieldBeside:
    """A field of two assets; None where one has no value of it. How: whether they say the same."""

    field: str
    one: Any
    other: Any
    how: How


@dataclass(frozen=True)
class SourceRow:
    """A row that describes an asset. line: None where its file has no lines."""

    file: str
    table: str
    row: int
    line: int | None


@dataclass(frozen=True)
class Beside:
    """fields: that either has, those that differ first. rows: of each asset."""

    fields: tuple[FieldBeside, ...]
    rows: tuple[tuple[SourceRow, ...], tuple[SourceRow, ...]]


def pairs(run: RunFrames, text: str, first: int, count: int) -> Found:
    """LOOK_ALIKES with names (name_a, name_b), the most doubtful first: as likely one as two.

    text: words that all stand in SEARCHED.
    """
    alike = run.scan("inventory", "look_alikes").collect()
    found = alike.lazy()
    for end in "ab":
        names = named(run.scan("inventory", "inventory"), alike[f"asset_id_{end}"])
        own = names.select(pl.col("asset_id").alias(f"asset_id_{end}"), pl.col("name").alias(f"name_{end}"))
        found = found.join(own, on=f"asset_id_{end}", how="left", maintain_order="left")
    doubt = (pl.col("probability") - _EVEN).abs()
    ordered = found.filter(containing(text, *SEARCHED)).sort(doubt, "asset_id_a", "asset_id_b")
    return page_of(ordered, first, count)


def beside(run: RunFrames, one: str, other: str, most_rows: int = 20) -> Beside:
    """Two assets, field by field. most_rows: of each asset, by file. An asset that is gone has no value and no row."""
    both = run.scan("inventory", "inventory").filter(pl.col("asset_id").is_in([one, other])).collect()
    known = {row["asset_id"]: row for row in both.iter_rows(named=True)}
    values = [known.get(asset_id, {}) for asset_id in (one, other)]
    compared = [_compared(name, *(own.get(name) for own in values)) for name in ("classified_type", *fields("asset"))]
    told = [each for each in compared if each is not None]
    order: tuple[How, ...] = ("differs", "same", "one side")
    return Beside(
        tuple(sorted(told, key=lambda each: order.index(each.how))),
        (_rows(run, one, most_rows), _rows(run, other, most_rows)),
    )


def _compared(field: str, one: Any, other: Any) -> FieldBeside | None:
    if not _is_said(one) and not _is_said(other):
        return None
    if not _is_said(one) or not _is_said(other):
        return FieldBeside(field, one, other, "one side")
    return FieldBeside(field, one, other, "same" if _comparable(one) == _comparable(other) else "differs")


def _is_said(value: Any) -> bool:
    return value is not None and value != []


def _comparable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _rows(run: RunFrames, asset_id: str, most: int) -> tuple[SourceRow, ...]:
    infos = {info.table_no: info for info in run.tables()}
    mine = run.scan("inventory", "lineage").filter(pl.col("asset_id") == asset_id).select("table_no", "row", "line")
    rows = mine.sort("table_no", "row").head(most).collect().iter_rows()
    return tuple(SourceRow(infos[no].file, infos[no].table, row, line) for no, row, line in rows)
