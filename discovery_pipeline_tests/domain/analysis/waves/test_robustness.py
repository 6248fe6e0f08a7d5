"""What nobody has found: how many needs, and whether they cross."""

from __future__ import annotations

import math

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.waves.coverage import discovery
from discovery_pipeline.domain.analysis.waves.needs import with_classes
from discovery_pipeline.domain.analysis.waves.numbered import numbered
from discovery_pipeline.domain.analysis.waves.robustness import robustness
from discovery_pipeline_tests.domain.analysis.waves.small_plans import Edge, machine, needs, planned

_CODES = {"asset_id": pl.UInt32(), "application_id": pl.UInt32()}


def found_among(ids: list[str], *ties: Edge, members: tuple[tuple[str, str], ...] = ()):  # type: ignore[no-untyped-def]
    every = pl.Series(sorted(ids), dtype=pl.String)
    edges = numbered(with_classes(needs(*ties)), every, "from_asset", "to_asset")
    served = pl.DataFrame(list(members), schema={"asset_id": pl.String(), "application_id": pl.String()}, orient="row")
    coded = numbered(served, every, "asset_id", "application_id")
    names = pl.DataFrame({"asset_id": range(len(ids))}, schema={"asset_id": pl.UInt32()})
    return discovery(edges, edges, names, coded)


def test_two_captures_tell_how_many_there_are() -> None:
    ids = [f"a{n:02}" for n in range(20)]
    seen, said, both = ["observed:5"], ["stated:depends on"], ["observed:5", "stated:depends on"]
    evidence = [both] * 6 + [seen] * 6 + [said] * 3
    ties: list[Edge] = [(ids[n], ids[n + 1], {"evidence": words}) for n, words in enumerate(evidence)]
    found = found_among(ids, *ties)
    assert (found.observed, found.stated, found.both, found.known) == (12, 9, 6, 15)
    assert found.total == pytest.approx(13 * 10 / 7 - 1)
    (a, b), prior = found.observation, 5.6 + 2.4
    assert (a, a + b) == pytest.approx((5.6 + 6, prior + 9))


def test_servers_needs_count_once_for_their_applications() -> None:
    members = (("a1", "pa"), ("a2", "pa"), ("b1", "pb"))
    ties: list[Edge] = [
        ("a1", "b1"),
        ("a2", "b1"),
        ("pa", "pb", {"kind": "application", "evidence": ["stated:uses"]}),
        ("a1", "a2"),
    ]
    found = found_among(["a1", "a2", "b1", "pa", "pb"], *ties, members=members)
    assert (found.observed, found.stated, found.both, found.total) == (1, 1, 1, 1.0)


def test_one_class_alone_says_nothing_of_the_whole() -> None:
    assert found_among(["a", "b"], ("a", "b")).total is None


def _assets(waves: list[int], application: list[int | None] | None = None) -> pl.DataFrame:
    count = len(waves)
    return pl.DataFrame(
        {
            "asset_id": range(count),
            "wave": waves,
            "environment": ["production"] * count,
            "application_id": application or [None] * count,
        },
        schema={**_CODES, "wave": pl.Int64(), "environment": pl.String()} | {"asset_id": pl.UInt32()},
    ).select("asset_id", "wave", "environment", "application_id")


def _simulated(assets: pl.DataFrame, *ties: tuple[int, int], draws: int = 4000):  # type: ignore[no-untyped-def]
    ids = [f"{n:03}" for n in range(len(assets))]
    edges: list[Edge] = [(ids[a], ids[b]) for a, b in ties]
    found = found_among(ids, *edges)
    known = numbered(with_classes(needs(*edges)), pl.Series(ids, dtype=pl.String), "from_asset", "to_asset")
    return robustness(assets, known, found, draws, 7)


def test_within_one_wave_nothing_crosses() -> None:
    result = _simulated(_assets([1] * 10), (0, 1), (2, 3))
    assert (result.chance, result.expected) == (0.0, 0.0)
    assert result.missing > 0


def test_the_drawn_number_agrees_with_its_mean_in_closed_form() -> None:
    result = _simulated(_assets([1, 2] * 20), *[(n, n + 1) for n in range(39)])
    # Nothing is known of applications: half of the other ends lie in the other wave, hubs apart.
    assert result.expected == pytest.approx(result.missing / 2, rel=0.1)
    assert result.low <= result.expected <= result.high


def test_chance_and_number_agree_where_few_are_missing() -> None:
    result = _simulated(_assets([1, 2, 2, 2]), (0, 1))
    row = result.waves.filter(pl.col("wave") == 1).row(0, named=True)
    assert 0 < row["chance"] < 1
    assert row["chance"] <= 1 - math.exp(-row["expected"]) + 0.03


def test_the_same_application_in_one_wave_makes_a_plan_more_robust() -> None:
    apps: list[int | None] = [0] * 10 + [10] * 10
    together = _simulated(_assets([1] * 10 + [2] * 10, apps), *[(n, n + 1) for n in range(9)])
    apart = _simulated(_assets([1, 2] * 10, apps), *[(n, n + 1) for n in range(9)])
    assert together.expected < 0.7 * apart.expected


def test_what_no_source_speaks_of_hides_more() -> None:
    chain = [(f"m{n:02}", f"m{n + 1:02}") for n in range(9)]
    assets = [machine(f"m{n:02}", planned_wave=str(1 + n % 2)) for n in range(20)]
    dark = planned(assets, chain)
    lit = planned(assets, [*chain, *[(f"m{n:02}", "m00", {"kind": "management"}) for n in range(10, 20)]])
    assert lit.summary["undiscovered_needs"] < dark.summary["undiscovered_needs"]
    assert lit.waves["confidence"].mean() > dark.waves["confidence"].mean()  # type: ignore[operator]


def test_the_seed_decides() -> None:
    assets, ties = [machine(f"m{n}", planned_wave=str(1 + n % 3)) for n in range(9)], [("m0", "m1"), ("m3", "m4")]
    first, again, other = (planned(assets, ties, seed=seed) for seed in (1, 1, 2))
    assert first.waves.equals(again.waves)
    assert first.summary["expected_crossings"] != other.summary["expected_crossings"]
