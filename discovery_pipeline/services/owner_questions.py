"""The questions to owners that a tenant's analysis came to, as lists to work through.

Keep out: which questions there are and what they are worth (domain.analysis.questions), how they are shown.
"""

from __future__ import annotations

import io

import polars as pl

from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.domain.handoffs import QUESTIONS, FrameSchema
from discovery_pipeline.files.frames import TenantFrames
from discovery_pipeline.services.export.writers import as_text, harmless
from discovery_pipeline.services.run_frames import run_frames

# names: of the subjects, as people call them. worded, model: the question in a model's words, null where none wrote it.
OWNER_QUESTIONS: FrameSchema = {
    **QUESTIONS, "names": pl.List(pl.String()), "worded": pl.String(), "model": pl.String(),
}  # fmt: skip


def owner_questions(frames: TenantFrames, owner: str | None = None, most: int | None = None) -> pl.DataFrame:
    """OWNER_QUESTIONS, by owner and rank, the owners whose answers are worth most first. owner: those whose name holds
    this text, in any case. most: questions of each owner at most.

    Raises PermanentError when no analysis told any.
    """
    run = run_frames(frames)
    if not run.has("analysis", "questions"):
        raise PermanentError("there are no questions yet", where=run.tenant, advice=f"discovery run {run.tenant} first")
    asked = run.scan("analysis", "questions").collect()
    if owner is not None:
        asked = asked.filter(pl.col("owner").str.to_lowercase().str.contains(owner.lower(), literal=True))
    if most is not None:
        asked = asked.filter(pl.col("rank") <= most)
    texts = run.scan("analysis", "narratives").filter(pl.col("kind") == "question", pl.col("model").is_not_null())
    worded = texts.select("model", question_id="subject", worded="text").collect()
    named = _names(run.scan("inventory", "inventory"), asked)
    joined = asked.join(worded, on="question_id", how="left", maintain_order="left")
    return joined.join(named, on="question_id", how="left", maintain_order="left").select(list(OWNER_QUESTIONS))


def _names(inventory: pl.LazyFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Columns question_id, names: of the subjects, in their order."""
    application = pl.when(pl.col("classified_type") == "application").then(pl.col("application_name").list.first())
    called = inventory.select(
        subjects="asset_id", name=pl.coalesce(application, "hostname", "fqdn", "source_id", "asset_id")
    )
    each = asked.select("question_id", "subjects").explode("subjects", empty_as_null=False)
    ids = each["subjects"].unique().implode()
    found = each.join(called.filter(pl.col("subjects").is_in(ids)).collect(), on="subjects", how="left")
    return found.group_by("question_id", maintain_order=True).agg(names=pl.col("name").drop_nulls())


def questions_csv(asked: pl.DataFrame) -> str:
    """OWNER_QUESTIONS as a spreadsheet opens them; no cell starts a formula."""
    figures = (pl.Int64, pl.Float64)
    columns = [
        pl.col(name) if isinstance(dtype, figures) else harmless(as_text(name, dtype)).alias(name)
        for name, dtype in OWNER_QUESTIONS.items()
    ]
    target = io.BytesIO()
    asked.select(columns).write_csv(target)
    return target.getvalue().decode()
