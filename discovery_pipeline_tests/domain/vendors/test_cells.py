"""Numbers, platforms and addresses as cells."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.vendors.cells import addresses, nameable, number


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        pytest.param(8192.0, 0, "8192", id="whole"),
        pytest.param(12.346, 2, "12.35", id="rounded"),
        pytest.param(12.5, 2, "12.5", id="no needless zeros"),
        pytest.param(511.997, 6, "511.9970", id="three decimals are no thousands"),
        pytest.param(511.9971, 6, "511.9971", id="more decimals"),
        pytest.param(1e15, 2, "1000000000000000", id="no exponent"),
        pytest.param(float("nan"), 2, None, id="no number"),
        pytest.param(float("inf"), 2, None, id="endless"),
        pytest.param(None, 2, None, id="unknown"),
    ],
)
def test_numbers_are_written_for_any_reader(value: float | None, digits: int, written: str | None) -> None:
    frame = pl.DataFrame({"x": [value]}, schema={"x": pl.Float64})
    assert frame.select(number(pl.col("x"), digits)).item() == written


def test_a_platform_has_the_vendor_s_word_or_keeps_its_own() -> None:
    frame = pl.DataFrame({"p": ["VMware ESXi 8", "KVM", None]})
    assert frame.select(nameable(pl.col("p"), {"esx": "VMware"})).to_series().to_list() == ["VMware", "KVM", None]


def test_what_is_no_address_is_told() -> None:
    lists = pl.DataFrame(
        {"asset_id": ["a", "b"], "name": ["x", "y"], "ips": [["10.0.0.2", "n/a", "::1", "10.0.0.2"], None]},
        schema_overrides={"ips": pl.List(pl.String)},
    )
    kept, lost = addresses(lists, "ips", "ip")
    assert kept.rows() == [("a", ["10.0.0.2", "::1"])]
    assert lost.rows() == [("a", "x", "n/a")]
