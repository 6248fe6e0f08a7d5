"""Vendor files as they stand in a folder, and read back by the mapper."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.cleansing.units import unit_named
from discovery_pipeline.domain.errors import PermanentError, UsageError
from discovery_pipeline.domain.handoffs import APPLICATIONS, INVENTORY
from discovery_pipeline.domain.schema import fields
from discovery_pipeline.domain.vendors.estate import Estate
from discovery_pipeline.domain.vendors.export import vendor_export
from discovery_pipeline.domain.vendors.rules import VENDORS, Vendor, rules_of
from discovery_pipeline.domain.vendors.selection import VendorParams
from discovery_pipeline.files.frames import FrameStore, TenantFrames
from discovery_pipeline.services.export.vendors import export_vendor
from discovery_pipeline.services.mapping.preview import preview
from discovery_pipeline_tests.domain.vendors.estates import tidy
from discovery_pipeline_tests.services.hand_built import APP, BILLING, publish, publish_estate, publish_records

BESIDE = {"rejected.csv", "changed.csv", "left-out.csv", "README.txt"}


@pytest.fixture
def frames(tmp_path: Path) -> TenantFrames:
    opened = FrameStore(str(tmp_path / "frames")).open("acme")
    publish_estate(opened)
    return opened


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_s_files_stand_beside_what_is_said_of_them(
    frames: TenantFrames, tmp_path: Path, vendor: Vendor
) -> None:
    summary = export_vendor(frames, tmp_path / "out", vendor)
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == BESIDE | {file.name for file in summary.export.files}
    assert rules_of(vendor).as_of.isoformat() in (tmp_path / "out" / "README.txt").read_text()


def test_a_refused_row_says_what_is_missing_and_what_to_do(frames: TenantFrames, tmp_path: Path) -> None:
    export_vendor(frames, tmp_path, "azure-migrate")
    refused = rows(tmp_path / "rejected.csv")
    assert [(row["asset_id"], row["column"], row["rule"]) for row in refused] == [
        (APP, "*Cores", "missing"), (APP, "*OS name", "missing")
    ]  # fmt: skip
    assert all(row["why"] and row["advice"] for row in refused)


def test_what_is_for_people_runs_no_formula(frames: TenantFrames, tmp_path: Path) -> None:
    export_vendor(frames, tmp_path, "azure-migrate")
    left_out = {row["classified_type"]: row["name"] for row in rows(tmp_path / "left-out.csv")}
    assert left_out["database"] == "'=db01"


def test_two_exports_are_the_same_bytes(frames: TenantFrames, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export_vendor(frames, tmp_path / name, "google-mc")
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert all((tmp_path / "one" / f).read_bytes() == (tmp_path / "two" / f).read_bytes() for f in files)


def test_files_of_an_earlier_export_that_are_no_longer_made_are_removed(frames: TenantFrames, tmp_path: Path) -> None:
    for name in ("aws-ads-2.csv", "aws-ads-notes.csv", "google-mc-1-vmInfo.csv"):
        (tmp_path / name).write_text("old")
    export_vendor(frames, tmp_path, "aws-ads")
    left = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert left == BESIDE | {"aws-ads-1.csv", "aws-ads-notes.csv", "google-mc-1-vmInfo.csv"}


def test_before_the_analysis_its_columns_are_empty_and_it_is_said(tmp_path: Path) -> None:
    opened = FrameStore(str(tmp_path / "frames")).open("acme")
    publish_records(opened)
    publish(opened, "inventory", {"inventory": tidy().inventory})
    summary = export_vendor(opened, tmp_path / "out", "aws-ads")
    assert summary.export.accepted == 8
    assert any("analysis is not there" in note for note in summary.notes)
    with pytest.raises(PermanentError, match="no analysis"):
        export_vendor(opened, tmp_path / "out", "konveyor")


def test_before_any_inventory_nothing_is_written(tmp_path: Path) -> None:
    opened = FrameStore(str(tmp_path / "frames")).open("acme")
    publish_records(opened)
    with pytest.raises(PermanentError, match="discovery run acme first"):
        export_vendor(opened, tmp_path / "out", "aws-ads")


def test_a_file_in_the_folder_s_place_is_wrong_usage(frames: TenantFrames, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(UsageError, match="not a folder"):
        export_vendor(frames, tmp_path / "out", "aws-ads")


def test_the_disks_that_a_source_lists_are_told_one_by_one(frames: TenantFrames, tmp_path: Path) -> None:
    export_vendor(frames, tmp_path, "google-mc")
    disks = rows(tmp_path / "google-mc-incomplete-1-diskInfo.csv")
    assert [(disk["DiskLabel"], disk["SizeInGib"]) for disk in disks] == [("disk 1", "20"), ("disk 2", "10")]


def test_only_what_is_chosen_goes(frames: TenantFrames, tmp_path: Path) -> None:
    chosen = export_vendor(frames, tmp_path, "aws-ads", VendorParams(strategies=frozenset({"retire"})))
    assert chosen.export.accepted == 0
    assert {row["reason"] for row in rows(tmp_path / "left-out.csv")} == {"strategy", "type"}


def mapped(folder: Path, vendor: Vendor, source: Estate) -> dict[str, list[dict[str, Any]]]:
    """Per table of the vendor the columns of its file as `discovery map` sees them."""
    made = vendor_export(vendor, source)
    for file in made.files:
        (folder / file.name).write_bytes(file.content)
    document = preview([folder])
    tables = {file["file"]: file["tables"][0] for file in document["files"]}
    assert all("error" not in file for file in document["files"])
    return {name: table["columns"] for name, table in tables.items()}


def rule_of(vendor: Vendor, file: str, header: str) -> tuple[str, ...]:
    """The canonical fields that a column of a file carries."""
    tables = rules_of(vendor).tables
    mine = [table for table in tables if file.endswith(f"-{table.name}.csv")] or tables
    return tuple(
        field for table in mine for column in table.columns if column.name == header for field in column.fields
    )


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_column_maps_back_to_the_field_that_it_carries(tmp_path: Path, vendor: Vendor) -> None:
    """A column that carries none maps to none; but a tag of Konveyor is whatever its category says."""
    wrong = []
    for file, columns in mapped(tmp_path, vendor, tidy()).items():
        cells = rows(tmp_path / file)
        for header, field in ((c["header"], c["field"]) for c in columns if not c["header"].startswith("Tag ")):
            carried = rule_of(vendor, file, header)
            fits = field in carried if carried else field is None
            if any(row[header] for row in cells) and not fits:
                wrong.append((file, header, field))
    assert wrong == []


# Column of a file -> column of the inventory that it was made of.
AMOUNTS = {
    "azure-migrate": {
        "*Memory (In MB)": "memory_mib", "Storage in use (In GB)": "storage_used_gib",
        "Disk 1 read throughput (MB per second)": "disk_throughput_mb_per_s",
        "Network In throughput": "network_throughput_mb_per_s", "CPU utilization percentage": "cpu_utilization_pct",
    },
    "aws-ads": {
        "RAM.TotalSizeInMB": "memory_mib", "RAM.UsedSizeInMB.Avg": "memory_used_mib",
        "DiskReadsPerSecondInKB.Avg": "disk_throughput_mb_per_s", "CPU.UsagePct.Max": "cpu_peak_pct",
        "NetworkReadsPerSecondInKB.Avg": "network_throughput_mb_per_s",
    },
    "google-mc": {
        "MemoryGiB": "memory_mib", "TotalDiskAllocatedGiB": "storage_total_gib",
        "TotalDiskUsedGiB": "storage_used_gib", "NetworkBytesPerSecReceived": "network_throughput_mb_per_s",
    },
}  # fmt: skip


@pytest.mark.parametrize("vendor", AMOUNTS)
def test_amounts_come_back_in_the_inventory_s_units(tmp_path: Path, vendor: Vendor) -> None:
    source = tidy()
    machine = source.inventory.row(0, named=True)
    seen = {}
    for file, columns in mapped(tmp_path, vendor, source).items():
        first = rows(tmp_path / file)[0]
        for column in columns:
            if name := AMOUNTS[vendor].get(column["header"]):
                stored = fields("asset")[name].unit or ""
                unit = unit_named(stored, column["unit"] or stored)
                seen[column["header"]] = (float(first[column["header"]]) * (unit.factor if unit else 1), machine[name])
    assert seen.keys() == AMOUNTS[vendor].keys()
    assert all(back == pytest.approx(was) for back, was in seen.values()), seen


def test_the_hand_built_estate_s_application_names_its_members(frames: TenantFrames, tmp_path: Path) -> None:
    export_vendor(frames, tmp_path, "konveyor")
    (application,) = rows(tmp_path / "konveyor-1.csv")
    assert (application["Application Name"], application["Comments"]) == ("Billing", "2 assets")


def test_a_proposed_application_without_a_row_of_its_own_goes_too() -> None:
    proposed = pl.DataFrame([{"application_id": "p_1", "name": "Found", "members": []}], schema=APPLICATIONS)
    made = vendor_export("konveyor", Estate(pl.DataFrame(schema=INVENTORY), applications=proposed))
    assert (made.accepted, made.files[0].rows) == (1, 1)
    assert BILLING not in made.files[0].content.decode()
