from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from benchmarks.inventory.peers import by_keys


def clusters(work: Path, common: int | None, **columns: list[object]) -> list[int]:
    """The cluster of each record, by records with these columns and nothing else."""
    rows = len(next(iter(columns.values())))
    empty = dict.fromkeys(("uuid", "serial_number", "fqdn", "hostname"), [None] * rows)
    frame = pl.DataFrame(
        {
            "unique_id": range(rows),
            "table_no": [0] * rows,
            "row": range(rows),
            "mac_address": [[]] * rows,
            **empty,
            **columns,
        },
        schema_overrides={"mac_address": pl.List(pl.String), **dict.fromkeys(empty, pl.String)},
    )
    frame.write_parquet(work / "records.parquet")
    by_keys(work, common)
    return pl.read_parquet(work / ("keys.parquet" if common is None else "guarded.parquet"))["cluster"].to_list()


def test_records_that_share_any_key_are_one(tmp_path: Path) -> None:
    found = clusters(
        tmp_path, None, uuid=["u", "u", None, None, None], mac_address=[[], ["m"], ["x", "m"], ["y"], []],
        hostname=["a", None, None, None, "b"],
    )  # fmt: skip
    assert found[0] == found[1] == found[2]
    assert len(set(found)) == 3


@pytest.mark.parametrize(("common", "count"), [(None, 1), (3, 4)], ids=["unguarded", "guarded"])
def test_a_guard_keeps_common_values_from_joining(tmp_path: Path, common: int | None, count: int) -> None:
    found = clusters(tmp_path, common, serial_number=["Default string"] * 4)
    assert len(set(found)) == count
