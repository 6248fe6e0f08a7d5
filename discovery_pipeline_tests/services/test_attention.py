"""What wants a look, counted over hand-built frames and over none."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from discovery_pipeline.domain.handoffs import (
    ANALYSIS,
    APPLICATIONS,
    DEPENDENCIES,
    INVENTORY,
    LOOK_ALIKES,
    MAPPING,
    QUARANTINE,
    QUESTIONS,
    document,
    empty,
)
from discovery_pipeline.files.frames import FrameStore, TenantFrames
from discovery_pipeline.services.attention import Attention, attention, estate
from discovery_pipeline.services.run_frames import newest_frames
from discovery_pipeline_tests.services.hand_built import TABLES, frame, publish


def checks(*passed: bool) -> dict[str, object]:
    return {"checks": [{"check": f"c{number}", "passed": held} for number, held in enumerate(passed)]}


def published(tmp_path: Path) -> TenantFrames:
    frames = FrameStore(str(tmp_path)).open("acme")
    publish(frames, "raw_export", {}, {"tables": [document(table) for table in TABLES], **checks(True, False)})
    columns = [{"table_no": 0, "position": n, "header": "x", "status": s} for n, s in enumerate(("review", "accepted"))]
    publish(frames, "column_mapping", {"mapping": frame(columns, MAPPING)}, checks(True))
    aside = [{"reason": "junk", "disposition": d} for d in ("quarantined", "quarantined", "dropped")]
    publish(frames, "quarantined_records", {"rows": frame(aside, QUARANTINE)})
    assets = [
        {"asset_id": "a", "classified_type": "database", "type_confidence": 0.99, "vanished": False},
        {"asset_id": "b", "classified_type": "printer", "type_confidence": 0.4, "vanished": False},
    ]
    pairs = [{"asset_id_a": "a", "asset_id_b": "b", "probability": 0.5, "reasons": []}]
    publish(frames, "inventory", {"inventory": frame(assets, INVENTORY), "look_alikes": frame(pairs, LOOK_ALIKES)})
    edges = [{"from_asset": "a", "to_asset": "b", "kind": "tier", "confidence": c} for c in (0.49, 0.5, 0.9)]
    publish(frames, "dependencies", {"dependencies": frame(edges, DEPENDENCIES)})
    assessed = [{"asset_id": "a", "strategy": "rehost", "wave": 1}, {"asset_id": "b", "strategy": "rehost"}]
    parts = {"analysis": frame(assessed, ANALYSIS), "applications": empty(APPLICATIONS)}
    publish(frames, "analysis", {**parts, "questions": frame([{"question_id": "q1"}], QUESTIONS)})
    return frames


def test_each_kind_is_counted_beside_its_whole(tmp_path: Path) -> None:
    found = {each.kind: (each.count, each.of) for each in attention(newest_frames(published(tmp_path)))}
    assert found == {
        "checks": (1, 3),
        "mappings": (1, 2),
        "quarantine": (2, sum(table.rows for table in TABLES)),
        "pairs": (1, None),
        "types": (1, 2),
        "leads": (1, 3),
        "questions": (1, None),
    }


def test_sizes_are_those_of_the_frames(tmp_path: Path) -> None:
    found = estate(newest_frames(published(tmp_path)))
    assert (found.assets, found.dependencies, found.applications, found.tables) == (2, 3, 0, len(TABLES))
    assert found.counts["waves"] == {"1": 1, "none": 1}
    assert found.counts["asset types"] == {"database": 1, "printer": 1}


def test_what_was_not_made_wants_nothing(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path)).open("acme")
    assert attention(newest_frames(frames)) == ()
    assert estate(newest_frames(frames)).assets == 0
    publish(frames, "column_mapping", {"mapping": pl.DataFrame(schema=MAPPING)})
    assert attention(newest_frames(frames)) == (Attention("mappings", 0, 0),)
