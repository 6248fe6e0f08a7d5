"""Which delivered files the last run could not read. Keep out: rows of files that it could (services/records)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from discovery_pipeline.services.run_frames import RunFrames

# The reason of a whole file set aside.
UNREADABLE = "unreadable_file"


def unreadable_files(run: RunFrames) -> Mapping[tuple[str, str], str]:
    """Why, by source and name of the file; nothing of a run that did not come so far."""
    if not run.has("quarantined_records", "rows"):
        return {}
    aside = run.scan("quarantined_records", "rows").filter(pl.col("reason") == UNREADABLE)
    rows = aside.select("source", "file", "detail").collect()
    return {(source, file): detail or "it holds nothing readable" for source, file, detail in rows.iter_rows()}
