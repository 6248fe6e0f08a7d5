"""Reading bytes in a test: one call from content to tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from discovery_pipeline.files.readers import ReadLimits, ReadTable, read_file


@dataclass(frozen=True)
class Seen:
    """A table as a test looks at it. cells: without row and line. rejected: (row, line, reason)."""

    table: ReadTable
    headers: list[str]
    cells: list[list[str | None]]
    rows: list[int]
    lines: list[int | None]
    rejected: list[tuple[int, int | None, str]]
    codes: list[str]


ReadAll = Callable[..., list[Seen]]
ReadOne = Callable[..., Seen]


def seen(table: ReadTable) -> Seen:
    """The table, collected; its accepted and rejected rows number all records once."""
    frame = table.frame.lazy().collect()
    rows: list[tuple[Any, ...]] = frame.rows()
    rejected = [(row, line, reason) for row, line, reason, _ in table.rejected.rows()]
    assert sorted([*frame["row"], *(r[0] for r in rejected)]) == list(range(table.rows))
    assert frame.columns == ["row", "line", *(f"c{i}" for i in range(len(table.headers)))]
    return Seen(
        table,
        list(table.headers),
        [list(r[2:]) for r in rows],
        [r[0] for r in rows],
        [r[1] for r in rows],
        rejected,
        [f["code"] for f in table.findings],
    )


@pytest.fixture
def read_all(tmp_path: Path) -> ReadAll:
    """Content (str: UTF-8) and a file name -> all tables."""

    def read(content: bytes | str, file: str = "export.csv", limits: ReadLimits | None = None) -> list[Seen]:
        path = tmp_path / "landed"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return [seen(table) for table in read_file(path, file, limits or ReadLimits())]

    return read


@pytest.fixture
def read_one(read_all: ReadAll) -> ReadOne:
    """Content and a file name -> its only table."""

    def read(content: bytes | str, file: str = "export.csv", limits: ReadLimits | None = None) -> Seen:
        (only,) = read_all(content, file, limits)
        return only

    return read
