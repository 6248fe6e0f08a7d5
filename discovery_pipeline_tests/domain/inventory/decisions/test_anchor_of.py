"""Many anchors are made from one pass over the records; each is what it would be alone."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import empty
from discovery_pipeline.domain.inventory.decisions.anchor_of import (
    NO_TEXTS,
    anchor_from,
    anchor_of,
    split_anchors,
    split_from,
    texts_by_asset,
)
from discovery_pipeline_tests.domain.inventory.builders import assets_of, run
from discovery_pipeline_tests.domain.inventory.estate import clean_table

UUIDS = [f"4c4c4544-0051-3010-8052-b4c04f4e353{n}" for n in range(3)]
TABLES = [
    clean_table(0, [{"hostname": f"h{n}", "uuid": UUIDS[n]} for n in range(3)]),
    clean_table(1, [{"hostname": "h0", "ip_address": ["10.0.0.1"]}, {"asset_type": "Database", "hostname": "orders"}]),
    clean_table(2, [{"hostname": "h1", "memory_mib": 1024.0}, {"hostname": "h1", "memory_mib": 1024.0}]),
]


def test_texts_of_many_assets_are_those_of_each() -> None:
    outcome = run(*TABLES)
    texts = texts_by_asset(TABLES, outcome.lineage)
    owners = assets_of(outcome)
    assert set(texts) == set(owners.values())
    for asset_id in texts:
        alone = anchor_of(asset_id, TABLES, outcome.lineage, outcome.registry)
        assert anchor_from(asset_id, texts[asset_id], outcome.registry) == alone


def test_rows_split_off_are_in_the_order_of_table_and_row_repeats_included() -> None:
    outcome = run(*TABLES)
    asset_id = assets_of(outcome)[2, 0]
    texts = texts_by_asset(TABLES, outcome.lineage)[asset_id]
    anchors = split_from(asset_id, [(2, 1), (2, 0)], texts)
    assert anchors == split_anchors(asset_id, [(2, 0), (2, 1)], TABLES, outcome.lineage)
    first, second = anchors.rows
    assert first.source == second.source
    assert anchors.rest.texts[0].startswith("uuid:")


def test_without_texts_there_is_nothing_to_split() -> None:
    with pytest.raises(UsageError, match="do not describe"):
        split_from("a_unknown", [(0, 0)], empty(NO_TEXTS))
