"""Values that stand beside their headers: from where on, which way, and what becomes of the mapping."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from discovery_pipeline.domain.handoffs import ColumnMapping, RawTable
from discovery_pipeline.domain.mapping.candidates import propose
from discovery_pipeline.domain.mapping.resolve import resolve
from discovery_pipeline.domain.validation.intake import inspect
from discovery_pipeline_tests.domain.tables import raw_table

_ROWS = 12
# Header and cells as a hypervisor's export has them.
_EXPORT: dict[str, list[str]] = {
    "VM": [f"srv-{i:02d}" for i in range(_ROWS)],
    "Powerstate": ["poweredOn", "poweredOff"] * 6,
    "DNS Name": [f"srv-{i:02d}.corp.example" for i in range(_ROWS)],
    "CPUs": ["2", "4", "8"] * 4,
    "Memory MiB": ["4096", "8192"] * 6,
    "Primary IP Address": [f"10.0.0.{i}" for i in range(_ROWS)],
    "Cluster": ["CL-01", "CL-02"] * 6,
    "OS": ["Microsoft Windows Server 2019", "Debian GNU/Linux 12"] * 6,
    "VM UUID": [f"4202f5e2-7d4a-4d6c-9a51-0f1e2d3c4b{i:02d}" for i in range(_ROWS)],
    "Owner": ["Jo Doe", "Al Roe"] * 6,
}
_BLANK: list[str | None] = [None] * _ROWS


def _table(headers: Sequence[str], columns: Sequence[Sequence[str | None]]) -> RawTable:
    return raw_table(list(zip(headers, columns, strict=True)))


def _superfluous_header(at: int, header: str = "Annotation") -> RawTable:
    """A header that the rows lack: their values stand to the left from there on."""
    headers = [*list(_EXPORT)[:at], header, *list(_EXPORT)[at:]]
    return _table(headers, [*_EXPORT.values(), _BLANK])


def _missing_header(at: int) -> RawTable:
    """A header left out: from there on values stand to the right, the last under no header."""
    headers = [*list(_EXPORT)[:at], *list(_EXPORT)[at + 1 :], ""]
    return _table(headers, list(_EXPORT.values()))


def _mapped(table: RawTable) -> list[ColumnMapping]:
    kinds = inspect([table]).kinds
    return resolve(propose([table], kinds), kinds)


def _findings(table: RawTable) -> pl.DataFrame:
    return inspect([table]).findings.filter(pl.col("code") == "shifted_columns")


@pytest.mark.parametrize(
    ("table", "way", "first"),
    [
        pytest.param(_superfluous_header(1), "one column to the left", 2, id="header that the rows lack"),
        pytest.param(_superfluous_header(4), "one column to the left", 5, id="the same in the middle"),
        pytest.param(_missing_header(1), "one column to the right", 1, id="header missing"),
        pytest.param(_missing_header(4), "one column to the right", 4, id="header missing in the middle"),
    ],
)
def test_shifted_values_are_an_error_that_says_where(table: RawTable, way: str, first: int) -> None:
    (found,) = _findings(table).rows(named=True)

    assert (found["severity"], found["table"]) == ("error", "t")
    assert way in found["detail"]
    assert found["position"] >= first
    # No earlier than the last column that is surely in its place.
    assert first - 2 <= (inspect([table]).kinds[0].shifted_from or 0) <= first


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(_table(list(_EXPORT), list(_EXPORT.values())), id="in order"),
        pytest.param(_table(list(reversed(_EXPORT)), list(reversed(_EXPORT.values()))), id="in another order"),
        pytest.param(
            _table(["VM", "DNS Name", "Powerstate"], [_EXPORT["VM"], _EXPORT["Powerstate"], _EXPORT["DNS Name"]]),
            id="two headers exchanged",
        ),
        pytest.param(_table(list(_EXPORT), [*list(_EXPORT.values())[:5], *[_BLANK] * 5]), id="empty columns"),
        pytest.param(
            _table(list(_EXPORT), [*list(_EXPORT.values())[:3], *[["n/a"] * _ROWS] * 7]), id="columns of placeholders"
        ),
    ],
)
def test_a_table_in_its_place_is_not_shifted(table: RawTable) -> None:
    assert _findings(table).is_empty()
    assert inspect([table]).kinds[0].shifted_from is None


def test_nothing_beyond_the_shift_is_accepted_but_what_stands_before_it_is() -> None:
    straight = _mapped(_table(list(_EXPORT), list(_EXPORT.values())))
    shifted = _mapped(_missing_header(4))

    assert "accepted" in {m.status for m in straight[4:]}
    assert "accepted" in {m.status for m in shifted[:4]}
    assert "accepted" not in {m.status for m in shifted[4:]}
    assert any("beside their headers" in reason for reason in shifted[5].why)


def test_an_analyst_s_decision_stands_in_a_shifted_table() -> None:
    table = _missing_header(4)
    kinds = inspect([table]).kinds
    decided = ColumnMapping(0, 6, "OS", "cluster", 0.9, "accepted", method="pattern")

    assert resolve(propose([table], kinds), kinds, [decided])[6].status == "accepted"
