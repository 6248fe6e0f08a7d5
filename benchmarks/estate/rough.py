"""A file with one of everything that breaks parsers, and what must become of each cell and line (rough.yaml)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import yaml

FILE, TABLE = "rough_list.csv", "rough_list"
# Ordinary rows for each special one.
_ORDINARY = 3
FIELDS = (
    "hostname", "serial_number", "ip_address", "mac_address", "os_name", "memory_mib", "storage_total_gib",
    "cpu_cores", "environment", "install_date", "last_seen", "is_virtual", "business_owner", "location",
    "application_name",
)  # fmt: skip
_UNITS = {"memory_mib": "MB", "storage_total_gib": "GB"}


@dataclass(frozen=True)
class Rough:
    """text: of the file. records, mappings: of its rows and columns. cells: file, table, row, field, raw, want."""

    text: str
    records: pl.DataFrame
    mappings: pl.DataFrame
    cells: pl.DataFrame


def rough() -> Rough:
    """Special rows among ordinary ones, then the lines that are no records."""
    told = yaml.safe_load(Path(__file__).with_name("rough.yaml").read_text("utf-8"))
    headers: list[str] = told["columns"]
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headers)
    outcomes: list[tuple[str, str]] = []
    cells: list[tuple[int, str, str, str]] = []
    for number, case in enumerate(told["cells"]):
        for extra in range(_ORDINARY):
            writer.writerow(_ordinary(number * _ORDINARY + extra))
            outcomes.append(("asset", f"P{number * _ORDINARY + extra:05d}"))
        if "want" in case:
            cells.append((len(outcomes), case["field"], case["raw"], case["want"]))
        writer.writerow(_special(headers, number, case))
        outcomes.append(("asset", f"S{number:05d}"))
    for case in told["lines"]:
        out.write(f"{case['line']}\n")
        outcomes.append((case["outcome"], ""))
    return Rough(out.getvalue(), _records(outcomes), _mappings(headers), _cells(cells))


def _ordinary(number: int) -> list[str]:
    return [
        f"plain-{number:04d}", f"PLN{number:07d}X", f"10.201.{number // 250}.{number % 250 + 2}",
        f"94:40:c9:00:{number // 256:02x}:{number % 256:02x}", "Windows Server 2019 Standard",
        str(4096 * (1 + number % 4)), str(80 * (1 + number % 3)), str(2 * (1 + number % 4)),
        ("Production", "Test", "Development")[number % 3], f"2023-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        f"2025-05-{number % 28 + 1:02d} 03:00:00", ("true", "false")[number % 2], f"Person {number % 40}",
        ("Lisbon", "Dublin")[number % 2], f"Portal {number % 9}",
    ]  # fmt: skip


def _special(headers: list[str], number: int, case: dict[str, Any]) -> list[str]:
    """A name, a serial number and the special cell."""
    row = dict.fromkeys(headers, "") | {"Hostname": f"rough-{number:04d}", "Serial Number": f"RGH{number:07d}X"}
    row[case["column"]] = case["raw"]
    return list(row.values())


def _records(outcomes: list[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(FILE, TABLE, row, outcome, true_id) for row, (outcome, true_id) in enumerate(outcomes)],
        schema={"file": pl.String, "table": pl.String, "row": pl.Int64, "outcome": pl.String, "true_id": pl.String},
        orient="row",
    )


def _mappings(headers: list[str]) -> pl.DataFrame:
    rows = [(FILE, TABLE, i, h, f, _UNITS.get(f, "")) for i, (h, f) in enumerate(zip(headers, FIELDS, strict=True))]
    schema = {"file": pl.String, "table": pl.String, "position": pl.Int64, "header": pl.String, "field": pl.String,
              "unit": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _cells(cells: list[tuple[int, str, str, str]]) -> pl.DataFrame:
    schema = {"file": pl.String, "table": pl.String, "row": pl.Int64, "field": pl.String, "raw": pl.String,
              "want": pl.String}  # fmt: skip
    return pl.DataFrame([(FILE, TABLE, *cell) for cell in cells], schema=schema, orient="row")
