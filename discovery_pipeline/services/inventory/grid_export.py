"""What matches a question as one file for people or machines, written by a process of its own.

A spreadsheet of a million rows takes minutes of a processor; whoever works in the application must not wait for it.
Keep out: the formats (services/export/writers.py), the whole export of a tenant (services/export).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Any, BinaryIO

from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.export.writers import ExportTable, Format, write_table
from discovery_pipeline.services.inventory.grid import GRID
from discovery_pipeline.services.inventory.query import InventoryQuery
from discovery_pipeline.services.inventory.search import InventorySearch

NAME = "inventory"
# Of all sessions together; the others queue.
_AT_A_TIME = BoundedSemaphore(1)
_SAMPLE_ROWS = 200


@dataclass(frozen=True)
class _Asked:
    """What the other process is told, as JSON."""

    location: str
    tenant: str
    columns: list[str]
    format: Format
    query: dict[str, Any]


def exported(location: str, tenant: str, query: InventoryQuery, columns: Sequence[str], format: Format) -> BinaryIO:
    """The file, open, gone once it is closed: these columns of everything that matches what is published now.

    location: of the frames. No cell of a CSV or XLSX file starts a formula. Raises PermanentError when it fails.
    """
    asked = json.dumps(asdict(_Asked(location, tenant, list(columns), format, asdict(query))))
    with TemporaryDirectory(prefix="inventory-") as folder, _AT_A_TIME:
        command = [sys.executable, "-m", __name__, folder]
        done = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            reason = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            raise PermanentError("the file could not be written", where=tenant, advice=reason[0])
        return (Path(folder) / f"{NAME}.{format}").open("rb")


def csv_bytes(search: InventorySearch, query: InventoryQuery, columns: Sequence[str]) -> int:
    """About how large everything that matches is as CSV, by the rows that come first."""
    page = search.page(query, limit=_SAMPLE_ROWS)
    if not page.total:
        return 0
    with TemporaryDirectory(prefix="inventory-") as folder:
        schema = {name: GRID[name] for name in columns}
        write_table(ExportTable(NAME, schema, iter([page.rows.select(columns)])), Path(folder), "csv")
        written = (Path(folder) / f"{NAME}.csv").stat().st_size
    return written * page.total // len(page.rows)


def _write(folder: Path, asked: _Asked) -> None:
    search = InventorySearch(FrameStore(asked.location).open(asked.tenant))
    rows = search.batches(InventoryQuery(**asked.query), asked.columns)
    write_table(ExportTable(NAME, {name: GRID[name] for name in asked.columns}, rows), folder, asked.format)


if __name__ == "__main__":
    _write(Path(sys.argv[1]), _Asked(**json.load(sys.stdin)))
