from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import INVENTORY
from discovery_pipeline_tests.sample_tenants.score_values import judge, judge_special

UUID, SWAPPED = "11223344-5566-7788-9900-aabbccddeeff", "44332211-6655-8877-9900-aabbccddeeff"
Cell = str | float | bool | list[str] | datetime | None


def inventory(**cells: Cell) -> pl.DataFrame:
    """One asset, a_1, with these cells and nothing else."""
    return pl.DataFrame({"asset_id": ["a_1"], **{k: [v] for k, v in cells.items()}}, schema_overrides=INVENTORY)


def is_right(field: str, expected: str, found: Cell, vip: str = "") -> bool:
    main = pl.DataFrame({"true_id": ["T1"], "asset_id": ["a_1"]})
    truth = pl.DataFrame({"true_id": ["T1"], "vip": [vip], field: [expected]})
    told = pl.DataFrame({"true_id": ["T1"], field: [True]})
    (right,) = judge(inventory(**{field: found}), main, truth, told).cells["right"]
    return bool(right)


@pytest.mark.parametrize(
    ("field", "expected", "found", "right"),
    [
        pytest.param("hostname", "Web01", "WEB01", True, id="text-in-any-case"),
        pytest.param("hostname", "web01", "web02", False, id="another-text"),
        pytest.param("hostname", "web01", None, False, id="nothing-found"),
        pytest.param("memory_mib", "16384", 16384.0, True, id="number"),
        pytest.param("memory_mib", "16384", 16383.0, True, id="number-that-lost-a-little"),
        pytest.param("memory_mib", "16384", 8192.0, False, id="half-the-number"),
        pytest.param("is_virtual", "true", True, True, id="flag"),
        pytest.param("is_virtual", "true", False, False, id="other-flag"),
        pytest.param("environment", "qa", "test", False, id="another-choice"),
        pytest.param("install_date", "2024-01-31", datetime(2024, 1, 31, 14), True, id="date-at-any-hour"),
        pytest.param("install_date", "2024-01-31", datetime(2024, 2, 1), False, id="next-day"),
        pytest.param("uuid", UUID, SWAPPED, True, id="swapped"),
        pytest.param("uuid", UUID, UUID[:-1], False, id="other-uuid"),
        pytest.param("ip_address", "10.0.0.1;10.1.0.1", ["10.0.0.1"], True, id="own-address-alone"),
        pytest.param("ip_address", "10.0.0.1;10.1.0.1", ["10.1.0.1", "10.0.0.1"], True, id="both-in-any-order"),
        pytest.param("ip_address", "10.0.0.1;10.1.0.1", ["10.1.0.1"], False, id="without-the-own-one"),
        pytest.param("ip_address", "10.0.0.1", ["10.0.0.1", "10.9.9.9"], False, id="another-s-beside-it"),
        pytest.param("ip_address", "10.0.0.1", ["10.0.0.1", "fe80::1", "172.17.0.1"], True, id="local-ones-beside-it"),
        pytest.param("application_name", "Shop", ["shop"], True, id="list-in-any-case"),
        pytest.param("os_name", "Red Hat Enterprise Linux 8.9", "RHEL 8", True, id="system-as-far-as-told"),
        pytest.param("os_name", "Red Hat Enterprise Linux 8.9", "RHEL 7.9", False, id="older-system"),
        pytest.param("os_name", "Windows Server 2016 Standard", "Win2k16 Std", True, id="short-system"),
        pytest.param("os_name", "Windows Server 2016 Standard", "Windows 10 Enterprise", False, id="desktop"),
        pytest.param("os_name", "Ubuntu 22.04", "Ubuntu Linux (64-bit)", False, id="system-without-version"),
    ],
)  # fmt: skip
def test_values_are_compared_as_a_fair_judge_would(field: str, expected: str, found: Cell, right: bool) -> None:
    assert is_right(field, expected, found) is right


def test_the_address_of_a_cluster_may_stand_beside_the_own_one() -> None:
    assert is_right("ip_address", "10.0.0.1", ["10.0.0.1", "10.5.5.5"], vip="10.5.5.5")


def test_only_what_an_export_tells_counts() -> None:
    main = pl.DataFrame({"true_id": ["T1"], "asset_id": ["a_1"]})
    truth = pl.DataFrame({"true_id": ["T1"], "hostname": ["web01"], "location": ["Lisbon"], "model": [""]})
    told = pl.DataFrame({"true_id": ["T1"], "hostname": [True], "location": [False], "model": [True]})
    judged = judge(inventory(hostname="web01", location=None, model=None), main, truth, told)
    assert judged.cells["field"].to_list() == ["hostname"]
    assert judged.overall.recall == 1.0


def test_fields_are_told_apart_and_examples_shown() -> None:
    main = pl.DataFrame({"true_id": ["T1"], "asset_id": ["a_1"]})
    truth = pl.DataFrame({"true_id": ["T1"], "hostname": ["web01"], "location": ["Lisbon"]})
    told = pl.DataFrame({"true_id": ["T1"], "hostname": [True], "location": [True]})
    judged = judge(inventory(hostname="web01", location="Porto"), main, truth, told)
    assert {field: score.recall for field, score in judged.by_field().items()} == {"hostname": 1.0, "location": 0.0}
    assert judged.wrong("location", 5).rows() == [("T1", "a_1", "Lisbon", "Porto")]


@pytest.mark.parametrize(
    ("field", "want", "found", "right"),
    [
        pytest.param("memory_mib", "", None, True, id="nothing-wanted-nothing-there"),
        pytest.param("memory_mib", "", 5.0, False, id="nothing-wanted"),
        pytest.param("memory_mib", "1024.5", 1024.5, True, id="number"),
        pytest.param("cpu_cores", "8", 8, True, id="whole-number"),
        pytest.param("install_date", "2024-01-01", datetime(2024, 1, 1, 3), True, id="date"),
        pytest.param("ip_address", "10.0.0.2;10.0.0.1", ["10.0.0.1", "10.0.0.2"], True, id="list"),
        pytest.param("ip_address", "10.0.0.1", ["10.0.0.1", "10.0.0.2"], False, id="longer-list"),
    ],
)
def test_special_cells_must_become_what_was_said(field: str, want: str, found: Cell, right: bool) -> None:
    place = {"file": ["f"], "table": ["t"], "row": [0]}
    special = pl.DataFrame({**place, "field": [field], "raw": ["?"], "want": [want]})
    lineage = pl.DataFrame({**place, "asset_id": ["a_1"]})
    assert judge_special(inventory(**{field: found}), lineage, special)["right"].to_list() == [right]


def test_a_special_cell_of_a_row_in_no_asset_is_wrong() -> None:
    special = pl.DataFrame(
        {"file": ["f"], "table": ["t"], "row": [7], "field": ["hostname"], "raw": [""], "want": [""]}
    )
    lineage = pl.DataFrame({"file": ["f"], "table": ["t"], "row": [0], "asset_id": ["a_1"]})
    assert judge_special(inventory(hostname="x"), lineage, special)["right"].to_list() == [False]
