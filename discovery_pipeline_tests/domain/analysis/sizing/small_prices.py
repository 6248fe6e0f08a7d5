"""A price catalogue small enough to reckon with by heart, and how the tests have machines sized by it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from discovery_pipeline.domain.analysis.facts import gather
from discovery_pipeline.domain.analysis.sizing.catalogue import Catalogue, read_catalogue
from discovery_pipeline.domain.analysis.sizing.params import SizingParams
from discovery_pipeline.domain.analysis.sizing.sizing import size
from discovery_pipeline_tests.domain.analysis.small_assessments import edges
from discovery_pipeline_tests.domain.estate import Row, inventory, server

DAY = date(2026, 9, 6)
# 100 hours a month; a general type costs 1 a vCPU and hour, a memory type 1.5, Windows 0.5; disks 0.1 a GiB and month.
TEXT = """
as_of: 2026-09-06
currency: USD
hours_per_month: 700
source: made up for tests
providers:
  aws:
    region: here
    regions_at: 2026-09-06
    regions: {here: [1, 1, 1], far: [2, 1.8, 2.4]}
    reserved_at: 2026-09-06
    reserved: {1y: [0.2, 0.25, 0.3], 3y: [0.4, 0.5, 0.6]}
    storage: {name: disk, gib_month: 0.1, iops: 1000, priced_at: 2026-09-06}
    families:
      g2: {kind: general, previous: false, burstable: false, arch: x86_64, priced_at: 2026-09-06}
      g1: {kind: general, previous: true, burstable: false, arch: x86_64, priced_at: 2026-09-06}
      m2: {kind: memory, previous: false, burstable: false, arch: x86_64, priced_at: 2026-09-06}
      b2: {kind: general, previous: false, burstable: true, arch: x86_64, priced_at: 2026-09-06}
      a2: {kind: general, previous: false, burstable: false, arch: arm64, priced_at: 2026-09-06}
      u2: {kind: general, previous: false, burstable: false, arch: x86_64, priced_at: 2026-09-06}
    types:
    - [g2.1, g2, 1, 4, 1.0, 0.5, listed]
    - [g2.2, g2, 2, 8, 2.0, 1.0, listed]
    - [g2.4, g2, 4, 16, 4.0, 2.0, listed]
    - [g2.8, g2, 8, 32, 8.0, 4.0, scaled]
    - [m2.2, m2, 2, 16, 3.0, 1.0, listed]
    - [m2.4, m2, 4, 32, 6.0, 2.0, listed]
    - [g1.4, g1, 4, 16, 3.5, 2.0, listed]
    - [b2.2, b2, 2, 8, 1.0, 0.2, listed]
    - [a2.2, a2, 2, 8, 1.5, null, listed]
    - [u2.16, u2, 16, 64, null, null, listed]
  gcp:
    region: here
    regions_at: 2026-09-06
    regions: {here: [1, 1, 1]}
    reserved_at: 2026-09-06
    reserved: {1y: [0.1, 0.1, 0.1], 3y: [0.3, 0.3, 0.3]}
    storage: {name: disk, gib_month: 0.2, iops: 1000, priced_at: 2026-01-01}
    families:
      n2: {kind: general, previous: false, burstable: false, arch: x86_64, priced_at: 2025-09-06}
    types:
    - [n2-2, n2, 2, 8, 2.2, 1.0, listed]
    - [n2-4, n2, 4, 16, 4.4, 2.0, listed]
"""
# All that sizing asks for: measured, with its disks.
FULL: Row = {
    "os_name": "Ubuntu 22.04", "environment": "production", "cpu_count": 4, "memory_mib": 16384.0,
    "cpu_peak_pct": 80.0, "memory_peak_pct": 80.0, "storage_total_gib": 100.0,
}  # fmt: skip


def small() -> Catalogue:
    """The catalogue of TEXT."""
    return read_catalogue(TEXT)


def facts(*rows: Row, as_of: date = DAY) -> pl.DataFrame:
    """The facts of a few machines."""
    return gather(inventory(*rows), edges(), as_of, 0.5)


def sized(*rows: Row, strategy: str = "rehost", as_of: date = DAY, **params: Any) -> pl.DataFrame:
    """SIZING at aws by the small catalogue, unless params name other providers."""
    told = facts(*rows, as_of=as_of)
    decisions = told.select("asset_id", strategy=pl.lit(strategy))
    return size(told, decisions, small(), SizingParams.model_validate({"providers": ["aws"], **params}))


def one(strategy: str = "rehost", params: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """The one row of SIZING of a machine like FULL but for fields."""
    return sized(server("a", **{**FULL, **fields}), strategy=strategy, **(params or {})).row(0, named=True)
