"""Names that nothing answers to: what is asked about them, and what answers are worth to the edges."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.dependencies.graph import DependencyOutcome, Gathered, conclude, gather
from discovery_pipeline.domain.dependencies.meant.advised import edge_changes, meant_names
from discovery_pipeline.domain.dependencies.meant.doubts import LooseNames, loose_names
from discovery_pipeline.domain.learning.rules import EdgeRule, Rules, Told
from discovery_pipeline.domain.opinions.doubts import NONE, Doubt
from discovery_pipeline_tests.domain.estate import application, inventory, relationships, server
from discovery_pipeline_tests.domain.opinions.oracles import (
    Oracle,
    always_first,
    always_none,
    answered,
    at_random,
    never_offered,
    right_on,
)

# A made estate: applications of two or three words, and texts that name them as people remember them.
_FIRST = ("Customer", "Payment", "Claims", "Partner", "Billing", "Human", "Fleet", "Contract", "Energy", "Quality")
_LAST = ("Relationship Management", "Gateway", "Archive", "Resources Portal", "Warehouse")
_NAMES = [f"{first} {last}" for first in _FIRST for last in _LAST]
_VOWELS = str.maketrans("", "", "aeiou")
_TEXTS = 40
NOBODY = Rules()
_NOBODY = ("customer whatnot", "payment clusters abroad", "claims intake bureau", "zzz")


def _remembered(name: str, way: int) -> str:
    words = name.lower().split()
    return (
        f"our {words[0]} {' '.join(word[:4] for word in words[1:])}",
        f"the old {name.lower()} thing",
        name.translate(_VOWELS),
    )[way % 3]


_MEANT = {_remembered(_NAMES[7 * n % len(_NAMES)], n): f"app{7 * n % len(_NAMES)}" for n in range(_TEXTS)}


@cache
def estate() -> pl.DataFrame:
    apps = [application(f"app{number}", name) for number, name in enumerate(_NAMES)]
    texts = [*_MEANT, *_NOBODY]
    saying = [
        application(f"say{number}", f"Speaker {number:03d}x", depends_on=[text]) for number, text in enumerate(texts)
    ]
    hosts = [server(f"{first[:3].lower()}-{tier}-01") for first in _FIRST for tier in ("app", "db")]
    return inventory(*apps, *saying, *hosts)


@cache
def gathered() -> Gathered:
    return gather(estate(), [])


@cache
def names() -> LooseNames:
    return loose_names(gathered().loose, gathered().observed.evidence, estate())


def truth() -> dict[str, str]:
    """By the key of a doubt the choice that is right."""
    return {doubt.key: _choice(doubt, _MEANT.get(doubt.shown["name"])) for doubt in names().doubts}


def _choice(doubt: Doubt, asset: str | None) -> str:
    return next((choice for choice, offered in doubt.shown["assets"].items() if offered == asset), NONE)


def asked(oracle: Oracle, rules: Rules = NOBODY) -> tuple[DependencyOutcome, pl.DataFrame]:
    meant = meant_names(answered(names().doubts, names().controls(), oracle))
    return conclude(gathered(), rules, meant), meant


def believed(outcome: DependencyOutcome) -> tuple[int, int]:
    """Of the edges that the texts mean, how many are believed; and how many others are."""
    edges = outcome.dependencies.filter(pl.col("confidence") >= 0.5, pl.col("kind") == "application")
    found = set(edges.select("from_asset", "to_asset").rows())
    wanted = {(f"say{number}", asset) for number, asset in enumerate(_MEANT.values())}
    return len(found & wanted), len(found - wanted)


def test_every_name_that_may_mean_somebody_is_a_doubt_with_whom_it_means_among_the_offers() -> None:
    doubts = {doubt.shown["name"]: doubt for doubt in names().doubts}
    assert set(_MEANT) <= set(doubts)
    assert "zzz" not in doubts
    assert sum(asset in doubts[text].shown["assets"].values() for text, asset in _MEANT.items()) == _TEXTS
    assert all(doubt.offers[-1] == NONE and len(doubt.offers) <= 7 for doubt in doubts.values())
    assert {tuple(doubt.shown["said_by"]) for doubt in doubts.values()} == {("application",)}


def test_controls_are_names_written_otherwise_a_third_without_whom_they_mean() -> None:
    controls = names().controls()
    assert len(controls) == 48
    nothing = [control for control in controls if control.expected == NONE]
    assert len(nothing) == 16
    assert len({control.key for control in controls}) == len(controls)
    assert all(control.expected in control.offers for control in controls)
    # Nothing of the offers' order tells which is right.
    assert len({control.expected for control in controls}) > 4


def test_a_mostly_right_oracle_finds_mostly_right_edges() -> None:
    assert believed(conclude(gathered())) == (0, 0)
    found = [believed(asked(right_on(0.9, truth(), seed))[0]) for seed in "abcd"]
    assert min(right for right, _ in found) > 0.7 * _TEXTS
    assert max(wrong for _, wrong in found) < 0.25 * _TEXTS


def _nearest(doubt: Doubt) -> str:
    return max(doubt.shown["candidates"], key=lambda choice: doubt.shown["candidates"][choice].alike)


@pytest.mark.parametrize(
    "oracle",
    [
        pytest.param(at_random("x"), id="random"),
        pytest.param(at_random("z"), id="random again"),
        pytest.param(always_none, id="always none"),
        pytest.param(always_first, id="always the first"),
        pytest.param(right_on(0.0, truth()), id="a liar"),
        pytest.param(never_offered, id="nothing offered"),
    ],
)
def test_who_knows_nothing_changes_nothing(oracle: Oracle) -> None:
    outcome, meant = asked(oracle)
    plain = conclude(gathered())
    assert meant.is_empty()
    assert_frame_equal(outcome.dependencies, plain.dependencies)
    assert_frame_equal(outcome.findings, plain.findings)


def test_who_always_takes_the_most_alike_makes_leads_at_most() -> None:
    assert believed(asked(_nearest)[0]) == (0, 0)


def test_an_edge_tells_that_a_model_read_its_name_and_what_changed() -> None:
    outcome, meant = asked(right_on(1.0, truth()))
    edge = outcome.dependencies.row(by_predicate=pl.col("from_asset") == "say0", named=True)
    assert edge["to_asset"] == _MEANT[next(iter(_MEANT))]
    assert edge["evidence"] == ["model:depends_on"]
    assert edge["reasons"] == [f"model, 1 record: {edge['confidence']}"]
    assert edge["contradictions"] == ["no asset has the name; a model chose whom it means"]
    change = edge_changes(outcome.dependencies, meant).row(by_predicate=pl.col("subject") == "say0>app0", named=True)
    assert (change["before"], change["after"], change["model"]) == (None, str(edge["confidence"]), "oracle")
    codes = dict(outcome.findings.select("code", "detail").iter_rows())
    assert "names_read_by_model" in codes
    assert "customer whatnot" in codes["depends_on_unknown"]
    assert next(iter(_MEANT)) not in codes["depends_on_unknown"]


def test_of_an_edge_that_stood_before_the_confidence_without_the_model_is_told() -> None:
    rows: list[dict[str, Any]] = [
        application("a", "Ledger", depends_on=["Payment Gateway", "the pymnt gtwy box"]),
        application("b", "Payment Gateway"),
        application("c", "Claims Archive"),
    ]
    found = gather(inventory(*rows), [])
    plain = conclude(found).dependencies
    meant = pl.DataFrame(
        [("the pymnt gtwy box", "b", "m", 0.9, "why")], schema=["name", "meant", "model", "confidence", "why"],
        orient="row",
    )  # fmt: skip
    edges = conclude(found, meant=meant).dependencies
    [change] = edge_changes(edges, meant).to_dicts()
    assert float(change["before"]) == pytest.approx(plain["confidence"].item(), abs=1e-3)
    assert edges["confidence"].item() > plain["confidence"].item()


def test_relations_with_one_unknown_end_keep_their_direction() -> None:
    both = [server("web1"), application("pay", "Payment Gateway")]
    found = gather(
        inventory(*both), [relationships(("web1", "Depends on", "pay gtwy"), ("old pay gtwy", "Runs on", "web1"))]
    )
    assert found.loose.sort("name").select("name", "asset_id", "provider").rows() == [
        ("old pay gtwy", "web1", False), ("pay gtwy", "web1", True),
    ]  # fmt: skip
    meant = pl.DataFrame(
        [("pay gtwy", "pay", "m", 0.9, "w"), ("old pay gtwy", "pay", "m", 0.9, "w")],
        schema=["name", "meant", "model", "confidence", "why"], orient="row",
    )  # fmt: skip
    edges = conclude(found, meant=meant).dependencies
    assert {(a, b, k) for a, b, k in edges.select("from_asset", "to_asset", "kind").rows()} >= {
        ("pay", "web1", "hosting")
    }


def test_people_have_the_last_word() -> None:
    denied = EdgeRule("say0", "app0", None, holds=False, told=Told((3,), "ann", 0.95))
    outcome, _ = asked(right_on(1.0, truth()), Rules(edges=(denied,)))
    edge = outcome.dependencies.row(by_predicate=pl.col("from_asset") == "say0", named=True)
    assert edge["confidence"] < 0.1
