"""Exporting tools are recognised by their headers, never by one of them."""

from __future__ import annotations

import pytest

from discovery_pipeline.domain.vocabulary.lexicon import NO_FIELD
from discovery_pipeline.domain.vocabulary.products import by_name, recognise

_VDISK = ["VM", "Powerstate", "SRM Placeholder", "Disk", "Disk Key", "Disk Mode", "Raw LUN ID", "Eagerly Scrub",
          "VI SDK Server", "VI SDK UUID"]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "product"),
    [
        (["sys_id", "sys_class_name", "name"], "servicenow"),
        (["Sys ID", "Most recent  discovery", "Name"], "servicenow"),
        (_VDISK, "rvtools"),
        (["id.orig_h", "id_orig_p", "id.resp_h", "id.resp_p", "conn_state"], "zeek"),
        (["Name", "IP", "OS"], None),
        (["sys_id"], None),
        (["Resource ID", "Name"], None),  # spelled as two of SCCM's markers are
        (["ExternalId", "HostName", "CPU.NumberOfLogicalCores", "RAM.TotalSizeInMB", "ApplicationWave"], "aws-ads"),
        (["Record Type 1", "Application Name", "Dependency Direction", "Binary Group", "Binary Artifact"], "konveyor"),
        (["MachineId", "MachineName", "AllocatedProcessorCoreCount", "HostingLocation"], "google-migration-center"),
        (["Machine", "Key", "Value"], None),
        ([], None),
    ],
)
def test_recognised_by_enough_markers(headers: list[str], product: str | None) -> None:
    found = recognise(headers)

    assert (found.name if found else None) == product


def test_small_misspellings_of_markers_are_forgiven() -> None:
    found = recognise(["VI SDK Servr", "SRM Placeholdr", "VM"])

    assert found is not None
    assert found.name == "rvtools"


def test_sheets_have_their_own_grain() -> None:
    found = recognise(_VDISK)

    assert found is not None
    assert (found.sheet, found.grain) == ("vdisk", "detail")


@pytest.mark.parametrize("unit", ["MiB", "MB"])
def test_one_header_that_only_one_tool_writes_is_enough(unit: str) -> None:
    narrow = ["VM", "Powerstate", "Name", "Description", "Date / time", f"Size {unit} (vmsn)", "VM ID", "VM UUID"]
    found = recognise(narrow)

    assert found is not None
    assert (found.name, found.sheet, found.grain) == ("rvtools", "vsnapshot", "detail")
    assert recognise([header for header in narrow if "vmsn" not in header]) is None


def test_guardicore_tells_whether_a_connection_came_about_by_its_type() -> None:
    headers = ["slot_start_time", "connection_type", "source_ip", "source_process_name", "policy_verdict"]
    found = recognise(headers)

    assert found is not None
    fields = [
        convention.field for header in ("connection_type", "policy_verdict") if (convention := found.convention(header))
    ]
    assert (found.name, found.record, fields) == ("guardicore", "connection", ["state", "action"])


def test_conventions_tell_what_headers_do_not() -> None:
    rvtools = by_name("rvtools", _VDISK)

    assert rvtools is not None
    memory, server = rvtools.convention("Memory"), rvtools.convention("VI SDK Server ")
    assert memory is not None
    assert (memory.unit, memory.field) == ("MiB", None)
    assert server is not None
    assert server.field == NO_FIELD


def test_an_unknown_product_is_none() -> None:
    assert by_name("no-such-tool", ["Name"]) is None
    assert by_name(None, ["Name"]) is None


@pytest.mark.parametrize(
    "headers",
    [
        ["RVTools major version", "RVTools version", "xlsx creation datetime", "Server"],
        ["Name", "OS type", "API type", "API version", "Version", "Patch level", "Build", "Fullname", "Product name",
         "Product line", "Vendor", "VI SDK Server", "VI SDK UUID"],
        ["Name", "Key", "Labels", "Cost Unit", "Total", "Used", "Expiration Date", "VI SDK Server", "VI SDK UUID"],
        ["Name", "Message", "Message type", "VI SDK Server", "VI SDK UUID"],
    ],
    ids=["vMetaData", "vSource", "vLicense", "vHealth"],
)  # fmt: skip
def test_sheets_about_the_export_itself_describe_no_assets(headers: list[str]) -> None:
    found = recognise(headers)

    assert found is not None
    assert (found.name, found.grain) == ("rvtools", "detail")


def test_the_server_an_export_came_from_is_no_row_of_it() -> None:
    found = recognise(["RVTools major version", "RVTools version", "xlsx creation datetime", "Server"])

    assert found is not None
    assert found.convention("Server") is not None
    assert found.convention("Server").field == NO_FIELD  # type: ignore[union-attr]  # asserted above


@pytest.mark.parametrize(
    ("headers", "sheet"),
    [
        (["MachineId", "DiskLabel", "SizeInGib", "UsedInGib", "StorageTypeLabel"], "diskinfo"),
        (["MachineId", "TimeStamp", "CpuUtilizationPercentage", "DiskReadOperationsPerSec"], "perfinfo"),
        (["MachineId", "Key", "Value"], "taginfo"),
    ],
)
def test_tables_beside_google_s_machines_are_details_of_them(headers: list[str], sheet: str) -> None:
    found = recognise(headers)

    assert found is not None
    assert (found.name, found.sheet, found.grain) == ("google-migration-center", sheet, "detail")
