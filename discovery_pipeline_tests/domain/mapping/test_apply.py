"""Raw columns under canonical names, the most trusted first, cells untouched."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, MappingStatus, TableKind
from discovery_pipeline.domain.mapping.apply import apply_mapping, by_trust
from discovery_pipeline_tests.domain.tables import raw_table

_KIND = TableKind(0, "asset", "asset", None, 0.9)


def _mapping(position: int, field: str | None, confidence: float, status: MappingStatus = "accepted") -> ColumnMapping:
    return ColumnMapping(0, position, f"h{position}", field, confidence, status, unit="GB" if position == 2 else None)


def test_columns_of_one_field_are_ordered_by_trust() -> None:
    table = raw_table({"h0": ["a"], "h1": ["b"], "h2": ["c"]})
    mappings = [_mapping(0, "hostname", 0.8, "review"), _mapping(1, "hostname", 0.99), _mapping(2, "hostname", 0.97)]

    applied = apply_mapping(table, _KIND, mappings)

    assert [(b.column, b.position) for b in applied.bindings] == [("hostname", 1), ("hostname#2", 2), ("hostname#3", 0)]
    assert applied.frame.collect().columns == ["row", "line", "hostname", "hostname#2", "hostname#3"]
    assert applied.frame.collect().row(0) == (0, 2, "b", "c", "a")


def test_of_columns_hardly_less_trusted_the_first_comes_first() -> None:
    mappings = [_mapping(0, "uuid", 0.96, "review"), _mapping(1, "uuid", 0.99), _mapping(2, "uuid", 0.85, "review")]

    assert [m.position for m in by_trust(list(reversed(mappings)), _KIND)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("product", "headers", "confidence", "first"),
    [
        ("rvtools", ("OS according to the configuration file", "OS according to the VMware Tools"), 0.99, 1),
        ("sccm", ("Operating_System_Name_and0", "Caption0"), 0.92, 1),
        ("sccm", ("Operating_System_Name_and0", "System Notes"), 0.55, 0),
        (None, ("OS according to the configuration file", "OS according to the VMware Tools"), 0.99, 0),
    ],
    ids=["what runs before what was configured", "the name before the kernel's", "a doubtful column", "no tool"],
)
def test_what_a_tool_knows_at_second_hand_comes_later(
    product: str | None, headers: tuple[str, str], confidence: float, first: int
) -> None:
    kind = TableKind(0, "asset", "asset", product, 0.9)
    mappings = [
        ColumnMapping(0, position, header, "os_name", sure, "accepted")
        for position, (header, sure) in enumerate(zip(headers, (0.99, confidence), strict=True))
    ]

    assert by_trust(mappings, kind)[0].position == first


def test_unmapped_columns_and_other_tables_are_left_out() -> None:
    table = raw_table({"h0": ["a"], "h1": [" B "]})
    foreign = ColumnMapping(7, 0, "h0", "tags", 0.9, "accepted")

    applied = apply_mapping(table, _KIND, [_mapping(0, None, 0.9, "unmapped"), _mapping(1, "tags", 0.9), foreign])

    assert applied.frame.collect().rows() == [(0, 2, " B ")]


def test_bindings_keep_what_cleansing_needs() -> None:
    applied = apply_mapping(raw_table({"h0": [], "h1": [], "h2": []}), _KIND, [_mapping(2, "memory_mib", 0.9)])

    binding = applied.bindings[0]
    assert (binding.field, binding.header, binding.unit, binding.confidence) == ("memory_mib", "h2", "GB", 0.9)


def test_a_table_without_mappings_keeps_its_rows() -> None:
    applied = apply_mapping(raw_table({"h0": ["a", "b"]}), _KIND, [])

    assert applied.frame.collect().shape == (2, 2)
