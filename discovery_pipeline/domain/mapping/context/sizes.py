"""Amounts of memory and storage whose noun stands in other columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.weights import (
    LEANS,
    REFUSES,
    SETTLES,
    carries_none,
    says,
    settles,
    turns,
)
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.vocabulary.units import SIZES

_DISKS = ("disk", "partition", "volume", "storage", "datastore")
_MEMORY = ("memory", "reserved", "videomemory")
_MOST_DISKS = 64
_DRIVE = re.compile(r"(?i)(?:drive )?[c-z]:\\?(?:\s*\([kmgt]i?b\))?")


def sized_parts(table: TableView) -> Iterator[Evidence]:
    """Sizes without a noun are those of what the table is about."""
    disks, memory = table.mentions(*_DISKS), table.mentions(*_MEMORY)
    if table.kind.grain == "detail" and not disks and not memory:
        yield from _of_something_else(table)
    if table.mentions("cpu", "core") or disks == memory:
        return
    total, used = ("storage_total_gib", "storage_used_gib") if disks > memory else ("memory_mib", "memory_used_mib")
    for position, header in enumerate(table.headers):
        words = set(header.concepts)
        if words and words <= {"size", "total"}:
            yield says(table, position, total, LEANS, "the table is about it")
        elif words == {"used"}:
            yield says(table, position, used, LEANS, "the table is about it")


def _of_something_else(table: TableView) -> Iterator[Evidence]:
    why = "a part's, that is neither disk nor memory"
    for position in table.with_concepts("size"):
        yield carries_none(table, position, why)
        for claim in table.claims[position]:
            if claim.field:
                yield says(table, position, claim.field, -REFUSES, why)


def counted_disks(table: TableView) -> Iterator[Evidence]:
    """'Disks' with small whole numbers and no unit counts them."""
    for position in table.with_concepts("disk"):
        profile = table.profiles[position]
        whole = table.headers[position].unit is None and profile.share("integer") >= 0.9
        if whole and profile.high is not None and profile.high <= _MOST_DISKS:
            why = f"whole numbers up to {profile.high:g}"
            yield from turns(table, position, "disk_count", ("storage_total_gib",), why)


def memory_amounts(table: TableView) -> Iterator[Evidence]:
    """A load or a peak of memory in bytes or gigabytes is an amount in use."""
    for position, header in enumerate(table.headers):
        words = set(header.concepts)
        if header.unit in SIZES and "memory" in words and "usage" in words:
            why = f"an amount in {header.unit}"
            yield from settles(table, position, "memory_used_mib", ("memory_utilization_pct", "memory_peak_pct"), why)


def sized_flavours(table: TableView) -> Iterator[Evidence]:
    """'VM size' in gigabytes is its storage, not its kind."""
    for position in table.with_concepts("flavor"):
        if table.headers[position].unit in SIZES:
            others = ("model", "asset_type")
            why = f"a size in {table.headers[position].unit}"
            yield from settles(table, position, "storage_total_gib", others, why)


def memory_of_guests(table: TableView) -> Iterator[Evidence]:
    """'vRAM' beside the memory of a machine is what its guests have together."""
    memory = table.strong.get("memory_mib", ())
    guests = [p for p in memory if {w.text for w in table.headers[p].words} == {"vram"}]
    for position in guests:
        if len(memory) > len(guests):
            yield says(table, position, "memory_mib", -REFUSES, "another column is the machine's memory")
            yield carries_none(table, position, "another column is the machine's memory")


def drive_letters(table: TableView) -> Iterator[Evidence]:
    """A drive's letter and a unit, or 'size': 'C_GB', 'D: used (GB)'."""
    for position, header in enumerate(table.headers):
        words = set(header.concepts)
        letters = {w.text for w in header.words if len(w.text) == 1 and "c" <= w.text <= "z"}
        sized = header.unit in SIZES or words & {"size", "used", "total"}
        if _DRIVE.fullmatch(header.raw.strip()):
            yield says(table, position, "storage_total_gib", SETTLES, "a drive by its letter")
        elif letters and sized and words - letters <= {"disk", "storage", "size", "total", "used", "partition"}:
            field = "storage_used_gib" if "used" in words else "storage_total_gib"
            yield says(table, position, field, SETTLES, "the size of a drive")
