"""Sizes, counts and rates whose noun stands in other columns."""

from __future__ import annotations

import re
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
_HERTZ = frozenset({"Hz", "kHz", "MHz", "GHz"})
_SIZES = frozenset({"bytes", "KB", "KiB", "MB", "MiB", "GB", "GiB", "TB", "TiB"})
_RATES = frozenset({"bytes/s", "KB/s", "KiB/s", "MB/s", "MiB/s", "GB/s", "bit/s", "Kbit/s", "Mbit/s", "Gbit/s"})
# Words that make an amount of MHz a load, not a clock speed.
_LOADS = frozenset({"usage", "used", "average", "minimum", "reserved", "free", "total", "size"})
_CLOCKS = frozenset({"cpu", "core", "peak", "speed", "current", "in", "detail", "server", "host", "machine", "custom"})
_ANY_MACHINE = frozenset({"metric", "custom", "host", "server", "system", "node", "vm", "percent"})
_LARGEST = frozenset({"max", "maximum", "maxi"})
_OF_CPU = ("cpu_count", "cpu_cores", "cpu_sockets", "cpu_model", "cpu_utilization_pct", "cpu_peak_pct")
_OF_ARRAYS = ("iops", "volume", "storage", "datastore", "read", "write")
_MOST_PERCENT = 100.0
_MOSTLY = 0.8
_HALF = 0.5
_DRIVE = re.compile(r"(?i)(?:drive )?[c-z]:\\?(?:\s*\([kmgt]i?b\))?")
_WHOLE = 0.9


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


def clocks(table: TableView) -> Iterator[Evidence]:
    """CPU in hertz is a clock speed, or a load where a word says so, and loads in hertz have no field."""
    for position, header in enumerate(table.headers):
        words = set(header.concepts)
        if header.unit not in _HERTZ or not words & {"cpu", "core", "vcpu"}:
            continue
        largest = any(w.text in _LARGEST for w in header.words)
        if words <= _CLOCKS and ("peak" not in words or largest):
            yield from turns(table, position, "cpu_speed_mhz", _OF_CPU, f"CPU in {header.unit}")
            yield says(table, position, "cpu_speed_mhz", TURNS, "no load is named")
        elif words & (_LOADS | {"peak"}):
            for claim in table.claims[position]:
                if claim.field:
                    yield says(table, position, claim.field, -2 * TURNS, f"an amount of {header.unit}, not a share")


def bare_loads(table: TableView) -> Iterator[Evidence]:
    """'CPU' or 'RAM' and nothing more, with percentages or fractions as values, is how busy it is."""
    for concept, load, taken in (
        ("cpu", "cpu_utilization_pct", ("cpu_count", "cpu_model", "cpu_sockets")),
        ("memory", "memory_utilization_pct", ("memory_mib",)),
    ):
        for position, header in enumerate(table.headers):
            bare = concept in header.concepts and set(header.concepts) <= _ANY_MACHINE | {concept}
            if bare and header.unit in (None, "percent") and _are_shares(table, position, concept):
                yield from turns(table, position, load, taken, "values are shares, not amounts")
                yield from turns(table, position, load, taken, "values are shares, not amounts")


def _are_shares(table: TableView, position: int, concept: str) -> bool:
    profile = table.profiles[position]
    if profile.share("percentage") >= _MOSTLY:
        return True
    fractions = profile.share("number") >= _MOSTLY and profile.share("integer") < _HALF
    highest = _MOST_PERCENT if concept == "cpu" else 1.0
    return fractions and all(_plain_number(s) <= highest for s in profile.samples)


def _plain_number(text: str) -> float:
    """A sample read with a decimal point: where most cells have one, no point groups thousands."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return 0.0


def beside_maximum(table: TableView) -> Iterator[Evidence]:
    """'mem' beside 'maxmem' is what is used of it; a maximum of CPUs beside their load counts them."""
    for concept, used, total, taken in (
        ("memory", "memory_used_mib", "memory_mib", ("memory_peak_pct",)),
        ("disk", "storage_used_gib", "storage_total_gib", ()),
    ):
        for largest in table.with_concepts(concept, "peak"):
            if table.headers[largest].unit is None and _is_joined_maximum(table, largest):
                why = f"beside {header_text(table, largest)}"
                yield from turns(table, largest, total, taken, "an amount, not a share")
                for position in table.with_concepts(concept):
                    yield from turns(table, position, used, (total,), why)
                    yield says(table, position, used, TURNS, why)
    for largest in table.with_concepts("cpu", "peak"):
        profile = table.profiles[largest]
        whole = profile.share("integer") >= _WHOLE and table.headers[largest].unit is None
        if whole and any(_are_shares(table, p, "cpu") for p in table.with_concepts("cpu")):
            why = "counts the CPUs of which 'cpu' is a share"
            yield from turns(table, largest, "cpu_count", ("cpu_peak_pct",), why)
            yield says(table, largest, "cpu_count", TURNS, "whole numbers")


def _is_joined_maximum(table: TableView, position: int) -> bool:
    """Whether a maximum is an amount: above all percentages, and its words say 'max'."""
    high = table.profiles[position].high
    return high is not None and high > _MOST_PERCENT and any(w.text in _LARGEST for w in table.headers[position].words)


def memory_amounts(table: TableView) -> Iterator[Evidence]:
    """A load or a peak of memory in bytes or gigabytes is an amount in use."""
    for position, header in enumerate(table.headers):
        words = set(header.concepts)
        if header.unit in _SIZES and "memory" in words and "usage" in words:
            why = f"an amount in {header.unit}"
            yield from turns(table, position, "memory_used_mib", ("memory_utilization_pct", "memory_peak_pct"), why)


def unnamed_rates(table: TableView) -> Iterator[Evidence]:
    """Data per second of what the header names; without a noun, of disks where the table is about storage."""
    storage = table.mentions(*_OF_ARRAYS) > table.mentions(*_NETWORK, "in", "out")
    for position, header in enumerate(table.headers):
        words = set(header.concepts)
        if header.unit not in _RATES and not (header.unit in _SIZES and "rate" in words):
            continue
        if words & (_NETWORK | {"in", "out"}) and not words & _STORAGE:
            yield says(table, position, "network_throughput_mb_per_s", 2 * TURNS, f"in {header.unit}")
        elif words & (_STORAGE | {"iops"}) and not words & _NETWORK:
            others = ("storage_total_gib", "storage_used_gib", "disk_iops", "network_throughput_mb_per_s")
            yield from turns(table, position, "disk_throughput_mb_per_s", others, f"in {header.unit}")
            yield says(table, position, "disk_throughput_mb_per_s", LEANS, f"in {header.unit}")
        elif storage and not words & {"in", "out"} and "throughput" in words:
            why = "the table is about storage"
            yield from turns(table, position, "disk_throughput_mb_per_s", ("network_throughput_mb_per_s",), why)
            yield says(table, position, "disk_throughput_mb_per_s", LEANS, f"in {header.unit}")


def sized_flavours(table: TableView) -> Iterator[Evidence]:
    """'VM size' in gigabytes is its storage, not its kind."""
    for position in table.with_concepts("flavor"):
        if table.headers[position].unit in _SIZES:
            others = ("model", "asset_type")
            yield from turns(table, position, "storage_total_gib", others, f"a size in {table.headers[position].unit}")
            yield from turns(table, position, "storage_total_gib", others, "an amount")


def memory_of_guests(table: TableView) -> Iterator[Evidence]:
    """'vRAM' beside the memory of a machine is what its guests have together."""
    memory = table.strong.get("memory_mib", ())
    guests = [p for p in memory if {w.text for w in table.headers[p].words} == {"vram"}]
    for position in guests:
        if len(memory) > len(guests):
            yield says(table, position, "memory_mib", -2 * TURNS, "another column is the machine's memory")


def drive_letters(table: TableView) -> Iterator[Evidence]:
    """A drive's letter and a unit, or 'size': 'C_GB', 'D: used (GB)'."""
    for position, header in enumerate(table.headers):
        words = set(header.concepts)
        letters = {w.text for w in header.words if len(w.text) == 1 and "c" <= w.text <= "z"}
        sized = header.unit in _SIZES or words & {"size", "used", "total"}
        if _DRIVE.fullmatch(header.raw.strip()):
            yield says(table, position, "storage_total_gib", 2 * TURNS, "a drive by its letter")
        elif letters and sized and words - letters <= {"disk", "storage", "size", "total", "used", "partition"}:
            field = "storage_used_gib" if "used" in words else "storage_total_gib"
            yield says(table, position, field, 2 * TURNS, "the size of a drive")
