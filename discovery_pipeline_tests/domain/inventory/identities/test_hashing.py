"""Texts of assets told apart by their hashes."""

import polars as pl

from discovery_pipeline.domain.inventory.identities.hashing import stated_first


def test_a_text_counts_once_for_each_asset_that_states_it() -> None:
    """Rows that swap asset and text, or share one of them, are different statements."""
    stated = pl.DataFrame(
        {"asset": [1, 1, 2, 1, 2], "text": ["1", "2", "1", "1", "1"], "first": [True, True, True, False, False]},
        schema={"asset": pl.UInt32(), "text": pl.String(), "first": pl.Boolean()},
    )
    assert (
        stated.select(stated_first(pl.col("asset"), pl.col("text"))).to_series().to_list() == stated["first"].to_list()
    )


def test_no_two_statements_of_a_large_estate_are_taken_for_one() -> None:
    """100,000 assets with the same three texts each."""
    stated = pl.DataFrame({"asset": pl.int_range(100_000, dtype=pl.UInt32, eager=True)}).join(
        pl.DataFrame({"text": ["a", "b", "100"]}), how="cross"
    )
    assert stated.select(stated_first(pl.col("asset"), pl.col("text")).all()).item()
