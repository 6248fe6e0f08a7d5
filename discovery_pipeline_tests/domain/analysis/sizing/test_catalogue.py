"""What a price catalogue must say, what is told of one that doesn't, and that the packaged one holds."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.sizing.catalogue import TYPES, catalogue, read_catalogue
from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline_tests.domain.analysis.sizing.small_prices import TEXT, small


def test_a_catalogue_is_read_with_a_date_on_every_price() -> None:
    read = small()
    assert (read.as_of, read.oldest, read.entries) == (date(2026, 9, 6), date(2025, 9, 6), 12)
    assert dict(read.types.schema) == TYPES
    assert read.types["priced_at"].null_count() == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("as_of: 2026-09-06\ncurrency", "currency", "as_of", id="no date"),
        pytest.param("- [g2.1, g2, 1, 4, 1.0, 0.5", "- [g2.1, g2, 1, 4, -1.0, 0.5", "types.0.4", id="price below zero"),
        pytest.param("- [g2.1, g2, 1, 4, 1.0, 0.5", "- [g2.1, g2, 0, 4, 1.0, 0.5", "types.0.2", id="no vCPU"),
        pytest.param("- [g2.1, g2, 1, 4, 1.0", "- [g2.1, g2, 1, 4, .inf", "types.0.4", id="endless price"),
        pytest.param("- [g2.2, g2,", "- [g2.1, g2,", "listed twice: g2.1", id="a type twice"),
        pytest.param("- [g2.2, g2,", "- [g2.2, g9,", "g9", id="a family that isn't listed"),
        pytest.param("    region: here\n", "    region: elsewhere\n", "elsewhere", id="base region"),
        pytest.param("currency: USD", "currency: dollars", "currency", id="no currency code"),
        pytest.param("hours_per_month: 700", "hours_per_month: 24", "hours_per_month", id="a month of a day"),
        pytest.param("reserved: {1y: [0.2, 0.25, 0.3], ", "reserved: {", "both terms", id="a term missing"),
        pytest.param("  aws:", "  ibm:", "ibm", id="an unknown provider"),
        pytest.param(", listed]", ", guessed]", "types.0.6", id="an unknown way to know"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_told_by_its_place(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(UsageError, match="price catalogue") as error:
        read_catalogue(TEXT.replace(old, new, 1))
    assert told in str(error.value)


@pytest.mark.parametrize("text", ["", "- a\n- b", "{", "just words", "as_of: 2026-13-45"])
def test_what_is_no_catalogue_is_told_without_a_traceback(text: str) -> None:
    with pytest.raises(UsageError, match="price catalogue"):
        read_catalogue(text)


def test_the_packaged_catalogue_has_three_providers_with_dated_prices() -> None:
    packaged = catalogue()
    assert set(packaged.offers) == {"aws", "azure", "gcp"}
    assert packaged.types["priced_at"].null_count() == 0
    assert packaged.types["hour"].null_count() == 0
    assert date(2020, 1, 1) <= packaged.oldest <= packaged.as_of <= date(2026, 12, 31)
    assert packaged.source


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp"])
def test_a_packaged_provider_has_sizes_from_small_to_very_large(provider: str) -> None:
    own = catalogue().types.filter(pl.col("provider") == provider, ~pl.col("previous"), pl.col("arch") == "x86_64")
    assert {"general", "compute", "memory"} <= set(own["kind"])
    assert not own.filter(pl.col("memory_gib") <= 4).is_empty()
    assert not own.filter(pl.col("memory_gib") >= 3800).is_empty()
    assert not own.filter("burstable").is_empty()
    assert own["windows_hour"].null_count() == 0


def test_prices_of_a_packaged_family_go_with_its_size() -> None:
    """A wrong price (of another offer, a digit lost) stands out from its family's price per vCPU and GiB."""
    types = catalogue().types.filter(~pl.col("burstable"))
    grown = types.sort("hour").group_by(
        "provider", "family", pl.col("memory_gib") / pl.col("vcpus"), maintain_order=True
    )
    steps = grown.agg(grows=(pl.col("vcpus").diff().drop_nulls() >= 0).all())
    assert steps["grows"].all()
    listed = types.with_columns(rate=pl.col("hour") / pl.col("vcpus"))
    ratio = (pl.col("memory_gib") / pl.col("vcpus")).round(0)
    spread = listed.filter(pl.col("family") != "Mv2").group_by("provider", "family", ratio).agg(
        (pl.col("rate").max() / pl.col("rate").min()).alias("spread")
    )  # fmt: skip
    assert spread.filter(pl.col("spread") > 1.15).is_empty()
