"""What the phases before the analysis left open, from the frames of the run: pairs, conflicting values, columns.

Keep out: whom to ask about it and what it is worth (domain.analysis.questions).
"""

from __future__ import annotations

import polars as pl

from discovery_pipeline.domain.analysis.questions.ask_next import Doubtful
from discovery_pipeline.domain.analysis.questions.points import COLUMN_DOUBTS
from discovery_pipeline.domain.handoffs import FINDINGS, LOOK_ALIKES, FrameSchema
from discovery_pipeline.services.run_frames import RunFrames


def left_open(run: RunFrames) -> Doubtful:
    """Of what was not made, nothing is open."""
    return Doubtful(
        _part(run, "inventory", "look_alikes", LOOK_ALIKES),
        _part(run, "inventory", "findings", FINDINGS),
        _columns(run),
    )


def _part(run: RunFrames, asset: str, part: str, schema: FrameSchema) -> pl.DataFrame:
    return run.scan(asset, part).select(list(schema)).collect() if run.has(asset, part) else pl.DataFrame(schema=schema)


def _columns(run: RunFrames) -> pl.DataFrame:
    """COLUMN_DOUBTS: columns that were used though their mapping waits for a person."""
    if not (run.has("column_mapping", "mapping") and run.has("raw_export") and run.has("inventory", "inventory")):
        return pl.DataFrame(schema=COLUMN_DOUBTS)
    asked = run.scan("column_mapping", "mapping").filter(pl.col("status") == "review", pl.col("field").is_not_null())
    review = asked.select("table_no", "header", "field", "confidence").collect()
    if review.is_empty():
        return pl.DataFrame(schema=COLUMN_DOUBTS)
    tables = pl.DataFrame(
        [(table.table_no, table.source, table.file, table.table) for table in run.tables()],
        schema={"table_no": pl.UInt32(), "source": pl.String(), "file": pl.String(), "table": pl.String()},
        orient="row",
    )
    joined = review.join(tables, on="table_no").join(_resting(run), on=["source", "field"], how="left")
    filled = joined.with_columns(pl.col("assets").fill_null(0))
    ordered = filled.select(pl.col(name).cast(dtype) for name, dtype in COLUMN_DOUBTS.items())
    return ordered.sort("file", "table", "header", "field")


def _resting(run: RunFrames) -> pl.DataFrame:
    """Columns source, field, assets: how many assets rest on a value of the field that a review column gave."""
    reviewed = (
        run.scan("inventory", "inventory")
        .select("sources", field="review_fields")
        .explode("field", empty_as_null=False)
    )
    each = reviewed.drop_nulls("field").explode("sources", empty_as_null=False).rename({"sources": "source"})
    return each.group_by("source", "field").agg(assets=pl.len().cast(pl.Int64)).collect()
