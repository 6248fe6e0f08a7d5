"""Anchors for a decision: the texts by which an asset, or rows of it, are found again in later deliveries.

Keep out: finding them (anchors.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import polars as pl

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import CleanTable
from discovery_pipeline.domain.inventory.classification.classify import FAMILIES, record_evidence, record_families
from discovery_pipeline.domain.inventory.classification.hints import record_hints
from discovery_pipeline.domain.inventory.identities.identity import LAST_RESORT
from discovery_pipeline.domain.inventory.identities.identity_texts import described_texts, typed_name_texts
from discovery_pipeline.domain.inventory.matching.entries import own_application_name
from discovery_pipeline.domain.inventory.matching.guards import without_placeholders
from discovery_pipeline.domain.inventory.matching.identifiers import KINDS, identifiers_of
from discovery_pipeline.domain.inventory.records import gather_records
from discovery_pipeline.domain.inventory.tables import text_of_table
from discovery_pipeline.domain.learning.rules import Anchor
from discovery_pipeline.domain.membership import application_key

Row = tuple[int, int]
# Columns table_no, row, source, kind, text: every text of each record of an asset, rows of details left out.
Texts = pl.DataFrame
NO_TEXTS = {"table_no": pl.UInt32(), "row": pl.Int64(), "source": pl.String(), "kind": pl.String(), "text": pl.String()}
_STRENGTH = ["uuid", "application", *(kind for kind in KINDS if kind != "uuid"), "hypervisor", "cluster", "row"]


@dataclass(frozen=True)
class SplitAnchors:
    """rest: what stays the asset. rows: one per row that is split off, by table and row."""

    rest: Anchor
    rows: tuple[Anchor, ...]


def anchor_of(asset_id: str, tables: Sequence[CleanTable], lineage: pl.DataFrame, registry: pl.DataFrame) -> Anchor:
    """The anchor of a whole asset: what its records carry now, then what the registry remembers of it.

    tables, lineage: as published with the inventory (CleanTable, LINEAGE). registry: REGISTRY. Raises UsageError when
    nothing is known of the asset.
    """
    return anchor_from(asset_id, _own_texts(asset_id, tables, lineage), registry)


def anchor_from(asset_id: str, texts: Texts, registry: pl.DataFrame) -> Anchor:
    """The same out of the asset's texts. Raises what anchor_of does."""
    carried = texts["text"].unique().to_list()
    known = registry.filter(pl.col("asset_id") == asset_id)
    remembered = known["identifiers"].explode(empty_as_null=False).to_list() + known["identifier"].to_list()
    ordered = _ordered(carried, remembered)
    if not ordered:
        raise UsageError(f"nothing is known of asset {asset_id}", advice="discovery run, then decide again")
    return Anchor(asset_id, ordered)


def split_anchors(
    asset_id: str, rows: Collection[Row], tables: Sequence[CleanTable], lineage: pl.DataFrame
) -> SplitAnchors:
    """The anchors of rows that are no part of their asset, and of what is left of it.

    rows: table_no and row. Raises UsageError for rows that do not describe the asset, or when none would be left.
    """
    return split_from(asset_id, rows, _own_texts(asset_id, tables, lineage))


def split_from(asset_id: str, rows: Collection[Row], texts: Texts) -> SplitAnchors:
    """The same out of the asset's texts. Raises what split_anchors does."""
    off = texts.join(_keys(rows), on=["table_no", "row"], how="semi", maintain_order="left")
    rest = texts.join(_keys(rows), on=["table_no", "row"], how="anti", maintain_order="left")
    lost = len(set(rows)) - off.select("table_no", "row").n_unique()
    if lost or off.is_empty():
        raise UsageError(
            f"{lost or 'no'} of the rows do not describe {asset_id}",
            advice="only its own rows can be split off, no details",
        )
    if rest.is_empty():
        raise UsageError(f"nothing would be left of {asset_id}", advice="leave one of its rows out")
    found = [_row_anchor(asset_id, one, rest) for one in off.partition_by("table_no", "row", maintain_order=True)]
    return SplitAnchors(_rest_anchor(asset_id, rest, off), tuple(found))


def _keys(rows: Collection[Row]) -> pl.DataFrame:
    return pl.DataFrame(sorted(set(rows)), schema={"table_no": pl.UInt32(), "row": pl.Int64()}, orient="row")


def _rest_anchor(asset_id: str, rest: pl.DataFrame, off: pl.DataFrame) -> Anchor:
    """By a text that none of the rows has; else by its first row, within the source of it."""
    own = rest.join(off, on="text", how="anti").filter(~pl.col("kind").is_in(LAST_RESORT))
    if len(own):
        return Anchor(asset_id, _ordered(own["text"].unique().to_list()))
    return _row_anchor(asset_id, rest.partition_by("table_no", "row", maintain_order=True)[0], off)


def _row_anchor(asset_id: str, row: pl.DataFrame, others: pl.DataFrame) -> Anchor:
    """By the texts that set the row apart from the other side's rows of its source."""
    source = row["source"][0]
    own = row.join(others.filter(pl.col("source") == source), on="text", how="anti")
    return Anchor(asset_id, _ordered(own["text"].to_list()), source)


def _ordered(*texts: Sequence[str]) -> tuple[str, ...]:
    """Each group by strength, places after everything that lasts."""
    ordered = [text for group in texts for text in sorted(set(group), key=lambda text: (_rank(text), text))]
    return tuple(dict.fromkeys(sorted(ordered, key=lambda text: _kind(text) in LAST_RESORT)))


def _kind(text: str) -> str:
    return text.split(":", 1)[0].rsplit("/", 1)[-1]


def _rank(text: str) -> int:
    kind = _kind(text)
    return _STRENGTH.index(kind) if kind in _STRENGTH else len(_STRENGTH)


def texts_by_asset(tables: Sequence[CleanTable], lineage: pl.DataFrame) -> dict[str, Texts]:
    """The texts of every asset that records of this lineage describe: many anchors for the work of one."""
    owners = lineage.select("table_no", "row", "asset_id")
    texts = _texts(tables, lineage).join(owners, on=["table_no", "row"], maintain_order="left")
    parts = texts.partition_by("asset_id", as_dict=True, include_key=False, maintain_order=True)
    return {str(asset_id): part for (asset_id,), part in parts.items()}


def _own_texts(asset_id: str, tables: Sequence[CleanTable], lineage: pl.DataFrame) -> Texts:
    return _texts(tables, lineage.filter(pl.col("asset_id") == asset_id))


def _texts(tables: Sequence[CleanTable], lineage: pl.DataFrame) -> Texts:
    wanted = lineage.select("table_no", "row")
    mine = [_of_rows(table, wanted) for table in tables if table.info.table_no in set(wanted["table_no"])]
    records = gather_records(mine).assets
    infos = {table.info.table_no: table.info for table in mine}
    evidence = record_evidence(
        record_hints(records, {table.info.table_no: (table.info, table.kind) for table in mine}), len(records)
    )
    family = pl.Series([FAMILIES[code] for code in record_families(evidence)], dtype=pl.String())
    numbered = records.with_columns(pl.int_range(len(records), dtype=pl.UInt32, eager=True).alias("asset"))
    applications = numbered.select("asset", key=application_key(own_application_name(records.columns))).filter(
        family == "application"
    )
    types = pl.repeat("application", len(applications), dtype=pl.String(), eager=True)
    texts = pl.concat(
        [
            described_texts(numbered, without_placeholders(identifiers_of(records, infos)), family, infos),
            typed_name_texts(applications["asset"], types, applications["key"]),
        ]
    )
    source = text_of_table({no: info.source for no, info in infos.items()}).alias("source")
    places = numbered.select("asset", "table_no", "row", source)
    return (
        texts.join(places, on="asset")
        .select("table_no", "row", "source", pl.col("kind").cast(pl.String), "text")
        .sort("table_no", "row")
    )


def _of_rows(table: CleanTable, wanted: pl.DataFrame) -> CleanTable:
    rows = wanted.filter(pl.col("table_no") == table.info.table_no)["row"]
    return replace(table, frame=table.frame.filter(pl.col("row").is_in(rows.implode())))
