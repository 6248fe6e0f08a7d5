"""What changed since the last run, and what is no longer there."""

from __future__ import annotations

from typing import Any

import polars as pl

from discovery_pipeline.domain.inventory.changes import Before
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome
from discovery_pipeline_tests.domain.inventory.builders import assets_of, changes, rerun, run
from discovery_pipeline_tests.domain.inventory.estate import clean_table


def _table(*rows: dict[str, Any]) -> Any:
    return clean_table(0, rows)


def _events(outcome: InventoryOutcome, since: InventoryOutcome | None) -> list[tuple[Any, ...]]:
    return changes(outcome, since).select("change", "field", "old", "new").rows()


def test_a_changed_value_is_named_with_old_and_new() -> None:
    first = run(_table({"hostname": "a1", "memory_mib": 4096.0, "application_name": ["B", "A"]}, {"hostname": "b1"}))
    second = rerun(
        first, _table({"hostname": "a1", "memory_mib": 8192.0, "application_name": ["A"]}, {"hostname": "b1"})
    )
    found = changes(second, first)
    own = found.filter(found["asset_id"] == assets_of(first)[(0, 0)])
    assert own.select("change", "field", "old", "new").rows() == [
        ("changed", "application_name", "A;B", "A"),
        ("changed", "memory_mib", "4096.0", "8192.0"),
    ]
    assert set(found.filter(found["asset_id"] != own["asset_id"][0])["change"]) == {"vanished"}


def test_a_vanished_asset_stays_with_its_last_values_and_can_return() -> None:
    first = run(_table({"hostname": "a1", "rack": "R1"}, {"hostname": "b1"}))
    second = rerun(first, _table({"hostname": "b1"}))
    gone = second.inventory.filter("vanished").to_dicts()[0]
    assert (gone["hostname"], gone["rack"], gone["record_count"], gone["first_run"]) == ("a1", "R1", 0, False)
    assert _events(second, first) == [("vanished", None, None, None)]
    third = run(_table({"hostname": "b1"}), registry=first.registry, baseline=second.inventory)
    assert changes(third, second).is_empty()
    assert third.inventory.filter("vanished")["hostname"].to_list() == ["a1"]
    fourth = run(
        _table({"hostname": "a1", "rack": "R1"}, {"hostname": "b1"}), registry=first.registry, baseline=third.inventory
    )
    assert _events(fourth, third) == [("returned", None, None, None)]
    assert not fourth.inventory["vanished"].any()


def test_a_new_asset_is_added_once() -> None:
    first = run(_table({"hostname": "a1"}))
    second = rerun(first, _table({"hostname": "a1"}, {"hostname": "b1"}))
    assert _events(second, first) == [("added", None, None, None)]
    assert dict(second.inventory.select("hostname", "first_run").iter_rows()) == {"a1": False, "b1": True}


def test_another_reading_of_the_same_files_leaves_no_vanished_asset_behind() -> None:
    first = run(_table({"hostname": "a1"}, {"hostname": "b1"}))
    second = rerun(first, _table({"hostname": "b1"}))
    misread = _table({"hostname": "b1"}, {"hostname": "of another column"})
    missing = second.inventory.filter("vanished").lazy()
    third = run(misread, registry=second.registry, before=Before(first.inventory, missing))
    fourth = run(_table({"hostname": "b1"}), registry=third.registry, before=Before(first.inventory, missing))
    assert fourth.inventory.filter("vanished")["hostname"].to_list() == ["a1"]
    assert len(fourth.inventory) == 2
    assert _events(fourth, third) == [("vanished", None, None, None)]
    assert dict(third.inventory.select("hostname", "first_run").iter_rows()) == {
        "a1": False, "b1": False, "of another column": True,
    }  # fmt: skip


def test_an_asset_that_became_part_of_another_is_told_so() -> None:
    uuid = "4c4c4544-0051-3010-8052-b4c04f4e3532"
    first = run(_table({"hostname": "a1"}, {"hostname": "b1", "uuid": uuid}))
    weaker, stronger = assets_of(first)[(0, 0)], assets_of(first)[(0, 1)]
    second = rerun(first, _table({"hostname": "a1", "uuid": uuid}))
    gone = changes(second, first).filter(pl.col("change") == "vanished")
    assert gone.rows() == [(weaker, "vanished", "asset_id", weaker, stronger)]
    assert second.inventory.filter("vanished")["asset_id"].to_list() == [weaker]
