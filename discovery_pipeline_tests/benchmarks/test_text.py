from __future__ import annotations

import uuid

import numpy as np
import polars as pl
import pytest

from benchmarks.estate import text

ONE = pl.DataFrame({"d": ["421c0b2a4455667788990011aabbccdd"], "m": ["0050560a1b2c"]})


def value(expression: pl.Expr) -> str:
    return str(ONE.select(expression).item())


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param(text.dashed("d"), "421c0b2a-4455-6677-8899-0011aabbccdd", id="uuid"),
        pytest.param(text.vmware_serial("d"), "VMware-42 1c 0b 2a 44 55 66 77-88 99 00 11 aa bb cc dd", id="serial"),
        pytest.param(text.mac_form(pl.col("m"), "colons"), "00:50:56:0a:1b:2c", id="mac"),
        pytest.param(text.mac_form(pl.col("m"), "dots"), "0050.560a.1b2c", id="mac-of-a-switch"),
        pytest.param(text.mac_form(pl.col("m"), "dashes"), "00-50-56-0a-1b-2c", id="mac-of-windows"),
        pytest.param(text.ipv4(pl.lit(0)), "10.0.0.2", id="first-address"),
        pytest.param(text.ipv4(pl.lit(64_000)), "10.1.0.2", id="next-block"),
    ],
)
def test_identifiers(expression: pl.Expr, expected: str) -> None:
    assert value(expression) == expected


def test_swapped_is_what_wmi_shows() -> None:
    expected = uuid.UUID(bytes=uuid.UUID("421c0b2a4455667788990011aabbccdd").bytes_le)
    assert value(text.swapped("d")) == str(expected).upper()


def test_hex_strings_have_prefix_and_length() -> None:
    series = text.hex_strings(np.random.default_rng(1), 500, 9, "42")
    assert series.str.contains("^42[0-9a-f]{7}$").all()
    assert series.n_unique() == 500


def test_unique_digits_are_unique() -> None:
    digits = text.unique_digits(200_000)
    assert digits.n_unique() == 200_000
    assert digits.str.contains("^[0-9a-f]{6}$").all()
