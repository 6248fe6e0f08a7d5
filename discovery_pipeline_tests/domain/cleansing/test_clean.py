from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.domain.cleansing import CleanParams, clean
from discovery_pipeline.domain.cleansing import rules as engine
from discovery_pipeline.domain.handoffs import FINDINGS, RECORD_KEY, RULE_COUNTS, SET_ASIDE
from discovery_pipeline.domain.schema import clean_schema, fields
from discovery_pipeline_tests.domain.cleansing.tables import Column, canonical, codes, outcome, rules, values

_SLICED = CleanParams(distinct_limit=1, slice_rows=3, in_memory_rows=0)
_DIRTY = (
    Column("hostname", ["SRV01.corp.example.com", " srv02 ", "n/a", "SRV04", None, "10.0.0.9", "srv07", "SRV07"]),
    Column("memory_mib", ["16", "8 GB", "x", "-1", "16", "32", "", "64"], unit="GB"),
    Column("storage_total_gib", ["1.024,5", "2.048", "77", None, "1", "2", "3", "4"], unit="GB"),
    Column("ip_address", ["10.0.0.1/24", "10.0.0.1;10.0.0.2", "", "x", "127.0.0.1", "-", "10.0.0.7", "10.0.0.7"]),
    Column("install_date", ["25/12/2023", "01/02/2024", "", "2024-01-01", "never", "45292", "x", "1/3/24"]),
    Column("environment", ["Prod", "Blue", "?", "DEV", "uat", "Prod", "Prod", "Prod"]),
    Column("is_virtual", ["yes", "no", "", "virtual", "P", "maybe", "1", "0"]),
    Column("application_name", ["A; B", "A", "", None, "C|C", "D", "E", "F"]),
)


def test_the_clean_frame_has_the_schema_s_types_and_order() -> None:
    result = outcome(*_DIRTY)
    schema = result.table.frame.collect_schema()
    assert dict(schema) == {**RECORD_KEY, **{n: t for n, t in clean_schema("asset").items() if n in schema}}
    assert [n for n in schema if n not in RECORD_KEY] == [n for n in fields("asset") if n in schema]
    assert dict(result.set_aside.schema) == SET_ASIDE
    assert dict(result.findings.schema) == FINDINGS
    assert dict(result.rule_counts.schema) == RULE_COUNTS


@pytest.mark.parametrize("record", ["asset", "connection"])
def test_every_field_of_the_schema_can_be_cleaned(record: str) -> None:
    kind = "asset" if record == "asset" else "connection"
    columns = [Column(name, ["1", "abc", "10.0.0.1", None]) for name in fields(kind)]
    frame = clean(canonical(*columns, record=kind)).table.frame.collect()
    assert dict(frame.schema) == {**RECORD_KEY, **clean_schema(kind)}


def test_many_distinct_values_give_what_few_give() -> None:
    table = canonical(*_DIRTY)
    few, many = clean(table), clean(table, params=_SLICED)
    assert_frame_equal(few.table.frame.collect(), many.table.frame.collect())
    assert_frame_equal(few.set_aside, many.set_aside)
    assert_frame_equal(few.rule_counts, many.rule_counts)
    assert_frame_equal(few.findings, many.findings)


def test_conditions_asked_one_by_one_give_what_those_asked_at_once_give(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = clean(canonical(*_DIRTY))
    monkeypatch.setattr(engine, "_FEW_ROWS", 0)
    one_by_one = clean(canonical(*_DIRTY))
    assert_frame_equal(at_once.table.frame.collect(), one_by_one.table.frame.collect())
    assert_frame_equal(at_once.rule_counts, one_by_one.rule_counts)
    assert_frame_equal(at_once.findings, one_by_one.findings)


def test_the_frame_streams_into_parquet_in_row_order(tmp_path: Path) -> None:
    result = clean(canonical(*_DIRTY), params=_SLICED)
    result.table.frame.sink_parquet(tmp_path / "clean.parquet")
    written = pl.read_parquet(tmp_path / "clean.parquet")
    assert written.get_column("row").to_list() == [0, 1, 3, 4, 5, 6, 7]
    assert_frame_equal(written, result.table.frame.collect())


def test_twice_the_same_to_the_byte() -> None:
    first, second = outcome(*_DIRTY), outcome(*_DIRTY)
    assert first.table.frame.collect().equals(second.table.frame.collect())
    assert first.findings.equals(second.findings)
    assert first.rule_counts.equals(second.rule_counts)


def test_an_asset_without_any_identity_is_set_aside() -> None:
    result = clean(
        canonical(
            Column("hostname", ["a", "-", "n/a", None]),
            Column("ip_address", [None, "127.0.0.1", "10.0.0.1", None]),
            Column("os_name", ["RHEL", "RHEL", "RHEL", "RHEL"]),
        )
    )
    assert result.set_aside.select("table_no", "row", "line", "reason", "disposition").rows() == [
        (7, 1, 3, "no_identity", "quarantined"), (7, 3, 5, "no_identity", "quarantined"),
    ]  # fmt: skip
    assert result.table.frame.collect().get_column("row").to_list() == [0, 2]


def test_an_application_is_identified_by_its_name() -> None:
    result = clean(canonical(Column("application_name", ["Payroll", "?"]), Column("cost", ["1", "2"])))
    assert result.set_aside.get_column("row").to_list() == [1]


def test_a_table_without_any_identity_column_is_set_aside_whole() -> None:
    result = clean(canonical(Column("os_name", ["RHEL", "SLES"])))
    assert result.set_aside.get_column("row").to_list() == [0, 1]
    assert result.table.frame.collect().height == 0


def test_a_relationship_needs_both_ends() -> None:
    result = clean(canonical(Column("parent", ["a", "", "c"]), Column("child", ["b", "b", "-"]), record="relationship"))
    assert result.set_aside.select("row", "reason", "detail").rows() == [
        (1, "missing_end", "no parent"), (2, "missing_end", "no child"),
    ]  # fmt: skip


def test_a_connection_needs_a_name_or_an_address_on_each_side() -> None:
    result = clean(
        canonical(
            Column("source_ip", ["10.0.0.1", "10.0.0.1", "", ""]),
            Column("destination_ip", ["10.0.0.2", "", "10.0.0.2", ""]),
            Column("destination_host", ["", "srv", "", ""]),
            record="connection",
        )
    )
    assert result.set_aside.select("row", "reason").rows() == [(2, "missing_end"), (3, "missing_end")]


def test_a_bad_cell_never_costs_its_row() -> None:
    result = outcome(Column("memory_mib", ["garbage"]), Column("install_date", ["garbage"]), Column("uuid", ["?"]))
    assert result.set_aside.is_empty()
    assert result.table.frame.collect().height == 1


def test_of_several_columns_the_first_value_wins_each_with_its_own_unit() -> None:
    result = outcome(
        Column("memory_mib", ["16", "x", "", "8"], "RAM (GB)", "GB"),
        Column("memory_mib", ["1024", "2048", "4096", "8192"], "RAM (MB)", "MB"),
    )
    assert values(result, "memory_mib") == [16384, 2048, 4096, 8192]
    assert result.rule_counts.filter(pl.col("rule") == "unit_gb_to_mib").get_column("position").to_list() == [0]


def test_cores_per_socket_become_the_total_where_the_sockets_are_known() -> None:
    result = outcome(Column("cpu_cores", ["8", "4"], transform="per_socket"), Column("cpu_sockets", ["2", ""]))
    assert values(result, "cpu_cores") == [16, None]
    assert values(result, "cores_per_socket") == [8, 4]
    assert "per_socket" not in result.table.frame.collect_schema()


def test_rules_are_counted_in_cells_of_the_column() -> None:
    result = outcome(Column("environment", ["Prod", "Prod", "DEV", "production", None]))
    assert rules(result, "environment") == {"enum_environment_synonym": 3}


def test_one_finding_a_column_and_code_with_the_most_frequent_values() -> None:
    cells = ["b"] * 3 + ["a"] * 3 + ["c"] * 2 + ["d", "5"]
    result = outcome(Column("disk_count", cells, "Disks"))
    [row] = result.findings.rows(named=True)
    assert row["detail"] == '9 cells of column "Disks" (disk_count): no number; left empty; "a" (3), "b" (3), "c" (2)'
    assert (row["file"], row["table"], row["position"], row["phase"]) == ("export.csv", "export", 0, "cleansing")


def test_fields_that_rest_on_a_review_mapping_are_named() -> None:
    table = canonical(Column("hostname", ["a"]), Column("os_name", ["RHEL"]))
    doubtful = replace(table.bindings[1], status="review")
    assert clean(replace(table, bindings=(table.bindings[0], doubtful))).table.review == {"os_name"}


def test_a_table_without_rows() -> None:
    result = clean(canonical(Column("hostname", []), Column("memory_mib", []), Column("install_date", [])))
    assert result.table.frame.collect().columns == [*RECORD_KEY, "hostname", "memory_mib", "install_date"]
    assert codes(result) == []


def test_no_rule_fires_on_what_is_clean_already() -> None:
    """Text, names, dates and choices; what sizes and lists become is no text that a source writes."""
    dirty = [
        Column("hostname", ["SRV01.corp.example.com", "CORP\\SRV02", "srv03 (old)", "10.0.0.9"]),
        Column("serial_number", ["s/n: abc1234", "VMware-42 1c", "XYZ", "q-1"]),
        Column("uuid", ["{4C4C4544-0034-3010-8054-B4C04F4E4332}", "4C4C4544003430108054B4C04F4E4333", None, "x"]),
        Column("os_name", ["Win2k16 Std", "RHEL 7.9", "CentOS 4/5/6/7 (64-bit)", "Windows 2016 / RHEL 7"]),
        Column("os_version", ["10.0 (17763)", "7.9 (Maipo)", "SLES 12 SP5", "5.15.0-91-generic"]),
        Column("os_architecture", ["AMD64", "64 Bit", "aarch64", "Z80"]),
        Column("manufacturer", ["DELL", "Hewlett-Packard Company", "VMWARE, INC.", "Muster AG"]),
        Column("model", ["dell r740", "DL380 G10", "VMware7,1", "Z"]),
        Column("environment", ["PRD", "DEV01", "Abnahme", "Blue"]),
        Column("location", ["Z\u00c3\u00bcrich", " Berlin\u00a0", "D\x81sseldorf", "A &amp; B"]),
        Column("contact_email", ["Jane <Jane@Example.com>", "a (at) example.com", None, None]),
    ]
    once = outcome(*dirty)
    again = [Column(c.field, values(once, c.field)) for c in dirty]
    twice = outcome(*again)
    assert twice.rule_counts.filter(pl.col("rule") != "ip_from_name").is_empty()
    assert [values(twice, c.field) for c in again] == [list(c.cells) for c in again]
