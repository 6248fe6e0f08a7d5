"""The cheapest type that holds a need, and that a larger need is never cheaper."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.analysis.sizing.catalogue import Catalogue, catalogue
from discovery_pipeline.domain.analysis.sizing.fitting import FITS, Steps, fitting, largest
from discovery_pipeline.domain.analysis.sizing.params import SizingParams
from discovery_pipeline.domain.analysis.sizing.regional import terms, usable
from discovery_pipeline_tests.domain.analysis.sizing.small_prices import small

Asked = tuple[float, float, bool, str, bool]
ASKED = {
    "cpus": pl.Float64(), "memory": pl.Float64(), "windows": pl.Boolean(), "arch": pl.String(),
    "burstable": pl.Boolean(),
}  # fmt: skip


def fitted(*asked: Asked, of: Catalogue | None = None, included: bool = True, **params: object) -> pl.DataFrame:
    """FITS of each need, with its number; at aws unless params say otherwise."""
    plan = SizingParams.model_validate({"providers": ["aws"], **params})
    listing = of or small()
    types = usable(listing, terms(listing, plan), plan)
    frame = pl.DataFrame(asked, schema=ASKED, orient="row")
    steps = Steps.of(types)
    slots = steps.slots(frame, "cpus", "memory", pl.col("windows"))
    fits = fitting(steps.asked(slots), types, included)
    assert dict(fits.schema) == FITS
    return frame.with_row_index("no").with_columns(slot=slots).join(fits, on="slot", how="left").sort("no", "provider")


@pytest.mark.parametrize(
    ("asked", "params", "found"),
    [
        pytest.param((1, 4, False, "x86_64", False), {}, "g2.1", id="just"),
        pytest.param((1, 4.25, False, "x86_64", False), {}, "g2.2", id="a little more memory"),
        pytest.param((3, 4, False, "x86_64", False), {}, "g2.4", id="three processors"),
        pytest.param((2, 12, False, "x86_64", False), {}, "m2.2", id="much memory for two processors"),
        pytest.param((2, 8, False, "x86_64", True), {}, "b2.2", id="a shared processor may do"),
        pytest.param((4, 16, False, "x86_64", False), {"previous_generation": True}, "g1.4", id="a former generation"),
        pytest.param((2, 8, False, "arm64", False), {}, "a2.2", id="ARM needs ARM"),
        pytest.param((2, 8, False, "any", False), {}, "a2.2", id="ARM is cheaper"),
        pytest.param((2, 8, True, "any", False), {}, "g2.2", id="Windows is not offered on ARM"),
        pytest.param((16, 64, False, "x86_64", False), {}, "u2.16", id="a type without price, if no other holds it"),
        pytest.param((17, 4, False, "x86_64", False), {}, None, id="too many processors"),
        pytest.param((1, 65, False, "x86_64", False), {}, None, id="too much memory"),
    ],
)
def test_the_cheapest_type_that_holds_the_need(asked: Asked, params: dict[str, object], found: str | None) -> None:
    assert fitted(asked, **params)["type"].to_list() == [found]


@pytest.mark.parametrize(("included", "licence"), [(True, 1.0), (False, 0.0)])
def test_the_licence_of_windows_is_part_of_the_price_unless_it_is_brought_along(included: bool, licence: float) -> None:
    found = fitted((2, 8, True, "x86_64", False), included=included).row(0, named=True)
    assert (found["type"], found["hour"], found["licence_hour"]) == ("g2.2", 2.0, licence)


def test_alternatives_are_the_best_of_the_next_families() -> None:
    assert fitted((2, 8, False, "x86_64", False))["others"].to_list() == [["m2.2 at 3.0 an hour"]]


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("provider", ["aws", "azure", "gcp"])
def test_more_is_never_cheaper(provider: str, windows: bool) -> None:
    cpus, memory = (1, 2, 3, 7, 8, 9, 33, 64, 65, 128), (0.5, 4, 4.25, 15, 33, 128, 500, 700, 2000)
    asked = [(float(c), float(m), windows, "x86_64", False) for c in cpus for m in memory]
    found = fitted(*asked, of=catalogue(), providers=[provider])
    price = found.select("cpus", "memory", price=pl.col("hour") + pl.col("licence_hour"))
    assert price["price"].null_count() < len(price)
    both = price.join(price, how="cross", suffix="_more").filter(
        pl.col("cpus") <= pl.col("cpus_more"), pl.col("memory") <= pl.col("memory_more")
    )
    assert both.filter(pl.col("price") > pl.col("price_more") + 1e-9).is_empty()
    assert both.filter(pl.col("price").is_null() & pl.col("price_more").is_not_null()).is_empty()


def test_every_type_holds_what_was_asked() -> None:
    asked = [
        (float(c), m * 1.3, w, "x86_64", b)
        for c in range(1, 97, 5)
        for m in (1, 9, 77, 300)
        for w in (True, False)
        for b in (True, False)
    ]
    found = fitted(*asked, of=catalogue(), providers=["aws", "azure", "gcp"]).drop_nulls("type")
    assert len(found) > len(asked)
    assert found.filter((pl.col("vcpus") < pl.col("cpus")) | (pl.col("memory_gib") < pl.col("memory"))).is_empty()
    assert found.filter(pl.col("shares") & ~pl.col("burstable")).is_empty()


def test_nothing_asked_gives_nothing() -> None:
    assert fitted().is_empty()


def test_the_largest_is_told_per_architecture() -> None:
    plan = SizingParams(providers=("aws",))
    limits = largest(usable(small(), terms(small(), plan), plan))
    assert limits.sort("arch").rows() == [
        ("aws", "any", 16, 64.0),
        ("aws", "arm64", 2, 8.0),
        ("aws", "x86_64", 16, 64.0),
    ]
