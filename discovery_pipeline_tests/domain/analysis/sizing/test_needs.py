"""What a machine needs: from its peak, its average, or what it is allocated; absurd values are no values."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.sizing.needs import NEEDS, needs
from discovery_pipeline.domain.analysis.sizing.params import SizingParams
from discovery_pipeline_tests.domain.analysis.sizing.small_prices import FULL, facts
from discovery_pipeline_tests.domain.estate import server

BARE = {"cpu_count": 8, "memory_mib": 32768.0, "os_name": "Ubuntu 22.04", "storage_total_gib": 100.0}


def need(strategy: str = "rehost", params: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    told = facts(server("a", **fields)).with_columns(strategy=pl.lit(strategy))
    found = needs(told, SizingParams.model_validate(params or {}))
    assert dict(found.schema) == NEEDS
    return found.row(0, named=True)


@pytest.mark.parametrize(
    ("fields", "cpus", "low", "high", "basis"),
    [
        pytest.param({}, 8, 4, 8, "allocated", id="nothing measured: as allocated, down to the usual share"),
        pytest.param({"cpu_peak_pct": 50.0, "memory_peak_pct": 50.0}, 5, 4, 6, "peak", id="peak and headroom"),
        pytest.param({"cpu_utilization_pct": 20.0, "memory_utilization_pct": 20.0}, 4, 2, 8, "average", id="average"),
        pytest.param({"cpu_utilization_pct": 90.0, "memory_peak_pct": 50.0}, 9, 9, 9, "average", id="high average"),
        pytest.param({"cpu_peak_pct": 100.0, "memory_peak_pct": 50.0}, 10, 8, 12, "peak", id="a full one needs more"),
        pytest.param({"cpu_peak_pct": 50.0}, 5, 4, 6, "allocated", id="the weaker basis of the two is told"),
        pytest.param({"cpu_peak_pct": 0.02, "memory_peak_pct": 50.0}, 1, 1, 1, "peak", id="never below one"),
    ],
)
def test_processors(fields: dict[str, Any], cpus: int, low: int, high: int, basis: str) -> None:
    found = need(**BARE, **fields)
    assert (found["cpus"], found["cpus_low"], found["cpus_high"], found["basis"]) == (cpus, low, high, basis)


@pytest.mark.parametrize(
    ("fields", "memory"),
    [
        pytest.param({}, 32.0, id="as allocated"),
        pytest.param({"memory_peak_pct": 50.0}, 19.25, id="peak, 20 % more, up to a quarter"),
        pytest.param({"memory_utilization_pct": 50.0}, 25.0, id="average, times 1.3"),
        pytest.param({"memory_used_mib": 16384.0}, 32.0, id="an amount of one moment lowers nothing"),
        pytest.param({"memory_used_mib": 16384.0, "memory_peak_pct": 50.0}, 19.25, id="the peak goes before"),
        pytest.param({"memory_utilization_pct": 99.0}, 38.25, id="nearly all: more than it has"),
        pytest.param({"memory_peak_pct": 1.0}, 1.5, id="not below what a system asks for"),
        pytest.param({"memory_peak_pct": 1.0, "os_name": "Windows Server 2019"}, 4.0, id="Windows asks for more"),
        pytest.param({"memory_peak_pct": 1.0, "memory_mib": 1024.0}, 1.0, id="but a small one keeps what it has"),
    ],
)
def test_memory(fields: dict[str, Any], memory: float) -> None:
    assert need(**{**BARE, **fields})["memory"] == pytest.approx(memory)


@pytest.mark.parametrize(
    ("fields", "doubt"),
    [
        pytest.param({"cpu_peak_pct": 900.0}, "900.0 % peak CPU", id="900 %"),
        pytest.param({"cpu_peak_pct": -1.0}, "-1.0 % peak CPU", id="below zero"),
        pytest.param({"cpu_peak_pct": 0.0}, "0.0 % peak CPU", id="a peak of nothing"),
        pytest.param({"memory_used_mib": 65536.0}, "more memory is used than there is", id="more used than there is"),
        pytest.param({"memory_used_mib": 16.0}, "0.02 GiB memory used", id="GiB read as MiB"),
    ],
)
def test_what_can_not_be_is_set_aside_and_said(fields: dict[str, Any], doubt: str) -> None:
    found = need(**BARE, **fields)
    assert (found["cpus"], found["memory"]) == (8, 32)
    assert any(doubt in why for why in found["why"])


@pytest.mark.parametrize(
    ("fields", "blocked"),
    [
        pytest.param({"cpu_count": None}, "its processors are not known", id="no processors"),
        pytest.param({"cpu_count": 0}, "its processors are not known", id="0 processors"),
        pytest.param({"cpu_count": 99999}, "its processors are not known", id="too many processors"),
        pytest.param({"memory_mib": None}, "its memory is not known", id="no memory"),
        pytest.param({"memory_mib": 16.0}, "its memory is not known", id="16 MiB: a unit was lost"),
        pytest.param({"cpu_count": None, "memory_mib": None}, "neither its processors", id="neither"),
        pytest.param({"os_name": "AIX 7.2"}, "AIX", id="a system for other processors"),
        pytest.param({"os_architecture": "sparc64"}, "runs on no machine type", id="another processor"),
    ],
)
def test_what_can_not_be_sized_says_why_first(fields: dict[str, Any], blocked: str) -> None:
    found = need(**{**BARE, **fields})
    assert blocked in found["blocked"]
    assert found["why"][0] == found["blocked"]


def test_a_foreign_machine_that_is_built_anew_is_sized_with_a_wide_range() -> None:
    found = need(strategy="refactor", **{**BARE, "os_name": "AIX 7.2"})
    assert (found["blocked"], found["arch"], found["cpus"], found["cpus_high"]) == (None, "x86_64", 8, 16)


@pytest.mark.parametrize(
    ("fields", "cpus"),
    [
        pytest.param({"cpu_count": 2, "cpu_cores": 16}, 16, id="the count is that of sockets"),
        pytest.param({"cpu_count": None, "cpu_sockets": 2, "cores_per_socket": 8}, 16, id="sockets times cores"),
        pytest.param({"cpu_count": None, "cpu_sockets": 4}, 4, id="a virtual machine's sockets are its processors"),
        pytest.param({"cpu_count": 8, "cpu_cores": 4}, 8, id="threads count"),
    ],
)
def test_processors_are_counted_by_whatever_is_known(fields: dict[str, Any], cpus: int) -> None:
    assert need(**{**BARE, **fields})["cpus"] == cpus


def test_of_a_physical_machine_sockets_alone_say_nothing_and_cores_may_be_two_threads() -> None:
    physical = {**BARE, "classified_type": "physical_server", "cpu_count": None}
    assert need(**physical, cpu_sockets=2)["blocked"] == "its processors are not known"
    found = need(**physical, cpu_cores=8)
    assert (found["cpus"], found["cpus_high"]) == (8, 16)


@pytest.mark.parametrize(
    ("fields", "params", "storage", "low", "high"),
    [
        pytest.param({"storage_used_gib": 40.0}, {}, 100, 52, 100, id="allocated; low: what is used"),
        pytest.param({"storage_used_gib": 40.0}, {"storage": "used"}, 52, 52, 100, id="used, with headroom"),
        pytest.param({"storage_total_gib": None, "storage_used_gib": 40.0}, {}, 52, 52, 52, id="only the used one"),
        pytest.param({"storage_used_gib": 300.0}, {}, 300, 300, 300, id="fuller than it can be"),
        pytest.param({"storage_total_gib": None}, {}, None, None, None, id="nothing known"),
    ],
)
def test_storage(fields: dict[str, Any], params: dict[str, Any], storage: Any, low: Any, high: Any) -> None:
    found = need(params=params, **{**BARE, **fields})
    assert (found["storage"], found["storage_low"], found["storage_high"]) == (storage, low, high)


@pytest.mark.parametrize(
    ("setting", "fields", "may"),
    [
        pytest.param("non_production", {"environment": "test"}, True, id="test"),
        pytest.param("non_production", {}, False, id="production"),
        pytest.param("non_production", {"environment": None}, False, id="not known: as production"),
        pytest.param("always", {}, True, id="always"),
        pytest.param("always", {"cpu_peak_pct": None}, False, id="but not unmeasured"),
        pytest.param("never", {"environment": "test"}, False, id="never"),
    ],
)
def test_where_a_shared_processor_may_do(setting: str, fields: dict[str, Any], may: bool) -> None:
    assert need(params={"burstable": setting}, **{**FULL, **fields})["burstable"] is may


def test_the_range_encloses_the_need() -> None:
    rows = [
        server(f"s{n}", cpu_count=c, memory_mib=m, os_name=o, cpu_peak_pct=p, cpu_utilization_pct=u, memory_peak_pct=p)
        for n, (c, m, o, p, u) in enumerate(
            (c, m, o, p, u)
            for c in (1, 3, 64)
            for m in (512.0, 8192.0)
            for o in (None, "Windows Server 2019", "Debian 12")
            for p in (None, 3.0, 97.0)
            for u in (None, 5.0, 99.0)
        )
    ]
    found = needs(facts(*rows).with_columns(strategy=pl.lit("rehost")), SizingParams())
    for size in ("cpus", "memory"):
        assert found.filter(pl.col(f"{size}_low") > pl.col(size)).is_empty()
        assert found.filter(pl.col(f"{size}_high") < pl.col(size)).is_empty()
