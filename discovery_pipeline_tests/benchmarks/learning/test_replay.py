"""Replays: the same layout always comes back in the same ways, and what was corrected is right when it does."""

from __future__ import annotations

import pytest

from benchmarks.learning.replay import NOTHING, Files, corrected, gather, is_right, mapped
from benchmarks.learning.variants import VARIANTS, Variant, pool_of, variants_of
from benchmarks.mapping.layouts import Layout, load, sample
from discovery_pipeline.domain.handoffs import ColumnMapping


@pytest.fixture(scope="module")
def layouts() -> list[Layout]:
    return sample(load(), 12)


@pytest.fixture(scope="module")
def variants(layouts: list[Layout]) -> list[dict[str, Variant]]:
    pool = pool_of(load())
    return [variants_of(layout, pool) for layout in layouts]


def test_a_layout_comes_back_in_the_same_ways(layouts: list[Layout], variants: list[dict[str, Variant]]) -> None:
    assert variants_of(layouts[0], pool_of(load())) == variants[0]


def test_columns_keep_their_labels(layouts: list[Layout], variants: list[dict[str, Variant]]) -> None:
    for layout, of in zip(layouts, variants, strict=True):
        for variant in of.values():
            for position, before in enumerate(variant.came_from):
                now = variant.layout.columns[position]
                was = layout.columns[before]  # type: ignore[index]  # these variants add no column
                assert now.gold == was.gold
                assert (now.header != was.header) == (position in variant.reworded)


def test_the_share_that_is_reworded_is_what_it_says(layouts: list[Layout], variants: list[dict[str, Variant]]) -> None:
    reworded = sum(len(of["30 % reworded"].reworded) for of in variants)
    assert reworded / sum(len(layout.columns) for layout in layouts) == pytest.approx(0.3, abs=0.04)


def wrong(files: Files, mappings: list[ColumnMapping]) -> int:
    return sum(not is_right(files, mapping) for mapping in mappings)


def test_what_was_corrected_is_right_when_it_comes_back(
    layouts: list[Layout], variants: list[dict[str, Variant]]
) -> None:
    first = gather(layouts, "first")
    mappings = mapped(first, NOTHING, None)
    assert wrong(first, mappings) > 0
    taught = corrected(first, mappings, None, accept_rest=True)
    for name in VARIANTS:
        later = gather([of[name].layout for of in variants], name)
        before, after = wrong(later, mapped(later, NOTHING, None)), wrong(later, mapped(later, taught, None))
        assert after <= before // 2
    again = gather([of["another name"].layout for of in variants], "again")
    assert wrong(again, mapped(again, taught, None)) == 0
