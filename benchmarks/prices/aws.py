"""EC2 types (moto) with prices (libcloud), the mixed offers told apart.

libcloud's table has per type and region one of the shared price, the dedicated one (5 to 10 % dearer), 0 (covered by a
reservation) or the bare Windows licence. Within a family the shared price goes with the vCPUs (with the memory where
the family is burstable), so it's the lowest rate that LEAST_SIZES sizes have; a family without such a rate is refused.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.prices.packages import AWS_DATE, NEW_DATE, SAME, Row, family, in_wheel, spreads

BASE = "us-east-1"
LEAST_SIZES = 3
# family -> kind, whether a newer generation in this file takes its place
FAMILIES: dict[str, tuple[str, bool]] = {
    **dict.fromkeys(("m7i-flex", "m7i", "m7a", "m8g", "m7g"), ("general", False)),
    **dict.fromkeys(("c7i-flex", "c7i", "c7a", "c8g", "c7g"), ("compute", False)),
    **dict.fromkeys(("r7i", "r7a", "r8g", "r7g"), ("memory", False)),
    **dict.fromkeys(("m6i", "m6a", "m5"), ("general", True)),
    **dict.fromkeys(("c6i", "c6a", "c5"), ("compute", True)),
    **dict.fromkeys(("r6i", "r6a", "r5"), ("memory", True)),
    **dict.fromkeys(("t3", "t3a", "t4g"), ("general", False)),
    **dict.fromkeys(("x2idn", "x2iedn"), ("memory", False)),
}
Prices = Mapping[str, Mapping[str, Mapping[str, float]]]


def family_rate(rates: Iterable[float]) -> float | None:
    """The lowest positive rate that LEAST_SIZES sizes share; None where none is shared by so many."""
    positive = sorted(rate for rate in rates if rate)
    for rate in positive:
        if sum(abs(other - rate) <= SAME * rate for other in positive) >= LEAST_SIZES:
            return rate
    return None


def _rate(linux: Mapping[str, Mapping[str, float]], sizes: Mapping[str, float], region: str) -> float | None:
    return family_rate(linux.get(name, {}).get(region, 0) / size for name, size in sizes.items())


def _licences(prices: Prices, name: str) -> Counter[float]:
    """What Windows adds to a type per hour -> in how many regions."""
    linux, windows = prices["ec2_linux"].get(name, {}), prices["ec2_windows"].get(name, {})
    both = [(price, windows.get(region, 0)) for region, price in linux.items() if price]
    return Counter(round(licensed - price, 4) for price, licensed in both if licensed > price * 1.02)


def licence_rate(prices: Prices, vcpus: Mapping[str, int]) -> float:
    """What Windows adds per vCPU and hour: what most types and regions show."""
    found: Counter[float] = Counter()
    for name, count in vcpus.items():
        for licence, regions in _licences(prices, name).items():
            found[round(licence / count, 4)] += regions
    return found.most_common(1)[0][0]


def specs(folder: Path) -> dict[str, Any]:
    """Name -> what EC2 says of the type."""
    packed = in_wheel(folder, "moto-*.whl", "moto/ec2/resources/instance_types.json.gz")
    found: dict[str, Any] = json.loads(gzip.decompress(packed))
    return {name: spec for name, spec in found.items() if "metal" not in name and name.split(".")[0] in FAMILIES}


def _rows(name: str, own: Mapping[str, Any], prices: Prices, per_vcpu: float) -> list[Row]:
    """The types of one family, small to large. own: their specs."""
    burstable = any(spec["BurstablePerformanceSupported"] for spec in own.values())
    arm = any("arm64" in spec["ProcessorInfo"]["SupportedArchitectures"] for spec in own.values())
    sizes = {
        n: spec["MemoryInfo"]["SizeInMiB"] if burstable else spec["VCpuInfo"]["DefaultVCpus"] for n, spec in own.items()
    }
    rate = _rate(prices["ec2_linux"], sizes, BASE)
    if rate is None:
        raise SystemExit(f"no price of {name} is shared by {LEAST_SIZES} sizes")
    rows: list[Row] = []
    for n, spec in own.items():
        vcpus, memory = spec["VCpuInfo"]["DefaultVCpus"], spec["MemoryInfo"]["SizeInMiB"] / 1024
        hour = rate * sizes[n]
        listed = abs(prices["ec2_linux"].get(n, {}).get(BASE, 0) - hour) <= SAME * hour
        licence = _licences(prices, n).most_common(1)[0][0] if burstable and not arm else per_vcpu * vcpus
        rows.append(
            (
                n,
                name,
                vcpus,
                memory,
                round(hour, 5),
                None if arm else round(licence, 4),
                "listed" if listed else "scaled",
            )
        )
    return sorted(rows, key=lambda row: (row[2], row[3]))


def aws(folder: Path, prices: Prices, known: Mapping[str, float]) -> tuple[list[Row], dict[str, Any]]:
    """Rows of the EC2 types, and the provider's entry. prices: libcloud's. known: type -> price on NEW_DATE."""
    types = specs(folder)
    plain = {n: s["VCpuInfo"]["DefaultVCpus"] for n, s in types.items() if not s["BurstablePerformanceSupported"]}
    per_vcpu = licence_rate(prices, plain)
    rows: list[Row] = []
    families: dict[str, Any] = {}
    ratios: dict[str, list[float]] = {}
    for name, (kind, previous) in FAMILIES.items():
        own = {n: spec for n, spec in types.items() if n.split(".")[0] == name}
        listed = _rows(name, own, prices, per_vcpu)
        rows += listed
        first = own[listed[0][0]]
        arch = "arm64" if "arm64" in first["ProcessorInfo"]["SupportedArchitectures"] else "x86_64"
        date = NEW_DATE if any(n in known for n in own) else AWS_DATE
        # Flex types have a baseline of 40 % too (AWS: full speed up to 95 % of a day), so they count as burstable.
        burstable = first["BurstablePerformanceSupported"] or name.endswith("-flex")
        families[name] = family(kind, previous, date, burstable, arch)
        sizes = {n: plain[n] for n in own if n in plain}
        base = _rate(prices["ec2_linux"], sizes, BASE)
        for region in sorted({r for n in sizes for r in prices["ec2_linux"].get(n, {})}):
            there = _rate(prices["ec2_linux"], sizes, region)
            if base and there:
                ratios.setdefault(region, []).append(there / base)
    return rows, {"region": BASE, "regions_at": AWS_DATE, "regions": spreads(ratios), "families": families}
