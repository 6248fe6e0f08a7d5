from __future__ import annotations

import pytest

from discovery_pipeline.services.delivery.source_names import default_source, series_of, table_series_of


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("cmdb_export_2025-03-01 (2).csv", "cmdb_export"),
        ("RVTools_export_all_20250301.xlsx", "RVTools_export_all"),
        ("RVTools_export_all_2025-03-01_10.22.33.xlsx", "RVTools_export_all"),
        ("servers-2025Q1-v2.csv", "servers"),
        ("20250301_cmdb.csv", "cmdb"),
        ("servers20250301.csv", "servers"),
        ("vm_export_31.12.2024.csv", "vm_export"),
        ("inventory 01 March 2025.xlsx", "inventory"),
        ("inventory_Mar-2025.csv", "inventory"),
        ("report_2025-W12.csv", "report"),
        ("cmdb_20250301T120000Z_full.csv", "cmdb_full"),
        ("cmdb-2025.03.01-1530.csv", "cmdb"),
        ("1740787200_scan.json", "scan"),
        ("data_20250301_20250331.csv", "data"),
        ("cmdb (2025-03-01).csv", "cmdb"),
        ("Übersicht_Stand_01.02.2025.xlsx", "Übersicht_Stand"),
        ("Copy of servers (3).xlsx", "servers"),
        ("servers - Copy (2).csv", "servers"),
        ("flows_part1.csv.gz", "flows"),
        ("flows-001.ndjson", "flows"),
        ("archive.tar.gz", "archive"),
        ("market_2025.csv", "market"),
        ("servers.csv", "servers"),
        ("srv01.csv", "srv01"),
        ("dc1-hosts.csv", "dc1-hosts"),
        ("north.servers.csv", "north.servers"),
        ("server_v2.1_final.csv", "server_v2.1_final"),
        ("may.csv", "may"),
        ("v2.csv", "v2"),
        ("no extension", "no extension"),
    ],
)
def test_dates_and_counters_go_the_rest_stays(file: str, source: str) -> None:
    assert default_source(file) == source
    assert default_source(f"folder/{file}") == source


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("cmdb/2025-03-01.csv", "cmdb"),
        ("cmdb/2025/03/2025-03-01.csv", "cmdb"),
        ("2025-03-01.csv", "export"),
        ("(1).csv", "export"),
        ("42.csv", "export"),
        ("_-_.csv", "export"),
        (".csv", "csv"),
    ],
)
def test_a_name_that_is_all_date_takes_its_folders_and_is_never_empty(file: str, source: str) -> None:
    assert default_source(file) == source


@pytest.mark.parametrize(
    ("one", "next_one"),
    [
        ("servers_2025-03.csv", "servers_2025-04.csv"),
        ("2025-03/servers.csv", "2025-04/servers.csv"),
        ("a/vm (1).xlsx", "a/vm (2).xlsx"),
        ("20250301.csv", "20250401.csv"),
    ],
)
def test_deliveries_of_a_feed_are_one_series(one: str, next_one: str) -> None:
    assert series_of(one) == series_of(next_one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("servers.csv", "disks.csv"), ("a/servers.csv", "b/servers.csv"), ("servers.csv", "servers.xlsx")],
)
def test_other_names_folders_and_formats_are_other_series(one: str, other: str) -> None:
    assert series_of(one) != series_of(other)


@pytest.mark.parametrize(
    ("file", "table", "series"),
    [
        ("servers_2025-03.csv", "servers_2025-03", "servers"),
        ("a/20250301.csv.gz", "20250301", "export"),
        ("all.zip!/x/servers (2).csv", "servers (2)", "servers"),
        ("book_2025-03.xlsx", "vInfo", "vInfo"),
        ("book.xlsx", "Sheet 2", "Sheet 2"),
        ("book.xlsx", "2024", "2024"),
    ],
)
def test_a_table_named_after_its_file_is_undated_and_a_sheet_is_not(file: str, table: str, series: str) -> None:
    assert table_series_of(file, table) == series
