"""Facts about frames as a whole."""

import polars as pl
import pytest

from discovery_pipeline.quality.facts import columns_of_other_types

WANTED = {"rack": pl.String(), "cpu_count": pl.Int64(), "ip_address": pl.List(pl.String())}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param(WANTED, 0, id="as the schema says"),
        pytest.param({"rack": pl.String()}, 0, id="fewer columns"),
        pytest.param({**WANTED, "row": pl.Int64()}, 0, id="a column of no field"),
        pytest.param({**WANTED, "cpu_count": pl.Float64()}, 1, id="a number of another kind"),
        pytest.param({"ip_address": pl.String(), "rack": pl.Int64()}, 2, id="no list, no text"),
    ],
)
def test_columns_of_other_types_are_counted(schema: dict[str, pl.DataType], expected: int) -> None:
    frame = pl.DataFrame(schema=schema)
    assert columns_of_other_types(frame, WANTED) == columns_of_other_types(frame.lazy(), WANTED) == expected
