"""What matches leaves as a file that another process wrote; no cell of it starts a formula."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.domain.handoffs import INVENTORY
from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.export.writers import FORMATS, Format
from discovery_pipeline.services.inventory.grid_export import csv_bytes, exported
from discovery_pipeline.services.inventory.query import InventoryQuery
from discovery_pipeline.services.inventory.search import InventorySearch
from discovery_pipeline_tests.services.hand_built import frame, publish

COLUMNS = ("name", "cpus", "ip_addresses")
QUERY = InventoryQuery("srv", {"type": ("printer", "virtual_machine")}, order="cpus", descending=True)


@pytest.fixture
def store(tmp_path: Path) -> FrameStore:
    rows = [
        {"asset_id": "a_1", "hostname": "=cmd()", "source_id": "srv1", "classified_type": "printer", "cpu_count": 2},
        {"asset_id": "a_2", "hostname": "srv2", "classified_type": "virtual_machine", "cpu_count": 8,
         "ip_address": ["10.0.0.1", "10.0.0.2"]},
        {"asset_id": "a_3", "hostname": "srv3", "classified_type": "database"},
    ]  # fmt: skip
    flags = {"vanished": False, "first_run": True, "record_count": 1}
    made = FrameStore(str(tmp_path))
    parts = {"inventory": frame([{**flags, **row} for row in rows], INVENTORY)}
    publish(made.open("acme"), "inventory", {**parts, "origin": pl.DataFrame(schema={"asset_id": pl.String()})})
    return made


def read(content: bytes, format: Format) -> pl.DataFrame:
    readers = {"csv": pl.read_csv, "parquet": pl.read_parquet, "xlsx": pl.read_excel}
    return readers[format](BytesIO(content))  # type: ignore[operator,no-any-return]


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_holds_what_matches_in_its_order(store: FrameStore, format: Format) -> None:
    with exported(store.location, "acme", QUERY, COLUMNS, format) as file:
        rows = read(file.read(), format)
    assert rows.columns == list(COLUMNS)
    assert rows["name"].to_list() == ["srv2", "=cmd()" if format == "parquet" else "'=cmd()"]
    assert rows["cpus"].to_list() == [8, 2]
    addresses = rows["ip_addresses"].to_list()[0]
    assert addresses == (["10.0.0.1", "10.0.0.2"] if format == "parquet" else "10.0.0.1;10.0.0.2")


def test_its_size_is_told_before(store: FrameStore) -> None:
    with exported(store.location, "acme", QUERY, COLUMNS, "csv") as file:
        assert csv_bytes(InventorySearch(store.open("acme")), QUERY, COLUMNS) == len(file.read())
    assert csv_bytes(InventorySearch(store.open("acme")), InventoryQuery("nothing like it"), COLUMNS) == 0


def test_a_failure_names_its_reason(store: FrameStore) -> None:
    with pytest.raises(PermanentError, match="could not be written") as failed:
        exported(store.location, "other", QUERY, COLUMNS, "csv")
    assert "there is no inventory yet" in failed.value.advice
