from __future__ import annotations

import pytest

from discovery_pipeline.domain.cleansing.units import unit_named
from discovery_pipeline_tests.domain.cleansing.tables import Column, cleaned, cleaned_one, codes, outcome, rules, values


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        pytest.param("memory_mib", "16 GB", 16384.0, id="GB are GiB in exports"),
        pytest.param("memory_mib", "512MB", 512.0, id="MB without a blank"),
        pytest.param("memory_mib", "1TB", 1048576.0, id="TB"),
        pytest.param("memory_mib", "64 GB RAM", 65536.0, id="a word behind the unit"),
        pytest.param("memory_mib", "16.777.216 KB", 16384.0, id="KB with dots"),
        pytest.param("storage_total_gib", "1.02 TB", 1044.48, id="TB to GiB"),
        pytest.param("storage_total_gib", "0 B", 0.0, id="no bytes"),
        pytest.param("storage_total_gib", "~9000 GB", 9000.0, id="about"),
        pytest.param("cpu_speed_mhz", "2.4GHz", 2400.0, id="GHz"),
        pytest.param("cpu_utilization_pct", "95%", 95.0, id="percent sign"),
        pytest.param("cpu_utilization_pct", "12,5 %", 12.5, id="decimal comma before a percent sign"),
        pytest.param("cpu_utilization_pct", "101", 100.0, id="a little more than everything"),
        pytest.param("network_throughput_mb_per_s", "100 Mbps", 12.5, id="Mbps are bits"),
        pytest.param("network_throughput_mb_per_s", "100 MBps", 100.0, id="MBps are bytes"),
        pytest.param("cost", "$14,220.10", 14220.10, id="dollars"),
        pytest.param("cost", "€ 1.200,50", 1200.5, id="euros"),
        pytest.param("cost", "1.2M", 1_200_000.0, id="million"),
        pytest.param("cost", "(1,200.50)", -1200.5, id="accountants' negative"),
        pytest.param("cpu_count", "4 vCPU", 4, id="count with its noun"),
        pytest.param("cpu_count", "2.00", 2, id="count with decimals"),
        pytest.param("cpu_count", "8 (HT)", 8, id="count with a note"),
        pytest.param("disk_count", "1 024", 1024, id="blank between thousands"),
    ],
)
def test_one_cell(field: str, cell: str, value: float) -> None:
    assert cleaned_one(field, cell) == pytest.approx(value)


@pytest.mark.parametrize(
    ("cells", "unit", "expected"),
    [
        pytest.param(["65,536", "16,384"], "MB", [65536, 16384], id="comma parts thousands"),
        pytest.param(["64", "3,5"], "GB", [65536, 3584], id="decimal comma"),
        pytest.param(["1.024,5", "2.048"], "MB", [1024.5, 2048], id="one cell proves the German way for the other"),
        pytest.param(["1,024.5", "2,048"], "MB", [1024.5, 2048], id="one cell proves the English way for the other"),
        pytest.param(["1.024,5", "16,384"], "MB", [1024.5, 16384], id="no megabytes to three decimals"),
        pytest.param(["7,5", "15,875", "1.024"], "GB", [7680, 16256, 1048576], id="gigabytes to three decimals"),
        pytest.param(["1'024", "2’048"], "MB", [1024, 2048], id="Swiss"),
        pytest.param(["785,971", "1,048,115"], "MB", [785971, 1048115], id="two commas"),
    ],
)
def test_separators_are_decided_per_column(cells: list[str], unit: str, expected: list[float]) -> None:
    assert cleaned("memory_mib", cells, unit=unit) == pytest.approx(expected)


def test_a_dot_before_three_digits_parts_thousands_of_a_size_but_not_of_a_rate() -> None:
    assert cleaned("storage_total_gib", ["1.200", "120", "40"], unit="GB") == [1200, 120, 40]
    assert cleaned("cpu_utilization_pct", ["33.771", "12.125"]) == [33.771, 12.125]


def test_another_column_of_the_table_proves_the_decimal_comma() -> None:
    result = outcome(Column("storage_total_gib", ["1.200", "120"], unit="GB"), Column("cost", ["845,5", "77,25"]))
    assert values(result, "storage_total_gib") == [1200, 120]
    english = outcome(Column("storage_total_gib", ["1.200", "120"], unit="GB"), Column("cost", ["845.5", "77.25"]))
    assert values(english, "storage_total_gib") == [1.2, 120]


@pytest.mark.parametrize(
    ("field", "cells", "expected", "rule"),
    [
        pytest.param(
            "memory_mib", ["16", "32", "128", "8"], [16384, 32768, 131072, 8192], "unit_inferred_gb_to_mib",
            id="GiB",
        ),
        pytest.param("memory_mib", ["17179869184"], [16384], "unit_inferred_b_to_mib", id="bytes"),
        pytest.param("memory_mib", ["16777216", "8388608"], [16384, 8192], "unit_inferred_kb_to_mib", id="KiB"),
        pytest.param(
            "storage_total_gib", ["122880", "307200"], [120, 300], "unit_inferred_mb_to_gib",
            id="MiB of disk",
        ),
        pytest.param("cpu_speed_mhz", ["2.4", "3.1"], [2400, 3100], "unit_inferred_ghz_to_mhz", id="GHz"),
        pytest.param(
            "cpu_utilization_pct", ["0.95", "0.12", "0.5"], [95, 12, 50], "unit_inferred_fraction_to_percent",
            id="fractions",
        ),
    ],
)  # fmt: skip
def test_a_silent_column_is_read_by_its_sizes_and_says_so(
    field: str, cells: list[str], expected: list[float], rule: str
) -> None:
    result = outcome(Column(field, cells))
    assert values(result, field) == pytest.approx(expected)
    assert rules(result, field) == {rule: len(cells)}
    assert codes(result) == ["unit_inferred"]


def test_memory_in_mib_needs_no_conversion() -> None:
    assert cleaned("memory_mib", ["131072", "4096", "512"]) == [131072, 4096, 512]


def test_percentages_below_one_are_percentages_beside_larger_ones() -> None:
    assert cleaned("cpu_utilization_pct", ["0.4", "37.5", "0.9"]) == [0.4, 37.5, 0.9]


def test_a_header_that_its_numbers_contradict_is_not_believed() -> None:
    result = outcome(Column("memory_mib", ["65536", "16384", "8192"], header="RAM (GB)", unit="GB"))
    assert values(result, "memory_mib") == [65536, 16384, 8192]
    assert codes(result) == ["unit_contradicts_values"]


def test_percentages_that_a_spreadsheet_keeps_as_fractions() -> None:
    result = outcome(
        Column("cpu_utilization_pct", [f"0.{i}5" for i in range(1, 10)] * 2 + ["1", "0.07"], unit="percent")
    )
    assert values(result, "cpu_utilization_pct")[:3] == pytest.approx([15, 25, 35])
    assert codes(result) == ["unit_contradicts_values"]
    idle = outcome(Column("cpu_utilization_pct", ["0.4", "0.9", "0.2"], unit="percent"))
    assert values(idle, "cpu_utilization_pct") == [0.4, 0.9, 0.2]


@pytest.mark.parametrize(
    ("target", "spelling", "factor"),
    [
        ("MiB", "GiB", 1024), ("MiB", "GB", 1024), ("MiB", "KB", 1 / 1024), ("MiB", "bytes", 2**-20),
        ("GiB", "TiB", 1024),
        ("GiB", "PB", 2**20), ("MHz", "GHz", 1000), ("MHz", "Hz", 1e-6), ("percent", "percent", 1),
        ("MB/s", "KiB/s", 1e-3), ("MB/s", "bytes/s", 1e-6), ("MB/s", "Mbit/s", 0.125), ("MB/s", "Gbit/s", 125),
        ("MB/s", "Kbit/s", 1.25e-4), ("MB/s", "bit/s", 1.25e-7),
    ],
)  # fmt: skip
def test_spellings_of_units(target: str, spelling: str, factor: float) -> None:
    unit = unit_named(target, spelling)
    assert unit is not None
    assert unit.factor == pytest.approx(factor)


def test_a_spelling_of_another_kind_is_no_unit() -> None:
    assert unit_named("MiB", "GHz") is None
    assert unit_named("MHz", None) is None


def test_clusters_really_have_terabytes() -> None:
    cells = ["6287768", "7859710", "12582912"]
    assert cleaned("memory_mib", cells, unit="MB") == [6287768, 7859710, 12582912]


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        pytest.param("memory_mib", "-5", "impossible_value", id="negative size"),
        pytest.param("storage_total_gib", "Infinity", "impossible_value", id="infinity"),
        pytest.param("cpu_utilization_pct", "400", "impossible_value", id="percent of several cores"),
        pytest.param("cpu_count", "999999999", "impossible_value", id="too many processors"),
        pytest.param("cpu_count", "2,5", "not_an_integer", id="half a processor"),
        pytest.param("memory_mib", "plenty", "unparsable_value", id="a word"),
        pytest.param("memory_mib", "16 apples", "unparsable_value", id="a unit nobody knows"),
        pytest.param("memory_mib", "9" * 400, "impossible_value", id="hundreds of digits"),
    ],
)
def test_what_cannot_be_becomes_null_with_a_finding(field: str, cell: str, code: str) -> None:
    result = outcome(Column(field, [cell], unit="MB"))
    assert values(result, field) == [None]
    assert code in codes(result)


def test_zero_is_how_sources_say_that_they_do_not_know() -> None:
    result = outcome(Column("cpu_count", ["0", "4"]))
    assert values(result, "cpu_count") == [None, 4]
    assert codes(result) == []


def test_nan_never_reaches_a_clean_column() -> None:
    result = outcome(Column("storage_used_gib", ["NaN", "nan", "1"], unit="GB"))
    assert values(result, "storage_used_gib") == [None, None, 1]


@pytest.mark.parametrize(
    ("field", "cell", "value", "rule"),
    [
        pytest.param("memory_mib", "2 x 8 GB", 16384, "number_multiplied", id="so many modules of one size"),
        pytest.param("memory_mib", "16GiB (50%)", 16384, "number_note_dropped", id="a share behind the size"),
        pytest.param("storage_total_gib", "C: 100 GB, D: 200 GB", 300, "sizes_summed", id="the sizes of several disks"),
        pytest.param("cpu_count", "2x4", 8, "number_multiplied", id="sockets times cores"),
        pytest.param(
            "cpu_speed_mhz",
            "Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz",
            2400,
            "clock_of_model",
            id="the clock of a model",
        ),
        pytest.param("cpu_count", "100000", None, "out_of_bounds", id="more processors than any cluster has"),
        pytest.param("cpu_utilization_pct", "150", None, "out_of_bounds", id="more than everything"),
        pytest.param("storage_total_gib", "-1", None, "out_of_bounds", id="less than nothing"),
        pytest.param("storage_total_gib", "999999999", None, "all_nines_to_null", id="all nines"),
        pytest.param("memory_mib", "1000000000000", None, "out_of_bounds", id="an exabyte of memory"),
        pytest.param("memory_mib", "1e309", None, "out_of_bounds", id="beyond any float"),
        pytest.param("memory_mib", "NaN", None, "placeholder_to_null", id="no number"),
        pytest.param("storage_total_gib", "100 GB, 1 TB", 1124, "sizes_summed", id="sizes in two units"),
        pytest.param(
            "storage_total_gib", "C: 223.0 GB (160.2 GB free), D: 1 TB (0.2 TB free)", 1247, "sizes_summed", id="drives"
        ),
        pytest.param("storage_total_gib", "100; 200", 300, "sizes_summed", id="bare sizes"),
        pytest.param("storage_total_gib", "480G*2", 960, "number_multiplied", id="the number behind the size"),
        pytest.param("storage_total_gib", "2x 300 SAS", 600, "number_note_dropped", id="the kind of disk"),
        pytest.param("storage_total_gib", "38.1 GiB / 60 GiB", 60, "size_of_total", id="used of all"),
        pytest.param("storage_used_gib", "38.1 GiB / 60 GiB", 38.1, "size_of_used", id="all that is used"),
        pytest.param("memory_mib", "257576 MB total, 46363 MB used", 257576, "size_of_total", id="total and used"),
        pytest.param("memory_mib", "8Gi", 8192, "unit_gb_to_mib", id="Kubernetes"),
        pytest.param("cost", "1,99,900/-", 199_900, "currency_stripped", id="rupees"),
        pytest.param("cost", "649,-", 649, "currency_stripped", id="no cents"),
    ],
)
def test_rules_of_single_cells(field: str, cell: str, value: float | None, rule: str) -> None:
    result = outcome(Column(field, [cell], unit="MB" if field == "memory_mib" else None))
    assert values(result, field) == ([pytest.approx(value)] if value is not None else [None])
    assert rule in rules(result, field)


@pytest.mark.parametrize(
    ("cell", "port"),
    [
        ("443/tcp", 443),
        ("tcp/443", 443),
        ("UDP:53", 53),
        ("443", 443),
        ("70000", None),
        ("-1", None),
        ("https", None),
        ("8080.0", 8080),
        ("443 (https)", 443),
        ("99999", None),
    ],
)
def test_ports(cell: str, port: int | None) -> None:
    assert cleaned_one("destination_port", cell, "connection") == port


def test_an_impossible_value_costs_the_cell_and_not_the_row() -> None:
    result = outcome(Column("cpu_count", ["4", "100000", "100000"]), Column("memory_mib", ["4096"] * 3, unit="MB"))
    assert values(result, "memory_mib") == [4096.0] * 3
    detail = result.findings.filter(code="impossible_value").get_column("detail").item()
    assert "2 cells" in detail
    assert '"100000" (2)' in detail
    assert result.set_aside.is_empty()


@pytest.mark.parametrize("unit", [None, "MB", "GB"])
def test_two_groups_a_thousand_apart_are_two_units(unit: str | None) -> None:
    small, large = ["4", "8", "16", "32", "64", "16"], ["4096", "8192", "16384", "65536", "32768"]
    result = outcome(Column("memory_mib", [*small, *large], unit=unit))
    assert values(result, "memory_mib") == [*(int(cell) * 1024 for cell in small), *map(int, large)]
    assert rules(result, "memory_mib") == {"unit_mixed_gb_to_mib": len(small)}
    assert codes(result) == ["mixed_units"]


@pytest.mark.parametrize(
    ("cells", "unit", "factor"),
    [
        pytest.param(["16", "32", "64", "8"] * 6 + ["2048", "3072", "6144"], "GB", 1024, id="a few hosts of terabytes"),
        pytest.param(["4096", "8192", "16384"] * 5 + ["512", "768", "512"], "MB", 1, id="small machines"),
        pytest.param(["4096", "8192", "16384"] * 5 + ["16", "32"], "MB", 1, id="two odd cells"),
    ],
)
def test_one_unit_stays_one_unit(cells: list[str], unit: str, factor: int) -> None:
    assert cleaned("memory_mib", cells, unit=unit) == [int(cell) * factor for cell in cells]


def test_storage_in_two_units_is_told_by_round_numbers() -> None:
    mixed = ["100", "250", "80", "500", "40960", "81920", "102400", "256000"]
    assert cleaned("storage_total_gib", mixed) == [100, 250, 80, 500, 40, 80, 100, 250]
    arrays = ["100", "250", "80", "500", "40100", "81250", "102333", "100001"]
    assert cleaned("storage_total_gib", arrays, unit="GB") == [float(cell) for cell in arrays]


def test_clocks_in_megahertz_and_gigahertz_never_overlap() -> None:
    assert cleaned("cpu_speed_mhz", ["2.4", "2400", "3.1", "2,6"]) == [2400, 2400, 3100, 2600]


def test_money_has_two_decimals_whatever_other_columns_have() -> None:
    result = outcome(Column("cpu_speed_mhz", ["2100.5", "2400.5"]), Column("cost", ["€1.234", "500"]))
    assert values(result, "cost") == [1234.0, 500.0]


@pytest.mark.parametrize(
    ("field", "cells", "first"),
    [
        pytest.param("memory_mib", ["16,384 MB", "16,5 GB", "8,5 GB"], 16384.0, id="megabytes among decimal commas"),
        pytest.param("cost", ["€1.234", "$1,234.50", "99.50"], 1234.0, id="money among decimal points"),
    ],
)
def test_nobody_gives_three_decimals_of_small_things(field: str, cells: list[str], first: float) -> None:
    assert values(outcome(Column(field, cells)), field)[0] == first


def test_a_percentage_that_a_spreadsheet_formatted_is_a_fraction_in_every_cell() -> None:
    assert values(outcome(Column("cpu_utilization_pct", ["0.25"] * 12)), "cpu_utilization_pct") == [25.0] * 12
