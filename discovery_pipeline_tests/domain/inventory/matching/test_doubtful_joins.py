"""What was made one though it may be two is told, until a person decides."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.inventory.decisions.anchor_of import split_anchors
from discovery_pipeline.domain.learning.rules import Rules, SameRule, Told
from discovery_pipeline_tests.domain.inventory.builders import assets_of, run
from discovery_pipeline_tests.domain.inventory.estate import clean_table

# The same name and address, on other hardware.
MOVED = [
    clean_table(n, [{"hostname": "app01", "serial_number": serial, "ip_address": ["10.0.0.1"]}])
    for n, serial in enumerate(("CZ1111111", "CZ2222222"))
]


def test_a_join_that_hardly_held_is_told_with_its_odds_reasons_and_rows() -> None:
    outcome = run(*MOVED)
    (asset_id,) = set(assets_of(outcome).values())
    (told,) = outcome.doubtful_joins.to_dicts()
    assert (told["asset_id"], told["rows"]) == (asset_id, [{"table_no": 1, "row": 0}])
    assert 0.5 <= told["probability"] < 0.82
    assert {"serial differs", "name agrees", "ip agrees"} <= set(told["reasons"])
    assert outcome.look_alikes.is_empty()


@pytest.mark.parametrize("holds", [True, False], ids=["one", "taken apart"])
def test_a_decision_silences_it(holds: bool) -> None:
    first = run(*MOVED)
    (asset_id,) = set(assets_of(first).values())
    anchors = split_anchors(asset_id, [(1, 0)], MOVED, first.lineage)
    rules = Rules(same=(SameRule(anchors.rest, anchors.rows[0], holds, Told((1,), "ann", 0.95)),))
    second = run(*MOVED, rules=rules)
    assert len(set(assets_of(second).values())) == (1 if holds else 2)
    assert second.doubtful_joins.is_empty()
    assert second.look_alikes.is_empty()


def test_what_is_clear_is_not_told() -> None:
    same = [clean_table(n, [{"hostname": "app01", "serial_number": "CZ1111111"}]) for n in range(2)]
    assert run(*same).doubtful_joins.is_empty()
