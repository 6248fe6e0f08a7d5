"""Anchors of what merges and splits are about, out of what the newest inventory was made from."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

import polars as pl

from discovery_pipeline.domain.handoffs import CleanTable, empty
from discovery_pipeline.domain.inventory.decisions.anchor_of import (
    NO_TEXTS,
    Row,
    SplitAnchors,
    Texts,
    anchor_from,
    split_from,
    texts_by_asset,
)
from discovery_pipeline.domain.learning.rules import Anchor
from discovery_pipeline.files.extraction import part_name
from discovery_pipeline.services.run_frames import RunFrames
from discovery_pipeline.store.identities import identities_of
from discovery_pipeline.store.session import Database


class Anchoring:
    """The records of the assets concerned, read once and only when an anchor is asked for."""

    def __init__(self, database: Database, run: RunFrames, asset_ids: Collection[str]) -> None:
        self._database = database
        self._run = run
        self._asset_ids = sorted(set(asset_ids))

    def of_asset(self, asset_id: str) -> Anchor:
        """The anchor of a whole asset. Raises UsageError when nothing is known of it."""
        return anchor_from(asset_id, self._texts_of(asset_id), self._registry)

    def of_rows(self, asset_id: str, rows: Collection[Row]) -> SplitAnchors:
        """The anchors of rows that leave an asset. Raises UsageError where they can't."""
        return split_from(asset_id, rows, self._texts_of(asset_id))

    def _texts_of(self, asset_id: str) -> Texts:
        return self._texts.get(asset_id, empty(NO_TEXTS))

    @cached_property
    def _texts(self) -> dict[str, Texts]:
        return texts_by_asset(self._tables, self._lineage)

    @cached_property
    def _lineage(self) -> pl.DataFrame:
        mine = pl.col("asset_id").is_in(self._asset_ids)
        return self._run.scan("inventory", "lineage").filter(mine).collect()

    @cached_property
    def _registry(self) -> pl.DataFrame:
        return identities_of(self._database, self._run.tenant, self._asset_ids)

    @cached_property
    def _tables(self) -> list[CleanTable]:
        kinds, rows = self._run.kinds(), dict(self._lineage.group_by("table_no").agg("row").iter_rows())
        return [
            CleanTable(info, kinds[info.table_no], self._clean(info.table_no, rows[info.table_no]).lazy())
            for info in self._run.tables()
            if info.table_no in rows
        ]

    def _clean(self, table_no: int, rows: list[int]) -> pl.DataFrame:
        return self._run.scan("clean_records", part_name(table_no)).filter(pl.col("row").is_in(rows)).collect()
