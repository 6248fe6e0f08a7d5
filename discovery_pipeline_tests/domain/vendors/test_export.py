"""Every file that is exported passes a reader written from the vendors' own pages, whatever the estate is like."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.vendors.estate import Estate
from discovery_pipeline.domain.vendors.export import VendorExport, vendor_export
from discovery_pipeline.domain.vendors.rules import VENDORS, Vendor
from discovery_pipeline_tests.domain.vendors.estates import estate, large, nasty, server, tidy
from discovery_pipeline_tests.domain.vendors.published import VALIDATORS


def contents(made: VendorExport) -> dict[str, bytes]:
    return {file.name: file.content for file in made.files}


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_tidy_estate_goes_as_a_whole(vendor: Vendor) -> None:
    made = vendor_export(vendor, tidy())
    assert VALIDATORS[vendor](contents(made)) == []
    assert (made.selected, made.accepted, made.apart) == ((4, 4, 0) if vendor == "konveyor" else (8, 8, 0))
    assert made.issues.is_empty()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("vendor", VENDORS)
def test_a_nasty_estate_makes_valid_files_and_loses_no_row_in_silence(vendor: Vendor, seed: int) -> None:
    source = nasty(seed)
    made = vendor_export(vendor, source)
    assert VALIDATORS[vendor](contents(made)) == []
    table = made.rules.tables[0].name
    refused = made.issues.filter(pl.col("outcome") == "rejected", pl.col("table") == table)["asset_id"].n_unique()
    assert made.accepted + refused == made.selected
    if vendor != "konveyor":
        assert made.selected + len(made.left_out) == len(source.inventory)
    assert made.issues.select(pl.col("why", "advice").is_null().any()).sum_horizontal().item() == 0


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_order_of_the_input_does_not_matter(vendor: Vendor) -> None:
    source = nasty(3)
    turned = Estate(**{name: rows.reverse() for name, rows in vars(source).items()})
    one, other = vendor_export(vendor, source), vendor_export(vendor, turned)
    assert contents(one) == contents(other)
    assert one.issues.equals(other.issues)
    assert one.left_out.equals(other.left_out)


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_empty_estate_makes_no_file(vendor: Vendor) -> None:
    made = vendor_export(vendor, estate())
    assert (made.files, made.selected, made.issues.height, made.left_out.height) == ((), 0, 0, 0)


@pytest.mark.parametrize(
    ("vendor", "count", "rows"),
    [
        pytest.param("azure-migrate", 45_000, [20_000, 20_000, 5_000], id="azure 45,000"),
        pytest.param("aws-ads", 25_001, [25_000, 1], id="aws one too many"),
    ],
)
def test_files_are_split_at_the_vendor_s_limit(vendor: Vendor, count: int, rows: list[int]) -> None:
    made = vendor_export(vendor, large(count))
    main = [file for file in made.files if len(made.rules.tables) == 1 or file.name.endswith("-vmInfo.csv")]
    assert [file.rows for file in main] == rows
    assert VALIDATORS[vendor](contents(made)) == []


def test_files_are_split_at_the_vendor_s_bytes() -> None:
    wide = large(2_000)
    long = wide.inventory.with_columns(department=pl.lit("d" * 7_000))
    made = vendor_export("aws-ads", Estate(long))
    assert len(made.files) == 2
    assert VALIDATORS["aws-ads"](contents(made)) == []
    assert sum(file.rows for file in made.files) == 2_000


def test_a_machine_s_details_go_with_it() -> None:
    made = vendor_export("google-mc", tidy())
    rows = {file.name: file.rows for file in made.files}
    assert rows == {
        "google-mc-1-vmInfo.csv": 8,
        "google-mc-1-diskInfo.csv": 9,
        "google-mc-1-perfInfo.csv": 8,
        "google-mc-1-tagInfo.csv": 8 * 5 + 3 + 9,
    }


def test_of_servers_of_one_name_the_better_known_goes() -> None:
    made = vendor_export(
        "azure-migrate",
        estate(server("a_1", hostname="db", record_count=1), server("a_2", hostname="DB", record_count=3)),
    )
    assert made.accepted == 1
    assert made.issues.select("asset_id", "rule", "outcome").rows() == [("a_1", "not_unique", "rejected")]


def test_a_server_that_cannot_go_leaves_its_name_to_another() -> None:
    made = vendor_export(
        "azure-migrate",
        estate(server("a_1", hostname="db", record_count=9, cpu_count=None), server("a_2", hostname="db")),
    )
    assert made.accepted == 1
    assert made.issues.select("asset_id", "rule").rows() == [("a_1", "missing")]
