"""The true assets of the packaged sample tenants make valid import files."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import INVENTORY
from discovery_pipeline.domain.vendors.estate import Estate
from discovery_pipeline.domain.vendors.export import vendor_export
from discovery_pipeline.domain.vendors.rules import VENDORS, Vendor
from discovery_pipeline.sample_tenants import sample_names
from discovery_pipeline_tests.domain.vendors.published import VALIDATORS
from discovery_pipeline_tests.sample_tenants.score import load_truth

_SYSTEMS = {"windows": "Windows Server 2019", "linux": "Red Hat Enterprise Linux 7.9"}


def true_estate(sample: str) -> Estate:
    """The sample's assets as an inventory that misses nothing and errs in nothing."""
    truth = load_truth(sample).assets

    def filled(name: str) -> pl.Expr:
        return pl.when(pl.col(name) != "").then(pl.col(name))

    columns = {
        "asset_id": pl.col("true_id"),
        "hostname": filled("name"),
        "fqdn": filled("fqdn"),
        "classified_type": pl.col("type"),
        "uuid": filled("uuid"),
        "cpu_count": filled("cpu_count").cast(pl.Int64),
        "memory_mib": filled("memory_mib").cast(pl.Float64),
        "storage_total_gib": filled("storage_gib").cast(pl.Float64),
        "ip_address": filled("ip_address").str.split(";"),
        "application_name": filled("applications").str.split(";"),
        "os_name": filled("os_family").str.to_lowercase().replace(_SYSTEMS),
        "is_template": pl.col("is_template") == "1",
    }
    known = truth.select(**columns)
    rest = [pl.lit(None, dtype).alias(name) for name, dtype in INVENTORY.items() if name not in known.columns]
    return Estate(known.with_columns(rest).select(pl.col(name).cast(dtype) for name, dtype in INVENTORY.items()))


@pytest.mark.parametrize("vendor", [vendor for vendor in VENDORS if vendor != "konveyor"])
@pytest.mark.parametrize("sample", sample_names())
def test_a_sample_s_servers_make_valid_files(sample: str, vendor: Vendor) -> None:
    made = vendor_export(vendor, true_estate(sample))
    assert VALIDATORS[vendor]({file.name: file.content for file in made.files}) == []
    assert made.accepted > 0
    assert made.selected + len(made.left_out) == len(load_truth(sample).assets)
