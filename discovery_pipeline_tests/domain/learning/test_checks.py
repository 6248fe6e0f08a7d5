"""Facts about what was learned: who said it, whether it contradicts itself, whether recalled columns hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from discovery_pipeline.domain.learning.checks import contradicting, learning_facts, miscalibration, without_provenance
from discovery_pipeline.domain.learning.corrections import Correction, NewCorrection
from discovery_pipeline.domain.learning.patterns import Pattern, fold
from discovery_pipeline.domain.learning.trust import Decision
from discovery_pipeline_tests.domain.learning.decided import REVIEWED

LEARNED = datetime(2024, 1, 1, tzinfo=UTC)
PLACE = {"source": "cmdb", "series": "hosts.csv", "table": "hosts", "header_key": "owner", "occurrence": 0}
OWNER = Pattern(
    "p1", "mapping", "t1", PLACE, {"field": "owner"}, 1, "cmdb", "asset", None, "Owner", (1,), ("ada",), 0, 1,
    is_current=True, learned_at=LEARNED, strengthened_at=LEARNED,
)  # fmt: skip
RECALLED = replace(REVIEWED, method="pattern", confidence=0.9, status="accepted")


def elsewhere(**changes: Any) -> Pattern:
    """Another pattern about the same header in another file of the source."""
    target = {**PLACE, "series": "eu/more hosts.csv", "table": "more hosts", **changes.pop("target", {})}
    return replace(OWNER, pattern_id="p2", target_key="t2", target=target, **changes)


@pytest.mark.parametrize(
    ("corrections", "found"),
    [
        pytest.param((1,), 0, id="of a correction"),
        pytest.param((), 1, id="of none"),
        pytest.param((9,), 1, id="of one that is gone"),
        pytest.param((1, 9), 1, id="of one that is gone among others"),
    ],
)
def test_a_pattern_has_corrections_that_stand(corrections: tuple[int, ...], found: int) -> None:
    assert without_provenance([replace(OWNER, corrections=corrections)], {1, 2}) == found


@pytest.mark.parametrize(
    ("other", "found"),
    [
        pytest.param(elsewhere(), 0, id="the same"),
        pytest.param(elsewhere(said={"field": "department"}), 1, id="another field"),
        pytest.param(elsewhere(said={"field": None}), 1, id="none of the fields"),
        pytest.param(elsewhere(polarity=-1), 1, id="not that field"),
        pytest.param(elsewhere(polarity=-1, said={"field": "department"}), 0, id="not another field"),
        pytest.param(elsewhere(said={"field": "department"}, contradicted=1), 0, id="weak: contradicted"),
        pytest.param(elsewhere(said={"field": "department"}, source="scans"), 0, id="another source"),
        pytest.param(elsewhere(said={"field": "department"}, product="rvtools"), 0, id="another product"),
        pytest.param(elsewhere(said={"field": "department"}, record="connection"), 0, id="another record"),
        pytest.param(elsewhere(said={"field": "department"}, target={"table": "vHost"}), 0, id="a sheet of a workbook"),
        pytest.param(
            elsewhere(said={"field": "department"}, target={"header_key": "team"}), 0, id="another header"
        ),
        pytest.param(elsewhere(said={"field": "department"}, target={"occurrence": 1}), 0, id="its twin"),
        pytest.param(elsewhere(said={"field": "department"}, kind="type"), 0, id="another kind"),
    ],
)  # fmt: skip
def test_strong_patterns_about_one_header_agree(other: Pattern, found: int) -> None:
    assert contradicting([OWNER, other], None) == found


def correction(number: int, author: str, field: str | None, was: str, table: str = "hosts", **more: Any) -> Correction:
    target = {**PLACE, "series": f"{table}.csv", "table": table}
    context = {"record": "asset", "header": "Owner"}
    what = NewCorrection("mapping", "changed", target, {"field": field}, {"field": was}, context, author, "", **more)
    return Correction(number, LEARNED, what)


@pytest.mark.parametrize(
    ("corrections", "found"),
    [
        pytest.param([correction(1, "ada", "owner", "department")], 0, id="one table"),
        pytest.param(
            [correction(1, "ada", "owner", "x"), correction(2, "bob", "department", "x")], 0, id="the newer one holds"
        ),
        pytest.param(
            [correction(1, "ada", "owner", "x"), correction(2, "bob", "department", "x", "sites")], 1, id="two tables"
        ),
        pytest.param(
            [correction(1, "ada", "owner", "x"), correction(2, "ada", None, "owner", "sites")], 1, id="denied elsewhere"
        ),
    ],
)
def test_what_is_folded_from_corrections_is_held_to_it(corrections: list[Correction], found: int) -> None:
    patterns = fold(corrections)

    assert contradicting([p for p in patterns if p.is_current], None) == found
    assert without_provenance(patterns, {c.number for c in corrections}) == 0
    assert without_provenance(patterns, set()) == len(patterns) > 0


def test_old_patterns_are_not_strong() -> None:
    other = elsewhere(said={"field": "department"})

    assert contradicting([OWNER, other], LEARNED + timedelta(days=365)) == 1
    assert contradicting([OWNER, other], LEARNED + timedelta(days=500)) == 0


def decided(confidences: Sequence[float], shares: Sequence[float], seed: int = 0) -> list[Decision]:
    """Recalled columns of these confidences, right in these shares."""
    right = np.random.default_rng(seed).random(len(shares)) < shares
    return [
        replace(RECALLED, confidence=confidence, right=bool(is_right), number=number)
        for number, (confidence, is_right) in enumerate(zip(confidences, right, strict=True))
    ]


@pytest.mark.parametrize("decisions", [40, 400])
def test_confidences_that_hold_are_told_so(decisions: int) -> None:
    confidences = np.linspace(0.6, 0.98, decisions).tolist()
    found = [miscalibration(decided(confidences, confidences, seed)) for seed in range(200)]

    assert sum(error > 0 for error in found) / 200 < 0.1
    assert sum(error > 0.05 for error in found) / 200 < 0.03


def test_confidences_that_promise_too_much_are_told() -> None:
    assert miscalibration(decided([0.95] * 200, [0.7] * 200)) > 0.15


def test_confidences_that_promise_too_little_are_told() -> None:
    assert miscalibration(decided([0.6] * 200, [1.0] * 200)) > 0.25


def test_too_few_decisions_tell_nothing() -> None:
    assert miscalibration(decided([0.95] * 39, [0.0] * 39)) == 0.0


def test_the_facts_are_about_what_holds_and_what_was_recalled() -> None:
    superseded = elsewhere(said={"field": "department"}, corrections=(), is_current=False)
    other_method = [replace(d, method="lexicon") for d in decided([0.95] * 200, [0.0] * 200)]

    assert learning_facts([OWNER, superseded], {1}, other_method, None) == {
        "patterns_without_provenance": 0,
        "contradicting_strong_patterns": 0,
        "recalled_miscalibration": 0.0,
    }
    assert learning_facts([OWNER], {1}, decided([0.95] * 200, [0.0] * 200), None)["recalled_miscalibration"] > 0.8
