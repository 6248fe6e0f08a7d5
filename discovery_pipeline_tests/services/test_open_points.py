"""What the phases before left open: pairs, conflicts, and columns that values rest on."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from discovery_pipeline.domain.handoffs import INVENTORY, MAPPING, document
from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.open_points import left_open
from discovery_pipeline.services.run_frames import newest_frames
from discovery_pipeline_tests.services.hand_built import KINDS, TABLES, frame, publish, publish_records


def test_a_column_in_review_is_open_for_the_assets_that_rest_on_it(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path)).open("acme")
    publish(frames, "raw_export", {}, {"tables": [document(table) for table in TABLES]})
    columns = [
        {"table_no": 0, "position": 0, "header": "Name", "field": "hostname", "confidence": 0.9, "status": "accepted"},
        {"table_no": 0, "position": 1, "header": "RAM", "field": "memory_mib", "confidence": 0.6, "status": "review"},
        {"table_no": 1, "position": 1, "header": "Mem", "field": "memory_mib", "confidence": 0.5, "status": "review"},
    ]
    mapped = {"kinds": [document(kind) for kind in KINDS]}
    publish(frames, "column_mapping", {"mapping": frame(columns, MAPPING)}, mapped)
    assets = [
        {"asset_id": "a", "sources": ["cmdb"], "review_fields": ["memory_mib"]},
        {"asset_id": "b", "sources": ["cmdb", "other"], "review_fields": ["memory_mib", "rack"]},
        {"asset_id": "c", "sources": ["cmdb"], "review_fields": None},
    ]
    publish(frames, "inventory", {"inventory": frame(assets, INVENTORY)})
    found = left_open(newest_frames(frames))
    assert found.columns.select("file", "header", "field", "assets").rows() == [
        ("cmdb.csv", "RAM", "memory_mib", 2),
        ("rv.xlsx", "Mem", "memory_mib", 0),
    ]


def test_what_was_not_made_leaves_nothing_open(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path)).open("acme")
    publish_records(frames)
    found = left_open(newest_frames(frames))
    assert all(isinstance(part, pl.DataFrame) and part.is_empty() for part in vars(found).values())
