"""mappings.json: the mapping that the run used, and the files it could not read."""

from __future__ import annotations

import json

import polars as pl

from discovery_pipeline.domain.handoffs import mappings_from_frame
from discovery_pipeline.services.mapping.document import mapping_document
from discovery_pipeline.services.run_frames import RunFrames


def mappings_json(run: RunFrames) -> bytes:
    """The document of `discovery map --json`, UTF-8."""
    mappings = mappings_from_frame(run.scan("column_mapping", "mapping").collect())
    document = mapping_document(run.tables(), run.kinds(), mappings, _unreadable(run))
    return (json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode(
        errors="backslashreplace"
    )


def _unreadable(run: RunFrames) -> dict[str, str]:
    """Files of which no table could be read, with the reader's words."""
    if not run.has("raw_export", "findings"):
        return {}
    read = pl.Series([t.file for t in run.tables()], dtype=pl.String)
    whole_file = pl.col("table").is_null() & (pl.col("severity") == "error") & ~pl.col("file").is_in(read.implode())
    errors = run.scan("raw_export", "findings").filter(whole_file).select("file", "detail").collect().sort("file")
    return dict(errors.unique("file", keep="first", maintain_order=True).iter_rows())
