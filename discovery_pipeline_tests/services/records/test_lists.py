"""Lists of records that need a look, over an estate published by hand."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import CONFLICTS, FINDINGS, LOOK_ALIKES, QUARANTINE, empty
from discovery_pipeline.domain.inventory.decisions.corrected import CORRECTED
from discovery_pipeline.files.frames import FrameStore, MissingFrame, TenantFrames
from discovery_pipeline.services.records.aside import RowPlace, cells_of, reasons, rows_aside
from discovery_pipeline.services.records.counts import RecordCounts, record_counts
from discovery_pipeline.services.records.disputes import disputes, fields_in_dispute
from discovery_pipeline.services.records.pairs import beside, pairs
from discovery_pipeline.services.records.types import doubtful_types, possible_types, types_in_doubt
from discovery_pipeline.services.run_frames import RunFrames, run_frames
from discovery_pipeline.settings import Settings
from discovery_pipeline_tests.services.hand_built import (
    APP,
    BILLING,
    CMDB,
    DB,
    frame,
    inventory,
    lineage,
    origin,
    publish,
    publish_records,
    set_aside,
)


@pytest.fixture
def frames(settings: Settings) -> TenantFrames:
    tenant = FrameStore(settings.frames_location).open("acme")
    publish_records(tenant)
    aside = [set_aside(CMDB, 3, 5, "no_identity", "quarantined"), set_aside(CMDB, None, None, "unreadable", "dropped")]
    publish(tenant, "quarantined_records", {"rows": frame(aside, QUARANTINE)})
    return tenant


def with_inventory(frames: TenantFrames) -> RunFrames:
    rows = inventory().with_columns(
        pl.when(asset_id=APP).then(0.4).when(asset_id=DB).then(0.6).otherwise(0.95).alias("type_confidence")
    )
    conflicts = [
        {"asset_id": APP, "field": "memory_mib", "weight": 0.4, "stated": ["16384", "12288"], "sources": 2},
        {"asset_id": DB, "field": "os_name", "weight": 0.1, "stated": ["AIX", "Linux"], "sources": 2},
    ]
    alike = [
        {"asset_id_a": APP, "asset_id_b": DB, "probability": 0.9, "reasons": ["name"]},
        {"asset_id_a": BILLING, "asset_id_b": DB, "probability": 0.5, "reasons": ["name"]},
    ]
    decided = frame([{"asset_id": DB, "field": "classified_type", "told": "correction 1 by ann"}], CORRECTED)
    parts = {"inventory": rows, "lineage": lineage(), "origin": origin(), "corrected": decided}
    parts |= {"conflicts": frame(conflicts, CONFLICTS), "look_alikes": frame(alike, LOOK_ALIKES)}
    publish(frames, "inventory", {**parts, "quarantine": empty(QUARANTINE), "findings": empty(FINDINGS)})
    return run_frames(frames)


def test_before_an_inventory_only_rows_set_aside_are_counted(frames: TenantFrames) -> None:
    assert record_counts(run_frames(frames)) == RecordCounts(1)


def test_what_needs_a_look_is_counted_without_what_was_dropped_or_decided(frames: TenantFrames) -> None:
    assert record_counts(with_inventory(frames)) == RecordCounts(aside=1, disputed=2, pairs=2, types=1)


def test_reasons_say_what_they_mean_and_what_was_dropped_comes_last(frames: TenantFrames) -> None:
    found = reasons(run_frames(frames))
    assert [(reason.code, reason.disposition, reason.rows) for reason in found] == [
        ("no_identity", "quarantined", 1), ("unreadable", "dropped", 1),
    ]  # fmt: skip
    assert all(reason.means and reason.advice for reason in found)


@pytest.mark.parametrize(
    ("text", "total"),
    [
        pytest.param("", 1, id="all"),
        pytest.param("CMDB.csv", 1, id="its file"),
        pytest.param("cmdb rvtools", 0, id="every word has to stand there"),
        pytest.param(".*", 0, id="no pattern"),
    ],
)
def test_rows_of_a_reason_are_searched(frames: TenantFrames, text: str, total: int) -> None:
    found = rows_aside(run_frames(frames), "no_identity", text, 0, 10)
    assert (found.total, found.rows.height) == (total, total)


def test_the_cells_of_a_row_stand_with_their_fields_and_how_many_say_the_same(frames: TenantFrames) -> None:
    cells = cells_of(run_frames(frames), RowPlace("cmdb", "cmdb.csv", "cmdb", 0))
    assert cells is not None
    assert [(c.header, c.field, c.raw, c.alike) for c in cells.cells][:2] == [
        ("Name", "hostname", "app01", 2), ("RAM", "memory_mib", "16 GB", 2),
    ]  # fmt: skip
    assert cells.mendable[:2] == ("hostname", "ip_address")


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(RowPlace("cmdb", "cmdb.csv", "cmdb", 99), id="a row that was never split"),
        pytest.param(RowPlace("other", "cmdb.csv", "cmdb", 0), id="a table that is gone"),
    ],
)
def test_a_row_without_cells_is_none(frames: TenantFrames, place: RowPlace) -> None:
    assert cells_of(run_frames(frames), place) is None


def test_disputes_come_by_what_settling_them_is_worth(frames: TenantFrames) -> None:
    run = with_inventory(frames)
    assert fields_in_dispute(run) == (("memory_mib", 1), ("os_name", 1))
    found = disputes(run, "", "", 0, 1)
    assert (found.total, found.rows["name"].to_list()) == (2, ["app01"])
    assert disputes(run, "os_name", "", 0, 10).rows["asset_id"].to_list() == [DB]
    assert disputes(run, "", "db01", 0, 10).rows["field"].to_list() == ["os_name"]


def test_an_inventory_of_an_older_release_lists_no_disputes(frames: TenantFrames) -> None:
    publish(frames, "inventory", {"inventory": inventory(), "lineage": lineage(), "origin": origin()})
    with pytest.raises(MissingFrame):
        fields_in_dispute(run_frames(frames))
    assert record_counts(run_frames(frames)).disputed is None


def test_pairs_come_the_most_doubtful_first_and_are_told_field_by_field(frames: TenantFrames) -> None:
    run = with_inventory(frames)
    found = pairs(run, "", "", 0, 10)
    assert found.rows.select("name_a", "name_b").rows() == [("Billing", "=db01"), ("app01", "=db01")]
    assert pairs(run, "", "app01", 0, 10).total == 1
    told = beside(run, APP, DB)
    by_field = {each.field: (each.one, each.other, each.how) for each in told.fields}
    assert by_field["memory_mib"] == (12288.0, 8192.0, "differs")
    assert by_field["storage_total_gib"] == (30.0, None, "one side")
    assert [len(rows) for rows in told.rows] == [5, 1]
    assert told.rows[1][0].line == 3


def test_types_come_the_least_sure_first_without_those_decided(frames: TenantFrames) -> None:
    run = with_inventory(frames)
    assert types_in_doubt(run) == (("virtual_machine", 1),)
    assert doubtful_types(run, "", "", 0, 10).rows["asset_id"].to_list() == [APP]
    assert doubtful_types(run, "database", "", 0, 10).total == 0


def test_what_an_asset_may_be_adds_up_and_has_its_reasons(frames: TenantFrames) -> None:
    run = with_inventory(frames)
    found = possible_types(run, APP)
    assert found[0].share == max(each.share for each in found)
    assert 0 < sum(each.share for each in found) <= 1.001
    assert any(each.reasons for each in found)
    assert possible_types(run, BILLING) == ()
