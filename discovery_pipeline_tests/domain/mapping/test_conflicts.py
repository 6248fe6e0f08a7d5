"""Columns that carry one field: when they disagree, which of them is believed, what is read for it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, RawTable, TableKind
from discovery_pipeline.domain.mapping.conflicts import Conflict, ConflictParams, conflict_findings, conflicting_columns
from discovery_pipeline.domain.schema import RecordKind
from discovery_pipeline_tests.domain.tables import raw_table

_NAMES = [f"srv-{i:02d}" for i in range(10)]
_FQDNS = [f"{name}.corp.example" for name in _NAMES]
_NO_UNITS = (None, None)


def _conflicts(
    field: str,
    first: Sequence[str | None],
    second: Sequence[str | None],
    units: tuple[str | None, str | None] = (None, None),
    record: RecordKind = "asset",
) -> list[Conflict]:
    table = raw_table({"A": first, "B": second})
    mappings = [
        ColumnMapping(0, position, header, field, 0.99 - position / 10, "accepted", unit=units[position])
        for position, header in enumerate("AB")
    ]
    return conflicting_columns([table], [TableKind(0, record, "asset", None, 0.9)], mappings)


@pytest.mark.parametrize(
    ("field", "first", "second", "units"),
    [
        pytest.param("hostname", _NAMES, [name.upper() for name in _FQDNS], _NO_UNITS, id="host and fqdn"),
        pytest.param("fqdn", _FQDNS, _NAMES, _NO_UNITS, id="fqdn and host"),
        pytest.param("hostname", ["10.0.0.1"] * 6, ["10.0.0.1"] * 6, _NO_UNITS, id="addresses as names"),
        pytest.param("uuid", ["AA-bb-01"] * 6, ["aabb01"] * 6, _NO_UNITS, id="punctuation"),
        pytest.param("source_id", ["aa-01:vm-7"] * 6, ["vm-7"] * 6, _NO_UNITS, id="one id in another"),
        pytest.param("memory_mib", ["16", "32"] * 5, ["16384", "32.768"] * 5, ("GiB", "MiB"), id="units of headers"),
        pytest.param("memory_mib", ["16 GB"] * 6, ["16384 MB", "16384"] * 3, (None, "MiB"), id="units of cells"),
        pytest.param("storage_total_gib", ["1,5", "2"] * 5, ["1.50", "2.0"] * 5, ("TB", "TiB"), id="decimal signs"),
        pytest.param("memory_mib", ["16", "32"] * 5, ["1", "2"] * 5, _NO_UNITS, id="units unknown"),
        pytest.param("cpu_count", ["4", "8"] * 5, ["4.0", "8 "] * 5, _NO_UNITS, id="counts"),
        pytest.param("last_seen", ["2024-05-31"] * 6, ["31.05.24", "5/31/2024 8:00"] * 3, _NO_UNITS, id="dates"),
        pytest.param("last_seen", ["2024-05-31"] * 6, ["May 4th 2023"] * 6, _NO_UNITS, id="dates in words"),
        pytest.param("environment", ["Production", "Test"] * 5, ["P", "T"] * 5, _NO_UNITS, id="two vocabularies"),
        pytest.param("environment", ["Prod", "UAT", "Test"] * 4, ["P", "T", "T"] * 4, _NO_UNITS, id="a coarser one"),
        pytest.param("os_name", ["Windows 2019"] * 6, ["Windows Server 2019 (x64)"] * 6, _NO_UNITS, id="longer text"),
        pytest.param("business_owner", ["Doe, Jo"] * 6, ["Jo Doe"] * 6, _NO_UNITS, id="order of words"),
        pytest.param("ip_address", ["10.0.0.1"] * 6, ["10.9.9.9"] * 6, _NO_UNITS, id="lists are united"),
        pytest.param("tags", ["a"] * 6, ["b"] * 6, _NO_UNITS, id="remarks add up"),
        pytest.param("hostname", _NAMES, [None] * 6 + ["x"] * 4, _NO_UNITS, id="too few rows to tell"),
        pytest.param("hostname", _NAMES, [*_NAMES[:8], "x", "y"], _NO_UNITS, id="a fifth"),
    ],
)  # fmt: skip
def test_columns_that_say_the_same_do_not_conflict(
    field: str, first: list[str | None], second: list[str | None], units: tuple[str | None, str | None]
) -> None:
    assert _conflicts(field, first, second, units) == []


@pytest.mark.parametrize(
    ("field", "first", "second", "units", "differ"),
    [
        pytest.param("hostname", _NAMES, [*_NAMES[:7], "x", "y", "z"], _NO_UNITS, 3, id="three of ten names"),
        pytest.param("fqdn", _FQDNS, [f"{n}.b.example" for n in _NAMES], _NO_UNITS, 10, id="domains"),
        pytest.param("hostname", ["10.0.0.1"] * 6, ["10.0.0.2"] * 6, _NO_UNITS, 6, id="addresses as names"),
        pytest.param("memory_mib", ["16"] * 6, ["8192"] * 6, ("GiB", "MiB"), 6, id="amounts"),
        pytest.param("cpu_count", ["4"] * 6, ["8"] * 6, _NO_UNITS, 6, id="counts"),
        pytest.param("last_seen", ["2024-05-31"] * 6, ["2024-04-30"] * 6, _NO_UNITS, 6, id="dates"),
        pytest.param("environment", ["prod", "test"] * 5, ["test", "prod"] * 5, _NO_UNITS, 10, id="one vocabulary"),
        pytest.param("is_virtual", ["y", "n"] * 6, ["vm", "vm", "hw", "hw"] * 3, _NO_UNITS, 6, id="no translation"),
        pytest.param("os_name", ["Windows Server 2019"] * 6, ["Windows Server 2012"] * 6, _NO_UNITS, 6, id="releases"),
        pytest.param("business_owner", ["Jo Doe"] * 6, ["Al Roe"] * 6, _NO_UNITS, 6, id="people"),
    ],
)  # fmt: skip
def test_columns_that_say_different_things_conflict(
    field: str, first: list[str], second: list[str], units: tuple[str | None, str | None], differ: int
) -> None:
    (found,) = _conflicts(field, first, second, units)

    assert (found.trusted.header, found.other.header) == ("A", "B")
    assert found.differ == differ


def test_only_rows_filled_in_both_columns_count() -> None:
    (found,) = _conflicts("hostname", [*_NAMES, "a", None], ["x"] * 5 + [None, " "] + _NAMES[7:] + ["b", "c"])

    assert (found.both, found.differ) == (9, 6)


def test_a_finding_names_counts_the_trusted_column_and_no_cell() -> None:
    kind = TableKind(0, "asset", "asset", None, 0.9)
    found = _conflicts("serial_number", [f"SN1{i}" for i in range(9)], [f"ZZ9{i}x" for i in range(9)])
    info = raw_table({"A": ["x"], "B": ["y"]}).info
    (row,) = conflict_findings(found, {0: kind}, {0: info})

    assert (row["code"], row["severity"], row["position"], row["file"]) == (
        "conflicting_columns",
        "warning",
        1,
        "t.csv",
    )
    assert "differ in 9 of 9 rows" in row["detail"]
    assert "'XX99' and 'XX99x'" in row["detail"]
    assert "SN1" not in row["detail"]
    assert row["advice"].startswith("'A' is trusted")


def test_tables_without_rival_columns_are_not_read() -> None:
    def refuse(frame: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError("read")

    table = raw_table({"A": _NAMES, "B": _NAMES})
    unread = RawTable(table.info, table.frame.map_batches(refuse))
    mappings = [
        ColumnMapping(0, 0, "A", "hostname", 0.9, "accepted"),
        ColumnMapping(0, 1, "B", "cluster", 0.9, "accepted"),
    ]

    assert conflicting_columns([unread], [TableKind(0, "asset", "asset", None, 0.9)], mappings) == []


def test_the_columns_compared_in_a_table_are_bounded() -> None:
    table = raw_table({f"h{i}": [f"{i}-{row}" for row in range(6)] for i in range(6)})
    mappings = [ColumnMapping(0, i, f"h{i}", "cluster", 0.9, "accepted") for i in range(6)]
    kinds = [TableKind(0, "asset", "asset", None, 0.9)]

    assert len(conflicting_columns([table], kinds, mappings)) == 5
    assert len(conflicting_columns([table], kinds, mappings, ConflictParams(pairs=2))) == 2


def test_examples_that_look_the_same_without_their_content_are_not_shown() -> None:
    rows = [(f"SN{i:05d}", f"SN{i + 500:05d}") for i in range(10)]
    alike, unlike = (
        _conflicts("serial_number", *zip(*cells, strict=True))[0].examples
        for cells in (rows, [*rows[:-1], ("SN00009", "4711")])
    )
    assert alike == ()
    assert unlike == (("XX99999", "9999"),)
