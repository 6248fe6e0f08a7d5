"""Counts for the checks and findings that a mapping gives rise to."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, MappingStatus, RawTable, TableKind
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.conflicts import Conflict
from discovery_pipeline.domain.mapping.evidence import profile_of
from discovery_pipeline.domain.mapping.listing import LISTED
from discovery_pipeline.domain.mapping.review import MappedTables, MappingReview, review_mapping
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline.domain.vocabulary.profile import profile_table
from discovery_pipeline_tests.domain.tables import raw_table

_COMPLETE = ("hostname", "os_name", "cpu_count", "memory_mib", "storage_total_gib", "environment", "business_owner")


def kind(record: RecordKind = "asset", table_no: int = 0) -> TableKind:
    return TableKind(table_no, record, "asset", None, 0.9)


def mapped(
    position: int,
    field: str | None,
    status: MappingStatus = "accepted",
    confidence: float = 0.6,
    method: str = "lexicon",
) -> ColumnMapping:
    return ColumnMapping(0, position, f"h{position}", field, confidence, status, method=method)


def blank_table(columns: int) -> RawTable:
    return raw_table({f"h{i}": [None] for i in range(columns)}, name="cmdb")


def reviewed(
    *mappings: ColumnMapping,
    record: RecordKind = "asset",
    table: RawTable | None = None,
    conflicts: tuple[Conflict, ...] = (),
    precision: float = 0.98,
) -> MappingReview:
    of = table or blank_table(len(mappings))
    kinds = [kind(record)]
    return review_mapping(MappedTables([of.info], kinds, mappings, propose([of], kinds).profiles, conflicts), precision)


def codes(review: MappingReview) -> list[str]:
    return [row["code"] for row in review.findings]


@pytest.mark.parametrize(
    ("record", "field", "without"),
    [
        pytest.param("asset", "hostname", 0, id="name"),
        pytest.param("asset", "ip_address", 0, id="address"),
        pytest.param("asset", "memory_mib", 1, id="only-a-fact"),
        pytest.param("relationship", "parent", 1, id="one-end-of-a-relation"),
    ],
)
def test_tables_whose_rows_nothing_identifies_are_counted_and_said(
    record: RecordKind, field: str, without: int
) -> None:
    review = reviewed(mapped(0, field), mapped(1, None, "unmapped"), record=record)

    assert review.facts["tables_without_identity"] == without
    assert codes(review).count("no_identity_column") == without


def test_a_field_of_another_record_is_unknown() -> None:
    assert reviewed(mapped(0, "hostname"), mapped(1, "cluster")).facts["unknown_fields"] == 0
    foreign = [mapped(0, "hostname"), mapped(1, "bytes", "unmapped")]
    table = blank_table(2)
    profiles = propose([table], [kind()]).profiles

    assert review_mapping(MappedTables([table.info], [kind()], foreign, profiles), 0.98).facts["unknown_fields"] == 1


def test_columns_in_doubt_are_named_with_their_place() -> None:
    review = reviewed(*[mapped(i, field) for i, field in enumerate(_COMPLETE)], mapped(7, "cluster", "review"))
    (found,) = review.findings

    assert (found["code"], found["file"], found["position"]) == ("review_mapping", "cmdb.csv", 7)
    assert "'h7' is taken as cluster with confidence 0.60" in found["detail"]


def test_a_table_of_many_doubtful_columns_is_a_count() -> None:
    found = reviewed(*[mapped(i, "cluster", "review") for i in range(300)]).findings
    doubts = [row for row in found if row["code"] == "review_mapping"]

    assert len(doubts) == LISTED + 1
    assert doubts[-1]["detail"] == f"{300 - LISTED} more columns of this table"
    assert (doubts[-1]["file"], doubts[-1]["position"]) == ("cmdb.csv", None)


def test_needed_facts_that_nothing_carries_are_said_once_for_all_tables() -> None:
    review = reviewed(mapped(0, "hostname"), mapped(1, "os_name"), mapped(2, "memory_mib"), mapped(3, "cpu_cores"))
    missing = [row for row in review.findings if row["code"] == "missing_field"]

    assert review.facts["missing_facts"] == len(missing) == 3
    assert all(row["file"] is None and row["advice"] for row in missing)
    assert any("storage in the target" in row["detail"] for row in missing)


def test_facts_of_another_table_or_of_details_are_not_missing() -> None:
    tables = [blank_table(2), raw_table({"h": [None]}, table_no=1), raw_table({"p": [None], "c": [None]}, table_no=2)]
    kinds = [kind(), TableKind(1, "asset", "detail", None, 0.9), kind("relationship", 2)]
    mappings = [
        *[ColumnMapping(0, i, "h", field, 0.9, "accepted") for i, field in enumerate(_COMPLETE) if i != 4],
        ColumnMapping(1, 0, "h", "storage_total_gib", 0.9, "accepted"),
    ]
    profiles = propose([raw_table({f"h{i}": [None] for i in range(7)}), *tables[1:]], kinds).profiles
    review = review_mapping(MappedTables([t.info for t in tables], kinds, mappings, profiles), 0.98)

    assert review.facts["missing_facts"] == 0


def test_a_tenant_without_assets_lacks_nothing_of_them() -> None:
    review = reviewed(mapped(0, "parent"), mapped(1, "child"), record="relationship")

    assert review.findings == []


@pytest.mark.parametrize(
    ("header", "cells", "field", "told"),
    [
        pytest.param("IP", ["yes", "no", "yes"], "ip_address", True, id="flags as addresses"),
        pytest.param("Serial", ["2024-01-31", "2024-02-29"], "serial_number", True, id="dates as serial numbers"),
        pytest.param("Seen", ["srv-01", "srv-02"], "last_seen", True, id="names as dates"),
        pytest.param("IP", ["10.0.0.1", "10.0.0.2"], "ip_address", False, id="addresses"),
        pytest.param("IP", [None, None], "ip_address", False, id="no value to judge"),
        pytest.param("Owner", ["Jo Doe", "Al Roe"], "business_owner", False, id="people"),
    ],
)
def test_values_that_contradict_the_field_are_said(
    header: str, cells: list[str | None], field: str, told: bool
) -> None:
    table = raw_table({header: cells})
    found = [row for row in reviewed(mapped(0, field), table=table).findings if row["code"] == "values_contradict"]

    assert [row["position"] for row in found] == ([0] if told else [])


def test_a_decision_is_questioned_but_is_no_forbidden_pair() -> None:
    table = raw_table({"Seen": ["srv-01", "srv-02"]})
    automatic = reviewed(mapped(0, "last_seen"), table=table)
    doubtful = reviewed(mapped(0, "last_seen", "review"), table=table)
    decided = reviewed(mapped(0, "last_seen", method="pattern"), table=table)

    assert [r.facts["forbidden_pairs"] for r in (automatic, doubtful, decided)] == [1, 0, 0]
    assert "values_contradict" in codes(decided)
    assert "by an analyst's decision" in next(r["detail"] for r in decided.findings if r["code"] == "values_contradict")


def test_conflicts_are_counted_and_said() -> None:
    conflict = Conflict(mapped(0, "hostname"), mapped(1, "hostname"), 10, 9, (("xx-99", "XX"),))
    review = reviewed(mapped(0, "hostname"), mapped(1, "hostname"), conflicts=(conflict,))

    assert review.facts["conflicting_columns"] == 1
    assert "conflicting_columns" in codes(review)


@pytest.mark.parametrize(
    ("confidences", "precision", "shortfall"),
    [
        pytest.param([0.99, 0.98], 0.98, 0.0, id="within the budget"),
        pytest.param([0.97, 0.97], 0.98, 0.01, id="crowded at the threshold"),
        pytest.param([0.99, 0.99], 0.995, 0.0, id="no more than any confidence can be"),
        pytest.param([], 0.98, 0.0, id="nothing accepted"),
    ],
)
def test_the_budget_is_kept_on_average(confidences: list[float], precision: float, shortfall: float) -> None:
    columns = [mapped(i, "hostname", confidence=c) for i, c in enumerate(confidences)]
    decided = mapped(len(columns), "cluster", confidence=0.6, method="pattern")

    assert reviewed(*columns, decided, precision=precision).facts["precision_shortfall"] == pytest.approx(shortfall)


def test_the_share_of_accepted_columns_leaves_unmapped_ones_out() -> None:
    share = reviewed(mapped(0, "hostname"), mapped(1, "cluster", "review"), mapped(2, None, "unmapped")).facts

    assert share["accepted_share"] == 0.5
    assert reviewed(mapped(0, None, "unmapped")).facts["accepted_share"] == 1.0


def test_a_profile_comes_back_from_its_row() -> None:
    table = raw_table({"IP": ["10.0.0.1", "10.0.0.2", None], "RAM": ["8", "16", "32"]})
    rows = propose([table], [kind()]).profiles.sort("position").iter_rows(named=True)

    assert [profile_of(row) for row in rows] == profile_table(table)
