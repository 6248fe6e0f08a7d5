"""The whole of sizing: which machines, what they cost with which range, and the reasons."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.sizing.params import SizingParams
from discovery_pipeline.domain.analysis.sizing.sizing import size
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.domain.handoffs import SIZING
from discovery_pipeline_tests.domain.analysis.sizing.small_prices import DAY, FULL, facts, one, sized, small
from discovery_pipeline_tests.domain.estate import application, server


def test_a_machine_is_sized_and_priced_by_hand() -> None:
    """4 vCPUs at a peak of 80 % with 20 % more are 4 (3.84); 12.8 GiB used are 15.5; g2.4 at 4 an hour, 700 hours."""
    row = one()
    assert (row["instance_type"], row["cpus_needed"], row["memory_needed_gib"]) == ("g2.4", 4, 15.5)
    assert (row["compute_on_demand"], row["storage"], row["total_on_demand"]) == (2800.0, 10.0, 2810.0)
    assert (row["compute_reserved"], row["total_reserved"]) == (2100.0, 2110.0)
    assert (row["currency"], row["price_date"], row["region"]) == ("USD", DAY, "here")


def test_a_longer_commitment_saves_more_and_not_on_the_licence() -> None:
    windows = one(os_name="Windows Server 2019")
    assert windows["compute_on_demand"] == 700 * (4 + 2)
    assert windows["compute_reserved"] == 700 * (4 * 0.75 + 2)
    assert one(os_name="Windows Server 2019", params={"term": "3y"})["compute_reserved"] == 700 * (4 * 0.5 + 2)
    assert one(os_name="Windows Server 2019", params={"windows_licence": "own"})["compute_on_demand"] == 2800


@pytest.mark.parametrize("strategy", ["rehost", "replatform", "refactor", "rearchitect"])
def test_what_moves_to_a_machine_is_sized(strategy: str) -> None:
    assert sized(server("a", **FULL), strategy=strategy)["asset_id"].to_list() == ["a"]


@pytest.mark.parametrize("strategy", ["retire", "retain", "replace", "not_applicable"])
def test_what_goes_or_stays_is_not(strategy: str) -> None:
    found = sized(server("a", **FULL), strategy=strategy)
    assert found.is_empty()
    assert dict(found.schema) == SIZING


def test_only_machines_that_run_a_system_are_sized_and_none_that_has_vanished() -> None:
    rows = [server("a", **FULL), server("t", **FULL, is_template=True), server("v", **FULL, vanished=True)]
    rows += [{**server("d", **FULL), "classified_type": "database"}, application("p", "Billing")]
    assert sized(*rows)["asset_id"].to_list() == ["a"]


def test_nothing_gives_nothing() -> None:
    none = facts(server("a", **FULL)).head(0)
    found = size(none, none.select("asset_id", strategy=pl.lit("rehost")), small(), SizingParams(providers=("aws",)))
    assert found.is_empty()
    assert dict(found.schema) == SIZING


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        pytest.param({"cpu_count": 300}, "it needs 288 vCPU, and the largest type has 16", id="processors"),
        pytest.param({"memory_mib": 4194304.0}, "GiB memory, and the largest type has 64", id="memory"),
        pytest.param({"cpu_count": None}, "its processors are not known", id="not known"),
        pytest.param({"os_name": "AIX 7.2"}, "runs on no machine type of these clouds", id="another processor"),
    ],
)
def test_what_has_no_type_has_no_price_and_says_which_limit(fields: dict[str, Any], first: str) -> None:
    row = one(**fields)
    assert first in row["reasons"][0]
    assert (row["instance_type"], row["total_on_demand"], row["price_date"], row["confidence"]) == (
        None,
        None,
        None,
        0.0,
    )


def test_a_type_without_price_is_told_with_no_price() -> None:
    row = one(cpu_count=16)
    assert (row["instance_type"], row["total_on_demand"], row["total_low"], row["price_date"]) == (
        "u2.16",
        None,
        None,
        None,
    )
    assert any("its price is not in the catalogue" in reason for reason in row["reasons"])


def test_reasons_say_size_type_price_and_its_day() -> None:
    told = " | ".join(one()["reasons"])
    parts = [
        "4 vCPU allocated, peak 80.0 %: 4 needed with 20 % headroom",
        "g2.4 (4 vCPU, 16.0 GiB) in here at 4.0 USD",
        "by the price list of 2026-09-06",
        "100.0 GiB of disks",
        "committed for one year",
    ]
    assert [part for part in parts if part not in told] == []


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        pytest.param({"database_engine": "Oracle 19c"}, "Oracle counts two vCPUs as one processor", id="Oracle"),
        pytest.param({"os_name": "Red Hat Enterprise Linux 8"}, "subscription of", id="RHEL"),
        pytest.param({"disk_iops": 5000.0}, "disk operations a second were seen", id="busy disks"),
        pytest.param({"os_name": None}, "its system is not known", id="no system"),
        pytest.param({"storage_total_gib": None}, "its disks are not known", id="no disks"),
        pytest.param(
            {"cpu_count": 8, "memory_mib": 32768.0}, "follows from the listed ones of its family", id="scaled"
        ),
    ],
)
def test_what_is_special_is_said(fields: dict[str, Any], part: str) -> None:
    assert any(part in reason for reason in one(**fields)["reasons"])


def test_prices_of_another_region_are_scaled_and_their_range_is_wider() -> None:
    here, far = one(), one(params={"regions": {"aws": "far"}})
    assert far["total_on_demand"] == 2 * here["total_on_demand"]
    assert (far["total_low"], far["total_high"]) == (1.8 * here["total_low"], 2.4 * here["total_high"])
    assert far["confidence"] < here["confidence"]
    assert any("an estimate" in reason and "far" in reason for reason in far["reasons"])


@pytest.mark.parametrize(
    "params", [{"regions": {"aws": "mars"}}, {"providers": ["azure"]}], ids=["unknown region", "unknown provider"]
)
def test_what_the_catalogue_does_not_have_is_told(params: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="price catalogue has no"):
        sized(server("a", **FULL), **params)


@pytest.mark.parametrize(
    ("surer", "less"),
    [
        pytest.param({}, {"cpu_peak_pct": None, "memory_peak_pct": None}, id="peak, allocated"),
        pytest.param(
            {}, {"cpu_peak_pct": None, "cpu_utilization_pct": 30.0, "memory_peak_pct": None}, id="peak, average"
        ),
        pytest.param({}, {"os_name": None}, id="system not known"),
        pytest.param({}, {"storage_total_gib": None}, id="disks not known"),
        pytest.param({}, {"storage_used_gib": 1.0, "storage_total_gib": 90000.0}, id="nearly empty disks"),
    ],
)
def test_confidence_follows_what_is_known(surer: dict[str, Any], less: dict[str, Any]) -> None:
    base = {"cpu_count": 8, "memory_mib": 32768.0, "cpu_peak_pct": 60.0, "memory_peak_pct": 60.0}
    assert 0 < one(**{**base, **less})["confidence"] < one(**{**base, **surer})["confidence"] <= 0.95


def test_prices_grow_less_sure_with_the_years_between_them_and_the_data() -> None:
    near, later = (sized(server("a", **FULL), as_of=day).row(0, named=True) for day in (DAY, date(2032, 9, 6)))
    assert later["total_high"] > near["total_high"]
    assert later["total_low"] < near["total_low"]
    assert later["confidence"] < near["confidence"]


def test_the_price_date_is_the_older_of_machine_and_disk() -> None:
    assert sized(server("a", **FULL), providers=["gcp"])["price_date"].to_list() == [date(2025, 9, 6)]


def test_totals_lie_in_their_range_and_are_never_below_zero() -> None:
    rows = [
        server(f"s{n}", cpu_count=n % 9, memory_mib=4096.0 * (n % 5), cpu_peak_pct=float(n * 7 % 120), os_name=name,
               storage_total_gib=n * 3.0, storage_used_gib=n * 2.0, environment="test")
        for n, name in enumerate(["Windows Server 2019", None, "Debian 12"] * 15)
    ]  # fmt: skip
    found = sized(*rows, providers=["aws", "gcp"], burstable="always").drop_nulls("total_on_demand")
    assert len(found) > 20
    assert found.filter(
        ~pl.col("total_on_demand").is_between(pl.col("total_low"), pl.col("total_high")) | (pl.col("total_low") <= 0)
    ).is_empty()
    assert found["confidence"].is_between(0, 0.95).all()
    assert found["confidence"].n_unique() > 5


def test_the_order_of_rows_changes_nothing_and_each_has_one_per_provider() -> None:
    rows = [
        server(f"s{n:02}", **{**FULL, "cpu_count": 1 + n % 4, "memory_mib": 2048.0 * (1 + n % 6)}) for n in range(25)
    ]
    forward, backward = sized(*rows, providers=["gcp", "aws"]), sized(*rows[::-1], providers=["aws", "gcp"])
    assert forward.equals(backward)
    assert forward.select("asset_id", "provider").rows() == [(f"s{n:02}", p) for n in range(25) for p in ("aws", "gcp")]
