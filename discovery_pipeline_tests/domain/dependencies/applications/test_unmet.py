"""Told needs of applications whose observed servers never meet."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from discovery_pipeline.domain.dependencies.applications.unmet import weighed_by_silence
from discovery_pipeline.domain.dependencies.edges.evidence import evidence_frame
from discovery_pipeline.domain.dependencies.params import DependencyParams
from discovery_pipeline.domain.handoffs import DEPENDENCIES, MEMBERSHIPS

PARAMS = DependencyParams()
MEMBERS = pl.DataFrame(
    [
        {"asset_id": server, "application_id": server[0], "basis": "named", "confidence": 0.95, "reasons": ["x"]}
        for server in ("a1", "a2", "c1", "c2")
    ],
    schema=MEMBERSHIPS,
)
Call = tuple[str, str, str]
WATCHED: list[Call] = [("a1", "a2", "tier"), ("c1", "c2", "tier")]


def seen(calls: list[Call], days: int = 20) -> pl.DataFrame:
    rows = [
        {"from_asset": a, "to_asset": b, "kind": kind, "confidence": 0.95, "first_seen": datetime(2026, 6, 1),
         "last_seen": datetime(2026, 6, 1 + days)}
        for a, b, kind in calls
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=DEPENDENCIES)


def told(grade: str = "stated", kind: str = "application") -> pl.DataFrame:
    need = pl.DataFrame({"from_asset": ["a"], "to_asset": ["c"]})
    return evidence_frame(need, relation="connects", label="stated:x", grade=grade, records=1).with_columns(
        kind=pl.lit(kind)
    )


@pytest.mark.parametrize("grade", ["stated", "text"])
def test_a_need_that_observed_servers_never_show_is_doubted_and_says_why(grade: str) -> None:
    found = weighed_by_silence(told(grade), seen(WATCHED), MEMBERS, PARAMS)
    assert found["weight"].to_list() == [PARAMS.unmet]
    assert "no call" in found["against"].item()
    assert found.columns == told().columns


@pytest.mark.parametrize(
    ("calls", "days"),
    [
        ([*WATCHED, ("a1", "c1", "tier")], 20),
        ([*WATCHED, ("a1", "c1", "management")], 20),
        ([*WATCHED, ("a1", "unknown", "tier")], 20),
        ([*WATCHED, ("unknown", "c1", "tier")], 20),
        ([("c1", "c2", "tier")], 20),
        ([("a1", "a2", "tier")], 20),
        (WATCHED, 2),
        ([], 20),
    ],
    ids=[
        "they meet", "they meet over any service", "a server of nobody is called", "a server of nobody calls",
        "the client isn't observed", "the provider isn't observed", "watched too short", "not watched",
    ],
)  # fmt: skip
def test_silence_says_nothing_where_the_need_could_hide(calls: list[Call], days: int) -> None:
    assert weighed_by_silence(told(), seen(calls, days), MEMBERS, PARAMS).equals(told())


def test_what_was_observed_or_is_of_other_kinds_keeps_its_weight() -> None:
    for evidence in (told("observed"), told(kind="tier")):
        assert weighed_by_silence(evidence, seen(WATCHED), MEMBERS, PARAMS).equals(evidence)
