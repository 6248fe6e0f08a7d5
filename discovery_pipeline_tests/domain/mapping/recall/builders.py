"""Lessons, columns and tables for tests of recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from discovery_pipeline.domain.handoffs import TableKind
from discovery_pipeline.domain.mapping.places import Place, header_key
from discovery_pipeline.domain.mapping.recall.layouts import KnownColumn, KnownTable, Looks
from discovery_pipeline.domain.mapping.recall.lessons import Lesson, SeenColumn

HERE = Place("cmdb", "cmdb.csv", "cmdb", "managed by", 0)
OWNER = Lesson(
    "p", HERE, "Managed by", "asset", None, "technical_owner", None, None, is_denial=False, trust=0.95,
    corrections=(3,), contradicted=0,
)  # fmt: skip
NONE = replace(OWNER, field=None)
COLUMN = SeenColumn(0, 1, "Managed by", "asset", HERE)
ELSEWHERE = replace(COLUMN, place=replace(HERE, series="vms.csv"))
ASSETS = TableKind(0, "asset", "asset", None, 0.9)


def renamed(header: str) -> SeenColumn:
    """A column of this header in another table."""
    return replace(ELSEWHERE, header=header, place=replace(ELSEWHERE.place, header_key=header_key(header)))


def known(headers: Sequence[str], series: str = "cmdb.csv", looks: Looks | None = None) -> KnownTable:
    """A table of these headers, whose columns all look alike."""
    columns = tuple(KnownColumn(header, looks or {}) for header in headers)
    return KnownTable("cmdb", series, series.split(".")[0], "asset", None, columns)
