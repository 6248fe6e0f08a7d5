"""Types and values that people decided stand in the place of what the records say."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.inventory.decisions.corrected import typed_value
from discovery_pipeline.domain.learning.rules import AssetValueRule, Rules, Told, TypeRule
from discovery_pipeline_tests.domain.inventory.builders import asset, assets_of, run
from discovery_pipeline_tests.domain.inventory.estate import clean_table

TABLES = [
    clean_table(0, [{"hostname": "web01", "environment": "production"}], review=frozenset({"environment"})),
    clean_table(1, [{"hostname": "web01", "environment": "test"}]),
]
PLAIN = run(*TABLES)
ID = assets_of(PLAIN)[(0, 0)]
ANN, BOB = Told((3, 7), "ann", 0.97), Told((8,), "bob", 0.9)


def value(field: str, text: str | None, told: Told = ANN, asset_id: str = ID) -> Rules:
    return Rules(asset_values=(AssetValueRule(asset_id, field, text, told),))


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        pytest.param("environment", "development", "development", id="an enumeration"),
        pytest.param("memory_mib", "16384", 16384.0, id="a number that no table carries"),
        pytest.param("install_date", "2024-05-01", datetime(2024, 5, 1), id="a date"),
        pytest.param("ip_address", "10.0.0.2; 10.0.0.1", ["10.0.0.1", "10.0.0.2"], id="a list"),
        pytest.param("hostname", None, None, id="none"),
    ],
)
def test_a_decided_value_is_the_value(field: str, text: str | None, expected: object) -> None:
    outcome = run(*TABLES, rules=value(field, text))
    assert asset(outcome)[field] == expected
    assert outcome.origin.select(field, f"{field}__rule").rows() == [(None, "corrected")]
    assert outcome.corrected.rows() == [(ID, field, "corrections 3, 7 by ann")]
    assert asset(outcome)["asset_id"] == ID


def test_what_a_person_settled_is_neither_a_conflict_nor_for_review() -> None:
    outcome = run(*TABLES, rules=value("environment", "test"))
    assert PLAIN.findings["code"].to_list() == ["value_conflict"]
    assert asset(PLAIN)["review_fields"] == ["environment"]
    assert outcome.findings.is_empty()
    assert asset(outcome)["review_fields"] == []


def test_of_two_decisions_the_newer_one_is_the_value() -> None:
    rules = (AssetValueRule(ID, "rack", "R2", BOB), AssetValueRule(ID, "rack", "R1", ANN))
    outcome = run(*TABLES, rules=Rules(asset_values=rules))
    assert asset(outcome)["rack"] == "R2"
    assert outcome.corrected["told"].to_list() == ["correction 8 by bob"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        pytest.param("environment", "nonsense", id="not of the enumeration"),
        pytest.param("memory_mib", "much", id="not a number"),
        pytest.param("memory_mib", "nan", id="no number at all"),
        pytest.param("cpu_count", "4.5", id="not whole"),
        pytest.param("cpu_count", "99999999999999999999", id="too great"),
        pytest.param("install_date", "2024-05-01T00:00:00+02:00", id="with a zone"),
        pytest.param("is_template", "perhaps", id="neither true nor false"),
        pytest.param("colour", "red", id="no such field"),
    ],
)
def test_a_value_that_the_field_can_not_have_is_a_finding(field: str, text: str) -> None:
    outcome = run(*TABLES, rules=value(field, text))
    assert "correction_unusable" in outcome.findings["code"].to_list()
    assert_frame_equal(outcome.inventory, PLAIN.inventory)
    assert_frame_equal(outcome.origin, PLAIN.origin)
    assert outcome.corrected.is_empty()
    with pytest.raises(ValueError):
        typed_value(field, text)


def test_a_decided_type_and_how_far_it_is_trusted() -> None:
    outcome = run(*TABLES, rules=Rules(types=(TypeRule(ID, "network_device", BOB), TypeRule(ID, "storage", ANN))))
    assert (asset(outcome)["classified_type"], asset(outcome)["type_confidence"]) == ("network_device", 0.9)
    assert outcome.corrected.rows() == [(ID, "classified_type", "correction 8 by bob")]


def test_a_machine_that_is_an_application_gets_its_own_name() -> None:
    outcome = run(*TABLES, rules=Rules(types=(TypeRule(ID, "application", ANN),)))
    assert asset(outcome)["application_name"] == ["web01"]


def test_an_asset_that_is_only_named_and_one_that_vanished_are_corrected_too() -> None:
    table = clean_table(0, [{"hostname": "web01", "application_name": ["Billing"]}])
    first = run(table)
    ids = first.inventory["asset_id"].to_list()
    rules = Rules(
        types=tuple(TypeRule(each, "cloud_service", ANN) for each in ids),
        asset_values=tuple(AssetValueRule(each, "rack", "R1", ANN) for each in ids),
    )
    for outcome in (run(table, rules=rules), run(baseline=first.inventory, rules=rules)):
        assert set(outcome.inventory.select("classified_type", "rack").iter_rows()) == {("cloud_service", "R1")}
        assert len(outcome.corrected) == 4
        assert outcome.findings.is_empty()


def test_a_correction_of_an_asset_that_is_not_there_is_a_finding() -> None:
    rules = Rules(
        types=(TypeRule("a_gone", "storage", BOB),), asset_values=(AssetValueRule("a_gone", "rack", "R1", ANN),)
    )
    outcome = run(*TABLES, rules=rules)
    lost = outcome.findings.filter(pl.col("code") == "correction_without_target")
    assert lost["detail"].to_list() == [
        "the asset of corrections 3, 7 by ann is not in this inventory",
        "the asset of correction 8 by bob is not in this inventory",
    ]
    assert_frame_equal(outcome.inventory, PLAIN.inventory)
    assert outcome.corrected.is_empty()
