"""Exact repeats: the same in every cell, and only these; told, never set aside."""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.validation.intake import inspect
from discovery_pipeline.domain.validation.repeats import exact_repeats
from discovery_pipeline_tests.domain.tables import raw_table

_NAMES = ["a1", "a2", "a1", "A1", "a1 ", None, "a1", None]
_TABLE = raw_table({"Name": _NAMES, "OS": ["Debian"] * 5 + [None, "Debian", None]})


def test_rows_that_are_the_same_in_every_cell() -> None:
    assert exact_repeats(_TABLE, [])["row"].to_list() == [2, 6, 7]


def test_rows_that_were_set_aside_repeat_nothing() -> None:
    assert exact_repeats(_TABLE, [5, 7])["row"].to_list() == [2, 6]


def test_they_are_told_with_their_places_and_stay() -> None:
    intake = inspect([_TABLE])
    (found,) = intake.findings.filter(pl.col("code") == "exact_repeats").rows(named=True)

    assert (found["severity"], found["row"]) == ("info", 2)
    assert found["detail"] == "2 rows the same in every cell as an earlier one, lines 4, 8"
    assert intake.set_aside["reason"].unique().to_list() == ["blank_row"]


def test_flows_repeat_by_nature() -> None:
    flow = {"srcaddr": ["10.0.0.1"] * 3, "dstaddr": ["10.0.0.2"] * 3, "dstport": ["443"] * 3, "bytes": ["60"] * 3}

    assert "exact_repeats" not in inspect([raw_table(flow)]).findings["code"]
