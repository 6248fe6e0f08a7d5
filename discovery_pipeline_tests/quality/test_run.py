"""Great Expectations judges small frames and counted violations alike."""

from datetime import datetime

import polars as pl
import pytest

from discovery_pipeline.domain.schema import fields
from discovery_pipeline.quality import run
from discovery_pipeline.quality.run import QualityReport, run_checks
from discovery_pipeline.quality.schema_rules import schema_rules
from discovery_pipeline.quality.suites import suites
from discovery_pipeline.quality.validation import BrokenCheck

GOOD_ID, OTHER_ID = "a_abcdefghijklmnopqrst", "a_bcdefghijklmnopqrstu"
CONSERVED = ("unaccounted_rows", "rows_counted_twice", "lineage_without_asset")
FACTS = {
    **dict.fromkeys(CONSERVED, 0), "columns_of_other_types": 0, "highest_conflict_rate": 0.1,
    "disagreeing_tables": 0, "repeated_share": 0.0, "unanswered_questions": 0, "answers_without_weight": 0,
}  # fmt: skip
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
    "more memory than there is": {"asset_id": [GOOD_ID], "memory_mib": [1e12]},
    "before there were machines": {"asset_id": [GOOD_ID], "install_date": [datetime(1970, 1, 1)]},
    "last day of the first year": {"asset_id": [GOOD_ID], "install_date": [datetime(1980, 12, 31, 23, 59)]},
    "centuries ahead": {"asset_id": [GOOD_ID], "warranty_end": [datetime(2399, 1, 1)]},
    "addresses as written": {"asset_id": [GOOD_ID], "ip_address": [["10.0.0.1", "2001:db8::7"]]},
    "a part above 255": {"asset_id": [GOOD_ID], "ip_address": [["10.0.0.1", "10.0.0.256"]]},
    "no addresses": {"asset_id": [GOOD_ID, OTHER_ID], "ip_address": [[], ["10.0.0.1"]]},
    "a short hardware address": {"asset_id": [GOOD_ID], "mac_address": [["00:1b:21:00:00"]]},
    "a uuid in capitals": {"asset_id": [GOOD_ID], "uuid": ["4C4C4544-0051-3010-8052-B4C04F4E3532"]},
    "a name without a domain": {"asset_id": [GOOD_ID], "fqdn": ["web01"]},
}
VERDICTS = {
    "id twice": {"one_id_per_asset"},
    "id missing": {"one_id_per_asset"},
    "id malformed": {"one_id_per_asset"},
    "unknown environment": {"values_plausible"},
    "negative memory": {"values_plausible"},
    "percent over 100": {"values_plausible"},
    "unknown type": {"classified"},
    "more memory than there is": {"values_plausible"},
    "before there were machines": {"values_plausible"},
    "centuries ahead": {"values_plausible"},
    "a part above 255": {"values_well_formed"},
    "a short hardware address": {"values_well_formed"},
    "a uuid in capitals": {"values_well_formed"},
    "a name without a domain": {"values_well_formed"},
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


@pytest.mark.parametrize("fact", CONSERVED)
def test_each_fact_can_fail(fact: str) -> None:
    report = run_checks("inventory", estate({"asset_id": [GOOD_ID]}), {**FACTS, fact: 1})
    assert failed(report) == {"rows_conserved"}


@pytest.mark.parametrize(
    ("fact", "value", "check", "blocking"),
    [
        ("columns_of_other_types", 1, "types_of_schema", True),
        ("highest_conflict_rate", 0.26, "sources_mostly_agree", False),
        ("disagreeing_tables", 1, "no_source_stands_alone", False),
        ("repeated_share", 0.21, "few_repeats", False),
    ],
)
def test_what_an_inventory_is_held_to(fact: str, value: float, check: str, blocking: bool) -> None:
    report = run_checks("inventory", estate({"asset_id": [GOOD_ID]}), {**FACTS, fact: value})
    assert failed(report) == {check}
    assert bool(report.blocking_failures) is blocking


CHANGE_FACTS = {
    "changes_told_twice": 0, "unexplained_assets": 0, "vanished_share": 0.0, "widest_change_share": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "change", "check", "blocking"),
    [
        ({}, "added", None, False),
        ({}, "renamed", "changes_well_formed", True),
        ({"changes_told_twice": 1}, "added", "changes_well_formed", True),
        ({"unexplained_assets": 1}, "added", "changes_add_up", True),
        ({"vanished_share": 0.3}, "added", None, False),
        ({"vanished_share": 0.31}, "added", "few_vanished", False),
        ({"widest_change_share": 0.51}, "added", "no_wholesale_change", False),
    ],
)
def test_what_changes_are_held_to(facts: dict[str, float], change: str, check: str | None, blocking: bool) -> None:
    rows = pl.DataFrame({"asset_id": [GOOD_ID], "change": [change]})
    report = run_checks("inventory_changes", rows, {**CHANGE_FACTS, **facts})
    assert failed(report) == ({check} if check else set())
    assert bool(report.blocking_failures) is blocking


def test_missing_fact_is_a_broken_check_not_bad_data() -> None:
    with pytest.raises(BrokenCheck, match="lineage_without_asset"):
        run_checks(
            "inventory",
            estate({"asset_id": [GOOD_ID]}),
            {name: value for name, value in FACTS.items() if name != "lineage_without_asset"},
        )


def test_crashed_expectation_is_a_broken_check_not_bad_data() -> None:
    with pytest.raises(BrokenCheck):
        run_checks("inventory", pl.DataFrame({"asset_id": [GOOD_ID], "memory_mib": ["much"]}), FACTS)


@pytest.mark.parametrize("limit", [run.FRAME_LIMIT, 0], ids=["on the frame", "on counts"])
def test_samples_show_what_failed(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "FRAME_LIMIT", limit)
    report = run_checks("inventory", estate({"asset_id": [GOOD_ID], "environment": ["prd"]}), FACTS)
    samples = [rule.samples for outcome in report.outcomes for rule in outcome.rules if not rule.passed]
    assert samples == [("prd",)]


@pytest.mark.parametrize("limit", [run.FRAME_LIMIT, 0], ids=["on the frame", "on counts"])
def test_of_a_list_the_item_that_failed_is_shown(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "FRAME_LIMIT", limit)
    addresses = [["10.0.0.1", "10.0.0.999", "10.0.0.2"], ["10.0.0.3"], None]
    frame = pl.DataFrame({"asset_id": [GOOD_ID, OTHER_ID, None], "ip_address": addresses})
    report = run_checks("inventory", frame, FACTS)
    (broken,) = [r for outcome in report.outcomes for r in outcome.rules if r.rule == "ip_address_matches"]
    assert (broken.violations, broken.samples) == (1, ("10.0.0.999",))


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
