"""Great Expectations judges small frames and counted violations alike."""

import polars as pl
import pytest

from discovery_pipeline.domain.schema import fields
from discovery_pipeline.quality import run
from discovery_pipeline.quality.run import QualityReport, run_checks
from discovery_pipeline.quality.suites import schema_rules, suites
from discovery_pipeline.quality.validation import BrokenCheck

GOOD_ID = "a_abcdefghijklmnopqrst"
FACTS = {"unaccounted_rows": 0, "rows_counted_twice": 0, "lineage_without_asset": 0}
ESTATES = {
    "clean": {"asset_id": [GOOD_ID], "environment": ["production"], "memory_mib": [4096.0]},
    "nulls are no violations": {"asset_id": [GOOD_ID], "environment": [None], "memory_mib": [None]},
    "id twice": {"asset_id": [GOOD_ID, GOOD_ID]},
    "id missing": {"asset_id": [GOOD_ID, None]},
    "id malformed": {"asset_id": ["A_1"]},
    "unknown environment": {"asset_id": [GOOD_ID], "environment": ["prd"]},
    "negative memory": {"asset_id": [GOOD_ID], "memory_mib": [-1.0]},
    "percent over 100": {"asset_id": [GOOD_ID], "cpu_peak_pct": [101.0]},
    "unknown type": {"asset_id": [GOOD_ID], "classified_type": ["device"]},
}
VERDICTS = {
    "id twice": {"one_id_per_asset"},
    "id missing": {"one_id_per_asset"},
    "id malformed": {"one_id_per_asset"},
    "unknown environment": {"values_plausible"},
    "negative memory": {"values_plausible"},
    "percent over 100": {"values_plausible"},
    "unknown type": {"classified"},
}


def estate(cells: dict[str, list[object]]) -> pl.DataFrame:
    return pl.DataFrame(cells, schema_overrides={"environment": pl.String, "memory_mib": pl.Float64})


def failed(report: QualityReport) -> set[str]:
    return {outcome.check.name for outcome in report.outcomes if not outcome.passed}


@pytest.mark.parametrize("limit", [run.FRAME_LIMIT, 0], ids=["on the frame", "on counts"])
@pytest.mark.parametrize("name", ESTATES)
def test_both_ways_give_the_verdict(name: str, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "FRAME_LIMIT", limit)
    report = run_checks("inventory", estate(ESTATES[name]), FACTS)
    assert failed(report) == VERDICTS.get(name, set())


def test_blocking_failures_are_told_apart() -> None:
    report = run_checks("inventory", estate({"asset_id": ["x"], "environment": ["prd"]}), FACTS)
    assert [outcome.check.name for outcome in report.blocking_failures] == ["one_id_per_asset"]


@pytest.mark.parametrize("fact", FACTS)
def test_each_fact_can_fail(fact: str) -> None:
    report = run_checks("inventory", estate({"asset_id": [GOOD_ID]}), {**FACTS, fact: 1})
    assert failed(report) == {"rows_conserved"}


def test_missing_fact_is_a_broken_check_not_bad_data() -> None:
    with pytest.raises(BrokenCheck, match="lineage_without_asset"):
        run_checks("inventory", estate({"asset_id": [GOOD_ID]}), {"unaccounted_rows": 0, "rows_counted_twice": 0})


def test_crashed_expectation_is_a_broken_check_not_bad_data() -> None:
    with pytest.raises(BrokenCheck):
        run_checks("inventory", pl.DataFrame({"asset_id": [GOOD_ID], "memory_mib": ["much"]}), FACTS)


@pytest.mark.parametrize("limit", [run.FRAME_LIMIT, 0], ids=["on the frame", "on counts"])
def test_samples_show_what_failed(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "FRAME_LIMIT", limit)
    report = run_checks("inventory", estate({"asset_id": [GOOD_ID], "environment": ["prd"]}), FACTS)
    samples = [rule.samples for outcome in report.outcomes for rule in outcome.rules if not rule.passed]
    assert samples == [("prd",)]


@pytest.mark.parametrize("record", ["asset", "connection"])
def test_every_enum_of_the_schema_has_a_rule(record: str) -> None:
    enums = {name for name, field in fields(record).items() if field.choices}
    assert {rule.column for rule in schema_rules(record) if rule.kind == "in_set"} == enums


def test_every_check_consists_of_something() -> None:
    assert all(check.columns or check.facts for checks in suites().values() for check in checks)


MAPPING_FACTS = {
    "unknown_fields": 0, "columns_without_decision": 0, "tables_without_identity": 0, "missing_facts": 0,
    "accepted_share": 1.0, "precision_shortfall": 0.0, "forbidden_pairs": 0, "conflicting_columns": 0,
    "patterns_without_provenance": 0, "contradicting_strong_patterns": 0, "recalled_miscalibration": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "value", "check", "blocking"),
    [
        ("accepted_share", 0.5, None, False),
        ("accepted_share", 0.49, "mostly_accepted", False),
        ("precision_shortfall", 0.001, "accepted_within_budget", False),
        ("forbidden_pairs", 1, "no_forbidden_pairs", False),
        ("conflicting_columns", 1, "no_conflicting_columns", False),
        ("missing_facts", 1, "needed_facts_mapped", False),
        ("unknown_fields", 1, "mapping_well_formed", True),
        ("patterns_without_provenance", 1, "patterns_have_provenance", True),
        ("contradicting_strong_patterns", 1, "no_contradicting_strong_patterns", False),
        ("recalled_miscalibration", 0.05, None, False),
        ("recalled_miscalibration", 0.051, "recalled_patterns_calibrated", False),
    ],
)
def test_what_a_mapping_is_held_to(fact: str, value: float, check: str | None, blocking: bool) -> None:
    report = run_checks("column_mapping", None, {**MAPPING_FACTS, fact: value})

    assert failed(report) == ({check} if check else set())
    assert bool(report.blocking_failures) is blocking
