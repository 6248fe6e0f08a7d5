"""The rows behind a failed check: found by the rule that failed, paged, with their asset, only where they still are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from discovery_pipeline.files.frames import FrameStore, TenantFrames
from discovery_pipeline.quality.suites import suites
from discovery_pipeline.services.quality.evidence import JUDGED_PARTS, OF_FACTS, RECORDS
from discovery_pipeline.services.quality.failing import count_failing, failing_csv, failing_rows
from discovery_pipeline.store.quality import CheckResult, RuleResult
from discovery_pipeline_tests.services.hand_built import APP, DB, inventory, lineage, origin, publish, publish_estate

RANGE = RuleResult("memory_mib_between", "memory_mib", False, 1, None, "")


@pytest.fixture
def frames(tmp_path: Path) -> TenantFrames:
    """The estate with a server of negative memory in the records and in the inventory."""
    opened = FrameStore(str(tmp_path)).open("acme")
    publish_estate(opened)
    parts = {part: opened.scan(RECORDS, part).collect() for part in opened.parts(RECORDS)}
    parts["t0000"] = parts["t0000"].with_columns(
        memory_mib=pl.when(pl.col("row") == 1).then(pl.lit(-8192.0)).otherwise("memory_mib")
    )
    publish(opened, RECORDS, parts)
    wrong = inventory().with_columns(memory_mib=pl.when(pl.col("asset_id") == DB).then(-1.0).otherwise("memory_mib"))
    publish(opened, "inventory", {"inventory": wrong, "lineage": lineage(), "origin": origin()})
    return opened


def result(frames: TenantFrames, asset: str, check: str, **changes: object) -> CheckResult:
    version = frames.version(asset) or ""
    made = CheckResult("r1", "inventory", asset, check, version, False, False, True, 3, 1, ())
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_record_tells_its_file_row_value_and_asset(frames: TenantFrames) -> None:
    found = failing_rows(frames, result(frames, RECORDS, "values_plausible"), RANGE)
    row = found.row(0, named=True)
    assert len(found) == 1
    assert (row["name"], row["value"], row["file"], row["table"], row["row"], row["asset_id"]) == (
        "=db01", "-8192.0", "cmdb.csv", "cmdb", 1, DB,
    )  # fmt: skip


def test_an_asset_tells_its_name_and_value(frames: TenantFrames) -> None:
    of = result(frames, "inventory", "values_plausible")
    assert count_failing(frames, of, RANGE).total == 1
    assert failing_rows(frames, of, RANGE).to_dicts() == [{"name": "=db01", "value": "-1.0", "asset_id": DB}]


def test_rows_that_a_fact_counts_come_a_page_at_a_time(frames: TenantFrames) -> None:
    repeats = RuleResult("repeated_share_between", "repeated_share", False, 1, 0.3, "at most 20 %")
    of = result(frames, "inventory", "few_repeats")
    assert count_failing(frames, of, repeats).total == 1
    assert failing_rows(frames, of, repeats, 0, 5).select("file", "row", "asset_id").rows() == [("cmdb.csv", 2, APP)]
    assert failing_rows(frames, of, repeats, 1, 5).is_empty()


def test_no_cell_of_the_file_starts_a_formula(frames: TenantFrames) -> None:
    text = failing_csv(frames, result(frames, "inventory", "values_plausible"), RANGE).decode()
    assert "'=db01" in text
    assert "\n=db01" not in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"published": False}, "was not published"),
        ({"version": "000001-gone"}, "A newer run has replaced"),
    ],
    ids=["blocked", "replaced"],
)
def test_why_no_row_is_shown(frames: TenantFrames, changes: dict[str, object], words: str) -> None:
    found = count_failing(frames, result(frames, "inventory", "values_plausible", **changes), RANGE)
    assert found.total == 0
    assert words in found.why_not


def test_a_check_that_is_no_more_has_no_rows(frames: TenantFrames) -> None:
    assert "no single row" in count_failing(frames, result(frames, "inventory", "gone"), RANGE).why_not


def test_a_check_that_stopped_the_run_shows_what_came_before_it(frames: TenantFrames) -> None:
    tables = RuleResult("asset_tables_between", "asset_tables", False, 1, 0.0, "at least 1")
    of = result(frames, "export_findings", "inventory_present", published=False)
    assert failing_rows(frames, of, tables)["file"].to_list() == ["p.csv"]


def test_every_rule_of_the_suites_knows_where_its_rows_are() -> None:
    judged = {asset for asset, checks in suites().items() for check in checks if check.columns}
    assert judged <= {*JUDGED_PARTS, RECORDS}
    facts = {rule.column for checks in suites().values() for check in checks for rule in check.facts}
    assert OF_FACTS.keys() <= facts
