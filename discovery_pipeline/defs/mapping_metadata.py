"""What a person sees of a mapping in Dagster's UI: what was chosen and why, how sure it is, what is in doubt."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import dagster as dg
import polars as pl

from discovery_pipeline.defs.metadata import markdown, top_counts
from discovery_pipeline.domain.mapping.candidates import Proposals
from discovery_pipeline.domain.mapping.combine import combine
from discovery_pipeline.domain.mapping.unsure import SURE
from discovery_pipeline.services.learning.tracker import TrackRecord

# Rows of a table of columns, reasons of one, candidates of one in doubt. Wide exports have thousands of columns.
SHOWN = 500
REASONS = 2
CANDIDATES = 3
_BARS = 10


def mapping_metadata(chosen: pl.DataFrame) -> dict[str, Any]:
    """chosen: MAPPING."""
    return {
        "status": top_counts(chosen, "status"),
        "method": top_counts(chosen, "method"),
        "confidence": _histogram(chosen),
        "mapping": _as_table(chosen),
    }


def _as_table(chosen: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """The mapping as people read it, doubtful columns first."""
    order = chosen.with_columns(doubt=(pl.col("status") != "review")).sort("doubt", "table_no", "position")
    best = pl.col("alternatives").list.first().struct
    runner_up = pl.format("{} {}", best.field("field"), best.field("confidence").round(2))
    shown = order.head(SHOWN).select(
        "table_no", "position", "header", "field", "confidence", "status", "method",
        pl.col("why").list.head(REASONS).alias("why"), runner_up.alias("runner-up"),
    )  # fmt: skip
    return markdown(shown)


def _histogram(chosen: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """Mapped columns by confidence in steps of a tenth, accepted ones apart."""
    mapped = chosen.filter(pl.col("field").is_not_null())
    step = (pl.col("confidence") * _BARS).floor().clip(0, _BARS - 1).cast(pl.Int64)
    accepted = (pl.col("status") == "accepted").sum()
    counted = (
        mapped.group_by(step.alias("step")).agg(pl.len().alias("columns"), accepted.alias("accepted")).sort("step")
    )
    label = pl.format("{}-{}", (pl.col("step") / _BARS).round(1), ((pl.col("step") + 1) / _BARS).round(1)).alias(
        "confidence"
    )
    return markdown(counted.select(label, "columns", "accepted"))


def doubtful_columns(proposals: Proposals) -> dg.MarkdownMetadataValue:
    """The likeliest candidates of the columns that their own evidence leaves in doubt, the most doubtful first."""
    key = ["table_no", "position"]
    ranked = combine(proposals.profiles, proposals.evidence)
    name = pl.when(pl.col("field") == "").then(pl.lit("none")).otherwise("field")
    told = pl.format("{} {}", name, pl.col("confidence").round(2))
    by_column = ranked.group_by(key, maintain_order=True).agg(
        pl.col("confidence").first(), told.head(CANDIDATES).alias("candidates"), pl.len().alias("considered")
    )
    in_doubt = by_column.filter((pl.col("confidence") < SURE) & (pl.col("considered") > 1))
    headed = in_doubt.join(proposals.profiles.select(*key, "header"), on=key, how="left")
    return markdown(headed.sort("confidence", *key).head(SHOWN).select(*key, "header", "candidates"))


def learning_metadata(records: Sequence[TrackRecord]) -> dict[str, Any]:
    """How the mappings of each method did where people decided about them; nothing before anybody has."""
    if not records:
        return {}
    return {"track_record": markdown(pl.DataFrame([asdict(record) for record in records]))}
