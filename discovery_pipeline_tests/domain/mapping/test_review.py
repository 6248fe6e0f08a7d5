"""Counts for the checks and findings that a mapping gives rise to."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, MappingStatus, TableInfo, TableKind
from discovery_pipeline.domain.mapping.review import mapping_counts, mapping_findings
from discovery_pipeline.domain.schema import RecordKind


def info(*headers: str) -> TableInfo:
    return TableInfo(0, "cmdb", "cmdb.csv", "cmdb", headers, 10)


def kind(record: RecordKind = "asset") -> TableKind:
    return TableKind(0, record, "asset", None, 0.9)


def mapped(position: int, field: str | None, status: MappingStatus = "accepted") -> ColumnMapping:
    return ColumnMapping(0, position, f"h{position}", field, 0.6, status)


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
    mappings = [mapped(0, field), mapped(1, None, "unmapped")]
    counts = mapping_counts(mappings, [kind(record)])
    codes = [f["code"] for f in mapping_findings(mappings, [info("h0", "h1")], [kind(record)])]
    assert counts == {"unknown_fields": 0, "tables_without_identity": without}
    assert codes == ["no_identity_column"] * without


def test_a_field_of_another_record_is_unknown() -> None:
    assert mapping_counts([mapped(0, "hostname"), mapped(1, "parent")], [kind()])["unknown_fields"] == 1


def test_columns_in_doubt_are_named_with_their_place() -> None:
    mappings = [mapped(0, "hostname"), mapped(1, "os_name", "review")]
    (found,) = mapping_findings(mappings, [info("h0", "h1")], [kind()])
    assert (found["code"], found["file"], found["position"]) == ("review_mapping", "cmdb.csv", 1)
    assert "'h1' is taken as os_name with confidence 0.60" in found["detail"]
