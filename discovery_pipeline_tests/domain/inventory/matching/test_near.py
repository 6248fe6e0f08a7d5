"""Spellings that are nearly alike, and those that only look so."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.inventory.matching.near import near_names, near_serials


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        pytest.param("cz12345", "cz12354", True, id="neighbours swapped"),
        pytest.param("cz12345", "zc12345", True, id="swapped in front"),
        pytest.param("cz12345", "cz1234", True, id="one less"),
        pytest.param("cz12345", "cz123845", True, id="one more"),
        pytest.param("cz12345", "cz12346", True, id="one replaced"),
        pytest.param("0012345", "12345", True, id="zeros lost"),
        pytest.param("cz12345", "cz99345", False, id="two replaced"),
        pytest.param("cz12345", "54321zc", False, id="other way round"),
        pytest.param("ab12", "ab13", False, id="too short to tell"),
    ],
)
def test_near_serials(one: str, other: str, near: bool) -> None:
    assert near_serials(pl.Series([one]), pl.Series([other])).tolist() == [near]
    assert near_serials(pl.Series([other]), pl.Series([one])).tolist() == [near]


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        pytest.param("web-01", "web01", True, id="a hyphen"),
        pytest.param("web_prod_7", "webprod007", True, id="underscores and zeros"),
        pytest.param("nyc-pay-fil32", "nyc-pay-file32", True, id="a letter less"),
        pytest.param("averylonghostna", "averylonghostname12", True, id="cut at the length of NetBIOS names"),
        pytest.param("web01", "web02", False, id="the next number"),
        pytest.param("web11", "web1", False, id="a number less"),
        pytest.param("dbnode1a", "dbnode1b", False, id="cluster twins"),
        pytest.param("appp01", "appt01", False, id="production and test"),
        pytest.param("averylonghost", "averylonghostname12", False, id="shorter than the cut"),
    ],
)
def test_near_names(one: str, other: str, near: bool) -> None:
    assert near_names(pl.Series([one]), pl.Series([other])).tolist() == [near]
    assert near_names(pl.Series([other]), pl.Series([one])).tolist() == [near]


def test_no_pairs() -> None:
    nothing = pl.Series([], dtype=pl.String())
    assert near_names(nothing, nothing).tolist() == near_serials(nothing, nothing).tolist() == []
