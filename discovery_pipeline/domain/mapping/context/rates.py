"""Data and operations per second, of whatever the header or the table is about."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.weights import SETTLES, says, settles
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView
from discovery_pipeline.domain.vocabulary.units import RATES, SIZES

_MOVED = frozenset({"read", "write", "in", "out", "total"})
_NETWORK = frozenset({"network", "nic"})
_STORAGE = frozenset({"disk", "storage", "volume"})
_OF_ARRAYS = ("iops", "volume", "storage", "datastore", "read", "write")


def rates(table: TableView) -> Iterator[Evidence]:
    """Reads or writes per second: amounts of data where the unit is one, operations where there is none."""
    for position, header in enumerate(table.headers):
        words = set(header.concepts)
        if "rate" in words and words & _MOVED and words & (_NETWORK | _STORAGE):
            amount = header.unit not in (None, "percent", "MHz", "GHz")
            data = "network_throughput_mb_per_s" if words & _NETWORK else "disk_throughput_mb_per_s"
            field = data if amount or words & _NETWORK else "disk_iops"
            yield says(table, position, field, SETTLES, f"per second, in {header.unit}" if amount else "per second")


def unnamed_rates(table: TableView) -> Iterator[Evidence]:
    """Data per second of what the header names; without a noun, of disks where the table is about storage."""
    storage = table.mentions(*_OF_ARRAYS) > table.mentions(*_NETWORK, "in", "out")
    for position, header in enumerate(table.headers):
        words = set(header.concepts)
        if header.unit not in RATES and not (header.unit in SIZES and "rate" in words):
            continue
        if words & (_NETWORK | {"in", "out"}) and not words & _STORAGE:
            yield says(table, position, "network_throughput_mb_per_s", SETTLES, f"in {header.unit}")
        elif words & (_STORAGE | {"iops"}) and not words & _NETWORK:
            others = ("storage_total_gib", "storage_used_gib", "disk_iops", "network_throughput_mb_per_s")
            yield from settles(table, position, "disk_throughput_mb_per_s", others, f"in {header.unit}")
        elif storage and not words & {"in", "out"} and "throughput" in words:
            why = "the table is about storage"
            yield from settles(table, position, "disk_throughput_mb_per_s", ("network_throughput_mb_per_s",), why)
