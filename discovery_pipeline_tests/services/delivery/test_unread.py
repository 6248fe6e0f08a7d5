"""Files that a run could not read, out of what it set aside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from discovery_pipeline.domain.handoffs import QUARANTINE
from discovery_pipeline.files.frames import FrameStore
from discovery_pipeline.services.delivery.unread import UNREADABLE, unreadable_files
from discovery_pipeline.services.run_frames import newest_frames
from discovery_pipeline_tests.services.hand_built import frame, publish


def test_whole_files_are_told_by_source_and_name(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path)).open("acme")
    assert unreadable_files(newest_frames(frames)) == {}
    aside: list[dict[str, Any]] = [
        {"source": "scan", "file": "scan.pdf", "reason": UNREADABLE, "detail": "it is a PDF document, not a table"},
        {"source": "cmdb", "file": "cmdb.csv", "table": "cmdb", "row": 3, "reason": "junk_row", "detail": "total"},
    ]
    publish(frames, "quarantined_records", {"rows": frame(aside, QUARANTINE)})
    found = unreadable_files(newest_frames(frames))
    assert found == {("scan", "scan.pdf"): "it is a PDF document, not a table"}
