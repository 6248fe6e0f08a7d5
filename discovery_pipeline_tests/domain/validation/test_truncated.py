"""Signs that an export was cut off, each with its evidence; whole exports show none."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import RawTable
from discovery_pipeline.domain.validation.intake import inspect
from discovery_pipeline_tests.domain.tables import raw_table

_CODES = ("truncated_export", "last_row_breaks_off", "names_end_early")
_HEADERS = ("Name", "IP Address", "Operating System", "Memory (GB)", "Owner")

Row = Sequence[str | None]


def _table(rows: Sequence[Row]) -> RawTable:
    padded = [[*row, *[None] * (len(_HEADERS) - len(row))] for row in rows]
    return raw_table([(header, [row[i] for row in padded]) for i, header in enumerate(_HEADERS)])


def _record(i: int, name: str | None = None) -> Row:
    return [name or f"srv-{i:04d}", f"10.0.{i // 250}.{i % 250}", "Windows Server 2019", "16", "Jo Doe"]


def _found(rows: Sequence[Row]) -> pl.DataFrame:
    return inspect([_table(rows)]).findings.filter(pl.col("code").is_in(_CODES))


@pytest.mark.parametrize(("rows", "severity"), [(1_000, "info"), (32_000, "warning"), (65_535, "warning"), (999, None)])
def test_row_counts_at_which_tools_stop(rows: int, severity: str | None) -> None:
    table = raw_table({"Name": [f"srv-{i}" for i in range(rows)]})

    found = inspect([table]).findings.filter(pl.col("code") == "truncated_export")

    assert found["severity"].to_list() == ([severity] if severity else [])


def test_a_footer_does_not_count_as_a_row_of_the_export() -> None:
    (found,) = _found([*map(_record, range(1_000)), ["Total", None, None, "16000"]]).rows(named=True)

    assert (found["code"], found["detail"][:18]) == ("truncated_export", "exactly 1,000 rows")


@pytest.mark.parametrize(
    ("last", "evidence"),
    [
        pytest.param(["srv-0099", "10.0.0.99", "Windows Ser"], "'Windows Ser', where others have", id="half a value"),
        pytest.param(["srv-0099", "10.0.0.99"], "column 1 ('IP Address') with '10.0.0.99'", id="whole values"),
        pytest.param(["srv-0"], "column 0 ('Name')", id="in the first cell"),
    ],
)
def test_a_last_row_that_breaks_off(last: Row, evidence: str) -> None:
    (found,) = _found([*map(_record, range(99)), last]).rows(named=True)

    assert (found["code"], found["row"]) == ("last_row_breaks_off", 99)
    assert evidence in found["detail"]


@pytest.mark.parametrize(
    "last",
    [
        pytest.param(_record(99), id="whole"),
        pytest.param([*_record(99)[:4], None], id="one cell empty"),
        pytest.param(["srv-0099", None, None, None, "Jo Doe"], id="empty in the middle"),
        pytest.param(["srv-0099", None, "Debian"], id="a gap before its end"),
        pytest.param(["Total: 99"], id="a footer"),
        pytest.param([], id="blank"),
    ],
)
def test_other_last_rows(last: Row) -> None:
    assert _found([*map(_record, range(99)), last]).is_empty()


def test_a_table_of_many_gaps_ends_in_one_without_a_sign() -> None:
    rows = [_record(i) if i % 3 else ["srv", "10.0.0.1"] for i in range(100)]

    assert _found(rows).is_empty()


def _named(initials: str) -> list[Row]:
    return [_record(i, f"{letter}srv-{i:04d}") for letter in initials for i in range(40)]


@pytest.mark.parametrize(
    ("initials", "told"),
    [
        pytest.param("abcdefgh", True, id="a to h"),
        pytest.param("abcdefghijklmnopqrs", False, id="far into the alphabet"),
        pytest.param("adm", False, id="three sites"),
        pytest.param("fghijklm", False, id="not from the beginning"),
        pytest.param("hgfedcba", False, id="in no order"),
    ],
)
def test_names_in_order_that_end_early(initials: str, told: bool) -> None:
    assert _found(_named(initials))["code"].to_list() == ["names_end_early"] * told
