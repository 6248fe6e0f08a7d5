"""Files with one of everything that breaks parsers, and what must become of each cell and line (rough.yaml)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
import yaml

LIST, BOOK, SHEET = "rough_list.csv", "rough_book.xlsx", "Server"
# Ordinary rows for each special one.
_ORDINARY = 3
FIELDS = (
    "hostname", "serial_number", "ip_address", "mac_address", "os_name", "memory_mib", "storage_total_gib",
    "cpu_cores", "environment", "install_date", "last_seen", "is_virtual", "business_owner", "location",
    "application_name",
)  # fmt: skip
# Ordinary machines of the workbook are others than those of the list.
_APART = 1_000
_PLACE = {"file": pl.String, "table": pl.String}
_UNITS = {"memory_mib": "MB", "storage_total_gib": "GB"}


@dataclass(frozen=True)
class Truth:
    """Of a rough table. outcomes: outcome and true_id of each row. cells: row, field, raw, want."""

    file: str
    table: str
    headers: tuple[str, ...]
    outcomes: tuple[tuple[str, str], ...]
    cells: tuple[tuple[int, str, str, str], ...]

    def records(self) -> pl.DataFrame:
        rows = [(self.file, self.table, row, *outcome) for row, outcome in enumerate(self.outcomes)]
        schema = {**_PLACE, "row": pl.Int64, "outcome": pl.String, "true_id": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def mappings(self) -> pl.DataFrame:
        named = enumerate(zip(self.headers, FIELDS, strict=True))
        rows = [(self.file, self.table, i, h, f, _UNITS.get(f, "")) for i, (h, f) in named]
        schema = {**_PLACE, "position": pl.Int64, "header": pl.String, "field": pl.String, "unit": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def special(self) -> pl.DataFrame:
        schema = {**_PLACE, "row": pl.Int64, "field": pl.String, "raw": pl.String, "want": pl.String}
        return pl.DataFrame([(self.file, self.table, *cell) for cell in self.cells], schema=schema, orient="row")


def write_list(folder: Path) -> Truth:
    """A text file: special rows among ordinary ones, then lines that are no record or a broken one."""
    told = _told()
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
        writer.writerow([case["raw"] if h == case["column"] else _named(h, number, "RGH") for h in headers])
        outcomes.append(("asset", f"S{number:05d}"))
    for case in told["lines"]:
        out.write(f"{case['line']}\n")
        outcomes.append((case["outcome"], ""))
    (folder / LIST).write_text(out.getvalue(), "utf-8")
    return Truth(LIST, LIST.removesuffix(".csv"), tuple(headers), tuple(outcomes), tuple(cells))


def write_workbook(folder: Path) -> Truth:
    """A workbook: a title, typed cells, a total below; beside it a sheet without a table and an empty one."""
    told = _told()
    headers: list[str] = told["columns"]
    outcomes: list[tuple[str, str]] = []
    cells: list[tuple[int, str, str, str]] = []
    with xlsxwriter.Workbook(folder / BOOK) as book:
        book.set_properties({"created": datetime(2025, 6, 30)})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        notes = book.add_worksheet("Read me")
        notes.write_string(0, 0, "Servers of all sites, kept by the operations team.")
        sheet = book.add_worksheet(SHEET)
        book.add_worksheet("Sheet3")
        sheet.merge_range(0, 0, 0, 4, "Server list as of June 2025")
        sheet.write_row(2, 0, headers)
        for number, case in enumerate(told["sheet"]):
            for extra in range(_ORDINARY):
                sheet.write_row(3 + len(outcomes), 0, _ordinary(_APART + number * _ORDINARY + extra))
                outcomes.append(("asset", f"W{number * _ORDINARY + extra:05d}"))
            for position, header in enumerate(headers):
                if header == case["column"]:
                    _write(sheet, 3 + len(outcomes), position, case, day)
                else:
                    sheet.write_string(3 + len(outcomes), position, _named(header, number, "RGW"))
            if "want" in case:
                cells.append((len(outcomes), case["field"], str(case["raw"]), case["want"]))
            outcomes.append(("asset", f"X{number:05d}"))
        sheet.write_string(3 + len(outcomes), 0, "Total")
        sheet.write_formula(3 + len(outcomes), headers.index("RAM (MB)"), "=SUM(F4:F60)", None, 163_840)
        outcomes.append(("dropped", ""))
    return Truth(BOOK, SHEET, tuple(headers), tuple(outcomes), tuple(cells))


def _write(sheet: Any, row: int, column: int, case: Mapping[str, Any], day: Any) -> None:
    raw = case["raw"]
    match case["cell"]:
        case "date":
            sheet.write_datetime(row, column, datetime.fromisoformat(raw), day)
        case "number":
            sheet.write_number(row, column, raw)
        case "flag":
            sheet.write_boolean(row, column, raw)
        case "formula":
            sheet.write_formula(row, column, "=Z1", None, raw)
        case _:
            sheet.write_string(row, column, raw)


def _told() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("rough.yaml").read_text("utf-8"))
    return told


def _named(header: str, number: int, serial: str) -> str:
    """What a special row has beside its special cell: a name and a serial number."""
    return {"Hostname": f"{serial.lower()}-{number:04d}", "Serial Number": f"{serial}{number:07d}X"}.get(header, "")


def _ordinary(number: int) -> list[str]:
    return [
        f"plain-{number:04d}", f"PLN{number:07d}X", f"10.201.{number // 250}.{number % 250 + 2}",
        f"94:40:c9:00:{number // 256:02x}:{number % 256:02x}", "Windows Server 2019 Standard",
        str(4096 * (1 + number % 4)), str(80 * (1 + number % 3)), str(2 * (1 + number % 4)),
        ("Production", "Test", "Development")[number % 3], f"2023-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        f"2025-05-{number % 28 + 1:02d} 03:00:00", ("true", "false")[number % 2], f"Person {number % 40}",
        ("Lisbon", "Dublin")[number % 2], f"Portal {number % 9}",
    ]  # fmt: skip
