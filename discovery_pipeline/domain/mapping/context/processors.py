"""What is said of processors: how many, how fast, how busy; and of memory that is named like them."""

from __future__ import annotations

from collections.abc import Iterator

from discovery_pipeline.domain.mapping.context.weights import REFUSES, carries_none, header_text, says, settles
from discovery_pipeline.domain.mapping.evidence import Evidence
from discovery_pipeline.domain.mapping.view import TableView

_HERTZ = frozenset({"Hz", "kHz", "MHz", "GHz"})
# Words that make an amount of MHz a load, not a clock speed.
_LOADS = frozenset({"usage", "used", "average", "minimum", "reserved", "free", "total", "size"})
_CLOCKS = frozenset({"cpu", "core", "peak", "speed", "current", "in", "detail", "server", "host", "machine", "custom"})
_ANY_MACHINE = frozenset({"metric", "custom", "host", "server", "system", "node", "vm", "percent"})
_LARGEST = frozenset({"max", "maximum", "maxi"})
_OF_CPU = ("cpu_count", "cpu_cores", "cpu_sockets", "cpu_model", "cpu_utilization_pct", "cpu_peak_pct")
_MOST_PERCENT = 100.0
_MOSTLY = 0.8
_HALF = 0.5
_WHOLE = 0.9


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
            yield from settles(table, position, "cpu_sockets", ("cpu_count",), why)


def clocks(table: TableView) -> Iterator[Evidence]:
    """CPU in hertz is a clock speed, or a load where a word says so, and loads in hertz have no field."""
    for position, header in enumerate(table.headers):
        words = set(header.concepts)
        if header.unit not in _HERTZ or not words & {"cpu", "core", "vcpu"}:
            continue
        largest = any(w.text in _LARGEST for w in header.words)
        if words <= _CLOCKS and ("peak" not in words or largest):
            why = f"CPU in {header.unit}, and no load is named"
            yield from settles(table, position, "cpu_speed_mhz", _OF_CPU, why)
        elif words & (_LOADS | {"peak"}):
            why = f"an amount of {header.unit}, not a share"
            yield carries_none(table, position, why)
            for claim in table.claims[position]:
                if claim.field:
                    yield says(table, position, claim.field, -REFUSES, why)


def bare_loads(table: TableView) -> Iterator[Evidence]:
    """'CPU' or 'RAM' and nothing more, with percentages or fractions as values, is how busy it is."""
    for concept, load, taken in (
        ("cpu", "cpu_utilization_pct", ("cpu_count", "cpu_model", "cpu_sockets")),
        ("memory", "memory_utilization_pct", ("memory_mib",)),
    ):
        for position, header in enumerate(table.headers):
            bare = concept in header.concepts and set(header.concepts) <= _ANY_MACHINE | {concept}
            if bare and header.unit in (None, "percent") and _are_shares(table, position, concept):
                yield from settles(table, position, load, taken, "values are shares, not amounts")


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
                yield from settles(table, largest, total, taken, "an amount, not a share")
                for position in table.with_concepts(concept):
                    yield from settles(table, position, used, (total,), why)
    for largest in table.with_concepts("cpu", "peak"):
        profile = table.profiles[largest]
        whole = profile.share("integer") >= _WHOLE and table.headers[largest].unit is None
        if whole and any(_are_shares(table, p, "cpu") for p in table.with_concepts("cpu")):
            why = "counts the CPUs of which 'cpu' is a share"
            yield from settles(table, largest, "cpu_count", ("cpu_peak_pct",), why)


def _is_joined_maximum(table: TableView, position: int) -> bool:
    """Whether a maximum is an amount: above all percentages, and its words say 'max'."""
    high = table.profiles[position].high
    return high is not None and high > _MOST_PERCENT and any(w.text in _LARGEST for w in table.headers[position].words)
