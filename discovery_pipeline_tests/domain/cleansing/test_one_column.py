"""One column by itself is cleansed as it is in its table."""

from __future__ import annotations

import polars as pl
import pytest

from discovery_pipeline.domain.cleansing.one_column import column_values
from discovery_pipeline.domain.learning.rules import Rules, Told, ValueRule
from discovery_pipeline_tests.domain.cleansing.tables import Column, canonical, outcome

SAYS_TEST = ValueRule("asset", "environment", "PRD", "test", None, Told((1,), "ann", 0.95))
DAY_FIRST = Column("install_date", ["25.12.2023", "28.02.2024", None])


@pytest.mark.parametrize(
    ("columns", "rules"),
    [
        pytest.param([Column("environment", ["PRD", "dev", "PRD"])], Rules(), id="words"),
        pytest.param([Column("environment", ["PRD", "dev", " prd "])], Rules(values=(SAYS_TEST,)), id="value rules"),
        pytest.param([Column("ip_address", ["10.0.0.2, 10.0.0.1", "n/a", None])], Rules(), id="lists"),
        pytest.param([Column("memory_mib", ["16 GB", "8", "32 GB"], unit="GB")], Rules(), id="units"),
        pytest.param([Column("last_seen", ["03.04.2024", None, "05.06.2024"]), DAY_FIRST], Rules(), id="dates"),
        pytest.param(
            [Column("memory_mib", ["1.024", "2.048", "4.096"]), Column("storage_total_gib", ["1,5", "2,25", "3,5"])],
            Rules(), id="decimal marks",
        ),
    ],
)  # fmt: skip
def test_its_values_are_those_of_the_table(columns: list[Column], rules: Rules) -> None:
    table = canonical(*columns, Column("source_id", ["a", "b", "c"], "Id"))
    own = columns[0]
    whole = outcome(*columns, Column("source_id", ["a", "b", "c"], "Id"), rules=rules).table.frame.collect()
    binding = table.bindings[0]
    told = dict(column_values(table, binding.position, rules).select("raw", "text").iter_rows())
    clean = whole.get_column(own.field)
    if clean.dtype == pl.List(pl.String):
        clean = clean.list.join("; ")
    expected = [None if cell is None else told[cell] for cell in own.cells]
    assert [_same_form(text, clean.dtype) for text in expected] == clean.to_list()


def _same_form(text: str | None, dtype: pl.DataType) -> object:
    if text is None:
        return None
    if dtype.is_numeric():
        return float(text.split()[0])
    return pl.Series([text]).str.to_datetime(time_unit="us").item() if dtype.is_temporal() else text


def test_every_distinct_cell_stands_once_with_its_rows() -> None:
    table = canonical(Column("environment", ["PRD", "dev", "PRD", None, "-"]))
    found = column_values(table, 0).sort("raw")
    assert found.rows() == [("-", 1, None), ("PRD", 2, "production"), ("dev", 1, "development")]
