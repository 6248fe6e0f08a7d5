"""Column profiles: shapes, counts over all rows, bounds."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.vocabulary.profile import ProfileParams, profile_table, profile_tables
from discovery_pipeline_tests.domain.tables import raw_table


@pytest.mark.parametrize(
    ("shape", "values"),
    [
        ("ip", ["10.1.2.3", "10.1.2.3/24", "10.1.2.3, 10.1.2.4", "2001:db8::1", "10.1.2.3 / 10.1.9.3"]),
        ("mac", ["00:50:56:aa:bb:01", "00-50-56-AA-BB-01", "0050.56aa.bb01"]),
        ("uuid", ["4c4c4544-0048-5810-8032-b7c04f4c4d33"]),
        ("netmask", ["255.255.254.0"]),
        ("fqdn", ["web01.corp.example.com", "app-1.example"]),
        ("email", ["a.b@example.com", "a@example.com; b@example.org"]),
        ("date", ["2025-01-31", "31.01.2025 10:00", "01/31/2025", "31-Jan-2025", "2025年1月31日", "20250131"]),
        ("excel_day", ["43831", "44200,5"]),
        ("month", ["Jun-17", "03/2019", "2014", "Jan 2029"]),
        ("os", ["Windows Server 2019", "Red Hat Enterprise Linux 8", "W2K22", "rhel8_64Guest", "VMware ESXi 8.0"]),
        ("cpu_model", ["Intel(R) Xeon(R) Gold 6126", "AMD EPYC 7543 32-Core"]),
        ("region", ["eu-west-1", "eu-west-1a", "westeurope", "europe-west3"]),
        ("instance_size", ["m5.large", "Standard_D4s_v5", "e2-standard-4"]),
        ("quantity", ["112.08 GB", "8 GiB", "2.4 GHz"]),
        ("environment", ["Production", "PRD", "Entwicklung", "Préproduction", "本番"]),
        ("power", ["poweredOn", "Powered Off", "acceso", "stopped"]),
        ("virtual", ["Virtual", "Físico", "仮想"]),
        ("relation", ["Depends on::Used by", "runs on", "hängt ab von"]),
    ],
)
def test_values_have_their_shape(shape: str, values: list[str]) -> None:
    profile = profile_table(raw_table({"c": values}))[0]

    assert profile.share(shape) == 1.0


@pytest.mark.parametrize(
    ("shape", "values"),
    [
        ("month", ["SRV-01", "SAN-02"]),
        ("date", ["10.0.14393", "1.2.3"]),
        ("number", ["10.1.2.3", "2025-01-31"]),
        ("ip", ["00:50:56:aa:bb:01", "3.11.4"]),
        ("email", ["/VIServer=vsphere\\svc@vc01.example:443/VM=vm-1/"]),
        ("key_value", ["C:\\Temp", "10:22:01", "https://assets.example/1"]),
    ],
)
def test_look_alikes_do_not(shape: str, values: list[str]) -> None:
    assert profile_table(raw_table({"c": values}))[0].share(shape) == 0.0


def test_placeholders_count_for_nothing() -> None:
    profile = profile_table(raw_table({"c": ["10.1.2.3", "n/a", "-", "unknown", None]}))[0]

    assert (profile.filled, profile.share("ip"), profile.placeholders) == (4, 1.0, 0.75)


def test_a_column_of_placeholders_only_has_no_values() -> None:
    first, second = profile_table(raw_table({"a": ["-", "n/a"], "b": [None, None]}))

    assert not first.has_values
    assert not second.has_values


def test_shares_are_of_all_rows_not_of_the_first() -> None:
    values = ["late"] * 9_000 + ["10.0.0.1"] * 91_000

    profile = profile_table(raw_table({"c": values}))[0]

    assert profile.share("ip") == pytest.approx(0.91)
    assert profile.distinct == 2


def test_many_distinct_values_are_judged_on_a_spread_of_rows() -> None:
    half = [f"10.{i // 65536}.{i // 256 % 256}.{i % 256}" for i in range(20_000)]
    values = half + [f"srv-{i}" for i in range(20_000)]

    profile = profile_table(raw_table({"c": values}))[0]

    assert profile.share("ip") == pytest.approx(0.5, abs=0.03)
    assert profile.distinct == pytest.approx(40_000, rel=0.03)


def test_numbers_are_read_with_either_decimal_sign() -> None:
    profile = profile_table(raw_table({"c": ["1.200", "845,5", "1,048,115", "12"]}))[0]

    assert (profile.low, profile.high) == (12.0, 1_048_115.0)


def test_wide_tables_are_read_in_slices() -> None:
    table = raw_table({f"h{i}": [str(i), None] for i in range(450)})

    profiles = profile_table(table, ProfileParams(cells_at_once=100))

    assert [p.position for p in profiles] == list(range(450))
    assert profiles[449].samples == ("449",)


def test_a_table_without_rows_or_columns_has_empty_profiles() -> None:
    assert profile_table(raw_table({})) == []
    assert profile_table(raw_table({"a": []}))[0].filled == 0


def test_profiles_do_not_depend_on_how_the_frame_is_cut() -> None:
    table = raw_table({"c": [f"v{i % 7_000}" for i in range(20_000)]})
    frame = table.frame.collect()
    cut = type(table)(table.info, pl.concat([frame[:777], frame[777:9_001], frame[9_001:]], rechunk=False).lazy())

    assert profile_table(cut) == profile_table(table)


def test_a_value_looks_the_same_wherever_it_stands() -> None:
    alone, *together = profile_tables([
        raw_table({"a": ["10.0.0.1", "n/a"]}),
        raw_table({"b": ["10.0.0.1", "n/a"], "c": [" 10.0.0.1", "web-7"]}, table_no=1),
        raw_table({"d": ["n/a", None, "10.0.0.1"]}, table_no=2),
    ])  # fmt: skip

    assert alone[0] == together[0][0]
    assert [together[0][1].share("ip"), together[1][0].share("ip")] == [0.5, 1.0]
    assert together[1][0].placeholders == 0.5


@pytest.mark.parametrize(("rows", "same"), [(40, True), (100, False)])
def test_params_that_see_all_values_find_the_same_profiles(rows: int, same: bool) -> None:
    few = ProfileParams(distinct_limit=5_000, judged_values=40)
    # The last values are the rare ones, of which only a part is judged where there are too many.
    table = raw_table({"c": [f"10.0.0.{i}" if i % 2 else f"srv-{i}" for i in range(rows)]})

    assert few.sees_all(rows) is same
    assert (profile_table(table, few) == profile_table(table)) is same
