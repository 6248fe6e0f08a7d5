"""The assets that many words name, found in a few passes over the inventory; one word is asset_search's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.inventory.asset_search import IDENTIFIERS, NAMES, find_asset
from discovery_pipeline.services.learning.deciding.decisions import Said
from discovery_pipeline.services.learning.deciding.drafts import problem
from discovery_pipeline.services.mapping.decisions import LISTED, Problem
from discovery_pipeline.services.run_frames import RunFrames

Asset = Mapping[str, Any]


@dataclass(frozen=True)
class NamedAssets:
    """assets: the inventory row of the one asset that a word names. trouble: what is wrong with other words."""

    assets: Mapping[str, Asset]
    trouble: Mapping[str, UsageError]

    def find(self, decision: Said, word: str) -> Asset | Problem:
        """The asset that a decision names by this word."""
        if word in self.assets:
            return self.assets[word]
        error = self.trouble[word]
        code = "ambiguous_asset" if error.where == "ASSET" else "unknown_asset"
        return problem(decision, code, error.message, error.advice)


def named_assets(run: RunFrames, words: Collection[str]) -> NamedAssets:
    """Look all words up, as find_asset does with one. Raises MissingFrame before there is an inventory."""
    texts = {word: word.strip().lower() for word in words}
    # Ids, which are what pages name assets by, go before names: the rest alone is looked for in every column.
    by_id = _by_id(run, set(texts.values()))
    ids = {text: text for text in by_id}
    others = sorted(set(texts.values()) - by_id.keys())
    if others:
        ids |= _ids(run.scan("inventory", "inventory"), others)
        by_id |= _by_id(run, set(ids.values()) - by_id.keys())
    assets = {word: by_id[ids[text]] for word, text in texts.items() if text in ids}
    unknown = sorted(set(texts) - set(assets))
    trouble = {word: _trouble(run, word) for word in unknown[:LISTED]}
    trouble |= {word: UsageError(f"{word!r} names no single asset") for word in unknown[LISTED:]}
    return NamedAssets(assets, trouble)


def _by_id(run: RunFrames, asset_ids: Collection[str]) -> dict[str, Asset]:
    mine = run.scan("inventory", "inventory").filter(pl.col("asset_id").is_in(sorted(asset_ids)))
    return {row["asset_id"]: row for row in mine.collect().iter_rows(named=True)}


def _ids(inventory: pl.LazyFrame, texts: list[str]) -> dict[str, str]:
    """asset_id by text, where the first group of names in which anything matches holds one asset."""
    wanted = pl.LazyFrame({"text": texts}, schema={"text": pl.String()})
    named = pl.concat(
        [
            inventory.select(pl.lit(rank).alias("rank"), "asset_id", text.alias("text")).drop_nulls("text")
            for rank, text in _groups()
        ]
        + [lists.select(pl.lit(rank).alias("rank"), "asset_id", "text") for rank, lists in _lists(inventory)]
    )
    found = (
        named.join(wanted, on="text", how="semi")
        .unique()
        .filter(pl.col("rank") == pl.col("rank").min().over("text"))
        .group_by("text")
        .agg(pl.col("asset_id").first(), pl.len().alias("assets"))
        .filter(pl.col("assets") == 1)
        .collect()
    )
    return dict(found.select("text", "asset_id").iter_rows())


def _groups() -> list[tuple[int, pl.Expr]]:
    columns = [(0, ("asset_id",)), (1, NAMES), (2, IDENTIFIERS)]
    return [(rank, pl.col(name).str.to_lowercase()) for rank, names in columns for name in names]


def _lists(inventory: pl.LazyFrame) -> list[tuple[int, pl.LazyFrame]]:
    """Names that stand in lists: an application's own, addresses."""
    own = inventory.filter(pl.col("classified_type") == "application").select("asset_id", text="application_name")
    addresses = inventory.select("asset_id", text="ip_address")
    return [
        (
            rank,
            frame.explode("text", empty_as_null=False)
            .select("asset_id", pl.col("text").str.to_lowercase())
            .drop_nulls("text"),
        )
        for rank, frame in ((1, own), (2, addresses))
    ]


def _trouble(run: RunFrames, word: str) -> UsageError:
    try:
        find_asset(run, word)
    except UsageError as error:
        return error
    raise AssertionError(f"find_asset and named_assets differ about {word!r}")
