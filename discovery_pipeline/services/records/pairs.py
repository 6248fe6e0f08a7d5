"""Assets that may be one thing and were kept two, and those that may be two and were made one, side by side.

Keep out: finding them (domain/inventory/matching).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from discovery_pipeline.domain.handoffs import DOUBTFUL_JOINS, LOOK_ALIKES, FrameSchema
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.services.inventory.claims import records_of
from discovery_pipeline.services.records.pages import Found, SourceRow, containing, named, page_of
from discovery_pipeline.services.run_frames import RunFrames

PairKind = Literal["kept apart", "made one"]
LOOK_ALIKE: PairKind = "kept apart"
JOINED: PairKind = "made one"
_PARTS: Mapping[PairKind, str] = {LOOK_ALIKE: "look_alikes", JOINED: "doubtful_joins"}
# rows: of what was made one, those that a split takes off; the ends are the same asset then. key: names the pair.
PAIRS: FrameSchema = {
    **LOOK_ALIKES, "rows": DOUBTFUL_JOINS["rows"], "kind": pl.String(), "key": pl.String(), "name_a": pl.String(),
    "name_b": pl.String(),
}  # fmt: skip
SEARCHED = ("name_a", "name_b", "asset_id_a", "asset_id_b")
_EVEN = 0.5
How = Literal["same", "differs", "one side"]


@dataclass(frozen=True)
class FieldBeside:
    """A field of two sides; None where one has no value of it. How: whether they say the same."""

    field: str
    one: Any
    other: Any
    how: How


@dataclass(frozen=True)
class Beside:
    """fields: that either has, those that differ first. rows: of each side."""

    fields: tuple[FieldBeside, ...]
    rows: tuple[tuple[SourceRow, ...], tuple[SourceRow, ...]]


def pairs_by_kind(run: RunFrames) -> tuple[tuple[str, int], ...]:
    """How many pairs there are of each kind that has any, LOOK_ALIKE first."""
    counted = ((kind, _rows_of(run, part)) for kind, part in _PARTS.items())
    return tuple((kind, count) for kind, count in counted if count)


def pairs(run: RunFrames, kind: str, text: str, first: int, count: int) -> Found:
    """PAIRS, the most doubtful first: as likely one as two. kind: a PairKind, "" = both.

    text: words that all stand in SEARCHED.
    """
    wanted = _all_pairs(run).filter(pl.col("kind") == kind) if kind else _all_pairs(run)
    doubt = (pl.col("probability") - _EVEN).abs()
    return page_of(wanted.filter(containing(text, *SEARCHED)).sort(doubt, "key"), first, count)


def pair_of(run: RunFrames, key: str) -> tuple[Mapping[str, Any], ...]:
    """The pair of this key as `pairs` has it; none where it is one no more."""
    return tuple(_all_pairs(run).filter(key=key).collect().iter_rows(named=True))


def _rows_of(run: RunFrames, part: str) -> int:
    return int(run.scan("inventory", part).select(pl.len()).collect().item()) if run.has("inventory", part) else 0


def _all_pairs(run: RunFrames) -> pl.LazyFrame:
    """PAIRS in no order; a few hundred at most."""
    ends = pl.col("asset_id_a"), pl.col("asset_id_b")
    found = [pl.LazyFrame(schema=PAIRS).drop("name_a", "name_b")]
    if run.has("inventory", _PARTS[LOOK_ALIKE]):
        alike = run.scan("inventory", _PARTS[LOOK_ALIKE])
        found.append(alike.with_columns(kind=pl.lit(LOOK_ALIKE), key=pl.concat_str(*ends, separator="/")))
    if run.has("inventory", _PARTS[JOINED]):
        joined = run.scan("inventory", _PARTS[JOINED])
        first = pl.col("rows").list.first()
        place = first.struct.field("table_no"), first.struct.field("row"), pl.col("rows").list.len()
        own = {"asset_id_a": pl.col("asset_id"), "asset_id_b": pl.col("asset_id")}
        found.append(
            joined.select(
                pl.exclude("asset_id"), kind=pl.lit(JOINED), key=pl.concat_str("asset_id", *place, separator="/"), **own
            )
        )
    listed = pl.concat(found, how="diagonal").collect()
    called = listed.lazy()
    for end in "ab":
        names = named(run.scan("inventory", "inventory"), listed[f"asset_id_{end}"])
        own_name = names.select(pl.col("asset_id").alias(f"asset_id_{end}"), pl.col("name").alias(f"name_{end}"))
        called = called.join(own_name, on=f"asset_id_{end}", how="left", maintain_order="left")
    return called.select(*PAIRS)


def beside(run: RunFrames, one: str, other: str, most_rows: int = 20) -> Beside:
    """Two assets, field by field. most_rows: of each asset, by file. An asset that is gone has no value and no row."""
    both = run.scan("inventory", "inventory").filter(pl.col("asset_id").is_in([one, other])).collect()
    known = {row["asset_id"]: row for row in both.iter_rows(named=True)}
    values = [known.get(asset_id, {}) for asset_id in (one, other)]
    fields_beside = _told(("classified_type", *fields("asset")), values)
    return Beside(fields_beside, (_rows(run, one, most_rows), _rows(run, other, most_rows)))


def beside_within(run: RunFrames, asset_id: str, off: Collection[tuple[int, int]], most_rows: int = 20) -> Beside:
    """The rows of one asset and those of them that may be another's, field by field: what either side says.

    off: table_no and row of the latter. Several values of a side stand in a list, in the order of tables and rows.
    """
    said: tuple[dict[str, dict[Any, None]], dict[str, dict[Any, None]]] = ({}, {})
    sources: tuple[list[SourceRow], list[SourceRow]] = ([], [])
    for table in records_of(run, asset_id).tables:
        clean = {row["row"]: row for row in table.clean.collect().iter_rows(named=True)}
        for place in table.places.filter(~pl.col("duplicate")).sort("row").iter_rows(named=True):
            side = int((place["table_no"], place["row"]) in off)
            sources[side].append(SourceRow(table.info.file, table.info.table, place["row"], place["line"]))
            for name, value in clean[place["row"]].items():
                for each in value if isinstance(value, list) else (value,):
                    if name in fields("asset") and each is not None:
                        said[side].setdefault(name, {})[each] = None
    values = [{name: _one_or_list(list(found)) for name, found in side.items()} for side in said]
    return Beside(_told(tuple(fields("asset")), values), (tuple(sources[0][:most_rows]), tuple(sources[1][:most_rows])))


def _one_or_list(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _told(names: Collection[str], values: list[dict[str, Any]]) -> tuple[FieldBeside, ...]:
    compared = [_compared(name, *(own.get(name) for own in values)) for name in names]
    order: tuple[How, ...] = ("differs", "same", "one side")
    return tuple(sorted((each for each in compared if each is not None), key=lambda each: order.index(each.how)))


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
