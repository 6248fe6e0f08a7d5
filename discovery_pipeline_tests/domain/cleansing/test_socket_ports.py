from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.cleansing.clean import clean
from discovery_pipeline.domain.handoffs import CanonicalTable, ColumnBinding, TableInfo, TableKind


def table(**columns: list[str | None]) -> CanonicalTable:
    """A table of connections whose columns are called as their fields."""
    rows = len(next(iter(columns.values())))
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_row_index("row")
    frame = frame.with_columns(pl.col("row").cast(pl.Int64), line=pl.lit(None, pl.Int64))
    bindings = tuple(ColumnBinding(c, c, i, c, None, None, 1.0, "accepted") for i, c in enumerate(columns))
    info = TableInfo(0, "netstat", "netstat.csv", "netstat", tuple(columns), rows)
    return CanonicalTable(info, TableKind(0, "connection", "asset", None, 1.0), frame.lazy(), bindings)


@pytest.mark.parametrize(
    ("cell", "address", "port"),
    [
        pytest.param("10.1.2.3:443", "10.1.2.3", 443, id="IPv4"),
        pytest.param("[2001:db8::7]:1433", "2001:db8::7", 1433, id="IPv6"),
        pytest.param("10.1.2.3", "10.1.2.3", None, id="no port"),
        pytest.param("0.0.0.0:8080", "0.0.0.0", 8080, id="listening"),
    ],
)
def test_port_behind_an_address(cell: str, address: str, port: int | None) -> None:
    found = clean(table(source_ip=[cell, "10.9.9.9:1"], destination_ip=["10.0.0.1", "10.0.0.1"])).table.frame.collect()
    assert found.select("source_ip", "source_port").row(0) == (address, port)
    assert "destination_port" not in found.columns


def test_a_column_of_ports_stays_as_it_is() -> None:
    given = table(source_ip=["10.1.2.3:443"], source_port=["50123"], destination_ip=["10.0.0.1:1521"])
    found = clean(given).table.frame.collect()
    assert found.select("source_ip", "source_port", "destination_port").row(0) == ("10.1.2.3", 50123, 1521)
