"""Every row in exactly one place."""

import polars as pl
import pytest

from discovery_pipeline.domain.conservation import Accounting, account


def rows(table_no: int, *numbers: int) -> pl.LazyFrame:
    return pl.LazyFrame(
        {"table_no": [table_no] * len(numbers), "row": list(numbers)},
        schema={"table_no": pl.UInt32(), "row": pl.Int64()},
    )


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        pytest.param([rows(0, 0, 1, 2)], Accounting(3, 0, 0), id="all in one place"),
        pytest.param([rows(0, 2), rows(0, 0, 1)], Accounting(3, 0, 0), id="spread over two"),
        pytest.param([rows(0, 0, 2)], Accounting(3, 1, 0), id="one lost"),
        pytest.param([rows(0, 0, 1, 2), rows(0, 1)], Accounting(3, 0, 1), id="in two places"),
        pytest.param([rows(0, 0, 1, 1)], Accounting(3, 1, 1), id="one lost and one doubled"),
        pytest.param([rows(0, 0, 1, 2, 3)], Accounting(3, 0, 1), id="a row the table does not have"),
        pytest.param([rows(0, 0, 1, 2), rows(7, 0)], Accounting(3, 0, 1), id="a table that does not exist"),
        pytest.param([rows(0)], Accounting(3, 3, 0), id="nothing anywhere"),
    ],
)
def test_account(places: list[pl.LazyFrame], expected: Accounting) -> None:
    assert account({0: 3}, *places) == expected


def test_tables_add_up() -> None:
    assert account({0: 2, 1: 1}, rows(0, 0), rows(1, 0)) == Accounting(3, 1, 0)


def test_empty_table_needs_no_place() -> None:
    assert account({0: 0}) == Accounting(0, 0, 0)
