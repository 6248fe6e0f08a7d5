"""What stays apart though it may be one thing is told, until a person decides."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.inventory.decisions.anchor_of import anchor_of
from discovery_pipeline.domain.learning.rules import Rules, SameRule, Told
from discovery_pipeline_tests.domain.inventory.builders import assets_of, run
from discovery_pipeline_tests.domain.inventory.estate import clean_table

UUIDS = [f"4c4c4544-0051-3010-8052-b4c04f4e353{n}" for n in range(2)]
# The same name and machine by all that is said of it, but it got another uuid.
REBUILT = [
    clean_table(n, [{"hostname": "app01", "uuid": UUIDS[n], "os_name": "Windows Server 2019", "memory_mib": 8192.0}])
    for n in range(2)
]


def test_look_alikes_name_both_with_odds_and_reasons() -> None:
    outcome = run(*REBUILT)
    ids = sorted(assets_of(outcome).values())
    (pair,) = outcome.look_alikes.to_dicts()
    assert [pair["asset_id_a"], pair["asset_id_b"]] == ids
    assert 0.2 <= pair["probability"] < 0.5
    assert {"uuid differs", "name agrees"} <= set(pair["reasons"])
    (told,) = outcome.findings.filter(pl.col("code") == "look_alikes").to_dicts()
    assert (told["asset_id"], told["severity"]) == (ids[0], "info")
    assert ids[1] in told["detail"]


@pytest.mark.parametrize("holds", [True, False], ids=["merged", "kept apart"])
def test_a_decision_silences_it(holds: bool) -> None:
    first = run(*REBUILT)
    ids = assets_of(first)
    anchors = [anchor_of(ids[n, 0], REBUILT, first.lineage, first.registry) for n in range(2)]
    rules = Rules(same=(SameRule(*anchors, holds, Told((1,), "ann", 0.95)),))
    second = run(*REBUILT, rules=rules)
    assert len(set(assets_of(second).values())) == (1 if holds else 2)
    assert second.look_alikes.is_empty()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"hostname": "db77", "uuid": UUIDS[1]}, id="another machine"),
        pytest.param({"hostname": "app01", "uuid": UUIDS[0]}, id="the same machine"),
    ],
)
def test_what_is_clear_is_not_told(other: dict[str, Any]) -> None:
    outcome = run(clean_table(0, [{"hostname": "app01", "uuid": UUIDS[0]}]), clean_table(1, [other]))
    assert outcome.look_alikes.is_empty()


def test_identifiers_that_several_assets_bear_are_told() -> None:
    clones = [{"hostname": f"pc{n:02d}", "serial_number": "LAB-STOCK-1"} for n in range(5)]
    outcome = run(clean_table(0, clones))
    (told,) = outcome.findings.filter(pl.col("code") == "shared_identifier").to_dicts()
    assert "serial number labstock1 stands on 5 assets" in told["detail"]
    assert "and 2 more" in told["detail"]
