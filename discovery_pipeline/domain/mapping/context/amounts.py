"""Sizes, counts and rates whose noun stands in other columns."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.weights import LEANS, TURNS, header_text, says, turns
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView

_DISKS = ("disk", "partition", "volume", "storage", "datastore")
_MEMORY = ("memory", "reserved", "videomemory")
_MOST_DISKS = 64
_MOVED = frozenset({"read", "write", "in", "out", "total"})
_NETWORK = frozenset({"network", "nic"})
_STORAGE = frozenset({"disk", "storage", "volume"})


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
    for position in table.with_concepts("size"):
        for claim in table.claims[position]:
            if claim.field:
                yield says(table, position, claim.field, -2 * TURNS, "a part's, that is neither disk nor memory")


def counted_disks(table: TableView) -> Iterator[Evidence]:
    """'Disks' with small whole numbers and no unit counts them."""
    for position in table.with_concepts("disk"):
        profile = table.profiles[position]
        whole = table.headers[position].unit is None and profile.share("integer") >= 0.9
        if whole and profile.high is not None and profile.high <= _MOST_DISKS:
            why = f"whole numbers up to {profile.high:g}"
            yield from turns(table, position, "disk_count", ("storage_total_gib",), why)


def counted_sockets(table: TableView) -> Iterator[Evidence]:
    """CPUs beside all cores and the cores of one CPU are packages: logical CPUs would be no fewer than the cores."""
    per_cpu, cores = table.strong.get("cores_per_socket", ()), table.strong.get("cpu_cores", ())
    if not per_cpu or not cores or table.strong.get("cpu_sockets"):
        return
    most = table.profiles[cores[0]].high
    for position in table.strong.get("cpu_count", ()):
        high = table.profiles[position].high
        if "vcpu" not in table.headers[position].concepts and most is not None and high is not None and high < most:
            why = f"fewer than {header_text(table, cores[0])}, beside {header_text(table, per_cpu[0])}"
            yield from turns(table, position, "cpu_sockets", ("cpu_count",), why)
            yield says(table, position, "cpu_sockets", TURNS, why)


def rates(table: TableView) -> Iterator[Evidence]:
    """Reads or writes per second: amounts of data where the unit is one, operations where there is none."""
    for position, header in enumerate(table.headers):
        words = set(header.concepts)
        if "rate" in words and words & _MOVED and words & (_NETWORK | _STORAGE):
            amount = header.unit not in (None, "percent", "MHz", "GHz")
            data = "network_throughput_mb_per_s" if words & _NETWORK else "disk_throughput_mb_per_s"
            field = data if amount or words & _NETWORK else "disk_iops"
            yield says(table, position, field, 2 * TURNS, f"per second, in {header.unit}" if amount else "per second")
