"""Which disagreements are told, how gravely, and which source disagrees how often."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from discovery_pipeline.domain.inventory.params import InventoryParams
from discovery_pipeline.domain.inventory.reconcile import InventoryOutcome
from discovery_pipeline.domain.inventory.values.conflicts import CODE, REST_CODE, TABLE_CODE
from discovery_pipeline.domain.inventory.values.differences import difference
from discovery_pipeline_tests.domain.inventory.builders import assets_of, run
from discovery_pipeline_tests.domain.inventory.estate import clean_table

HOSTS = 40


@pytest.mark.parametrize(
    ("field", "one", "other", "size"),
    [
        pytest.param("memory_mib", 8192.0, 4096.0, 0.5, id="half of it"),
        pytest.param("memory_mib", 8192.0, 8000.0, 0.0, id="a little"),
        pytest.param("memory_mib", 8192.0, 0.0, 0.0, id="zero is a gap"),
        pytest.param("memory_mib", 8192.0, None, 0.0, id="nothing said"),
        pytest.param("environment", "production", "test", 1.0, id="production or not"),
        pytest.param("environment", "development", "test", 0.4, id="neither is production"),
        pytest.param("os_name", "Windows Server 2019", "RHEL 8", 1.0, id="another family"),
        pytest.param("os_name", "Windows Server 2019", "Windows Server 2022", 0.4, id="another version"),
        pytest.param("os_name", "RHEL 8", "RHEL 8.6", 0.0, id="a version said in part"),
        pytest.param("os_name", "Windows Server 2012", "Windows Server 2012 R2", 0.0, id="a release said in part"),
        pytest.param("os_name", "Linux", "RHEL 8.6", 0.0, id="a family said only"),
        pytest.param("serial_number", "CZ-1234", "cz1234", 0.0, id="a serial spelt in two ways"),
        pytest.param("serial_number", "CZ1234", "CZ9999", 1.0, id="two serials"),
    ],
)
def test_how_much_two_values_differ(field: str, one: Any, other: Any, size: float) -> None:
    dtype = pl.Float64 if isinstance(one, float) else pl.String
    found = difference(field, pl.Series([one], dtype=dtype), pl.Series([other], dtype=dtype), InventoryParams())
    assert found.to_list() == [size]


def _estate(wrong: int) -> InventoryOutcome:
    """A hypervisor, an agent and a CMDB that is wrong about some environments."""
    said = [
        [{"hostname": f"web{n}", "memory_mib": 8192.0} for n in range(HOSTS)],
        [{"hostname": f"web{n}", "memory_mib": 8192.0, "os_name": "RHEL 8"} for n in range(HOSTS)],
        [{"hostname": f"web{n}", "memory_mib": 4096.0 if n < wrong else 8192.0} for n in range(HOSTS)],
    ]
    products = ("rvtools", "sccm", "servicenow")
    return run(*(clean_table(number, rows, product=products[number]) for number, rows in enumerate(said)))


def test_a_table_that_is_often_wrong_is_told_once() -> None:
    outcome = _estate(wrong=20)
    told = outcome.findings.filter(pl.col("code") == TABLE_CODE)
    assert told.select("file", "severity").rows() == [("source2.csv", "warning")]
    assert "memory_mib on 20 of 40 assets (50%)" in told["detail"][0]


def test_a_table_that_is_seldom_wrong_is_not_told() -> None:
    assert TABLE_CODE not in _estate(wrong=4).findings["code"].to_list()


def test_agreement_is_counted_per_table_and_per_pair() -> None:
    counted = _estate(wrong=10).agreement.filter(pl.col("field") == "memory_mib")
    assert counted.select("table_no", "other_no", "compared", "differing").rows() == [
        (0, None, HOSTS, 0), (0, 1, HOSTS, 0), (0, 2, HOSTS, 10), (1, None, HOSTS, 0), (1, 2, HOSTS, 10),
        (2, None, HOSTS, 10),
    ]  # fmt: skip


def test_the_rates_stand_in_the_summary() -> None:
    summary = _estate(wrong=10).summary
    assert (summary["conflicts"], summary["conflict_rates"]) == ({"memory_mib": 10}, {"memory_mib": round(10 / 120, 4)})


def test_a_lone_weak_voice_is_told_more_quietly_than_a_strong_one() -> None:
    def severity(product: str) -> str:
        rows = [{"hostname": "web1", "serial_number": "CZ123456", "os_name": name} for name in ("AIX 7.2", "RHEL 8")]
        tables = (clean_table(0, rows[:1], product="sccm"), clean_table(1, rows[1:], product=product))
        return str(run(*tables).findings["severity"][0])

    assert (severity("azure"), severity("infoblox")) == ("warning", "info")


def test_findings_are_capped_and_the_rest_is_summed_up() -> None:
    assert REST_CODE not in _estate(wrong=20).findings["code"].to_list()


def test_sockets_are_no_conflict_with_processors() -> None:
    """Told only where the number is neither the sockets nor the cores."""
    rows = [
        {"hostname": "web1", "cpu_count": 16, "cpu_sockets": 2, "cpu_cores": 8},
        {"hostname": "web2", "cpu_count": 16},
    ]
    other = [{"hostname": "web1", "cpu_count": 2}, {"hostname": "web2", "cpu_count": 2}]
    found = run(clean_table(0, rows, product="rvtools"), clean_table(1, other, product="servicenow"))
    told = found.findings.filter(pl.col("code") == CODE)
    assert told["asset_id"].to_list() == [assets_of(found)[(0, 1)]]


def test_sizes_are_told_in_whole_numbers() -> None:
    found = run(
        clean_table(0, [{"hostname": "web1", "memory_mib": 65535.87109375}], product="rvtools"),
        clean_table(1, [{"hostname": "web1", "memory_mib": 8192.0}], product="servicenow"),
    )
    detail = found.findings.filter(pl.col("code") == CODE)["detail"].item()
    assert "65536 (" in detail
    assert "taken: 65536 " in detail
