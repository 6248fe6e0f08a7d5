"""What an asset's opinions were worth and changed, put on record when the asset is published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl

from discovery_pipeline.domain.opinions.verdicts import Change
from discovery_pipeline.domain.opinions.worth import Measured
from discovery_pipeline.services.run_frames import RunFrames
from discovery_pipeline.store.opinions import add_changes, add_opinions, called_about, set_changed
from discovery_pipeline.store.session import Database

ANSWERS_PART = "answers"


def record_opinions(
    database: Database, tenant: str, run_id: str, answers: pl.DataFrame | None, advised: pl.DataFrame | None
) -> None:
    """Nothing is written, and nothing asked of the database, where no model answered.

    answers: agents/choosing.ANSWERS of the asset; None of one that only applies another asset's answers. advised:
    domain/opinions/advice.ADVISED. Raises Unreachable.
    """
    changed, now = {} if advised is None else _counted(advised), datetime.now(UTC)
    if answers is not None and not answers.is_empty():
        # Answers kept from earlier runs were counted then.
        fresh = answers.filter(pl.col("question").is_in(sorted(called_about(database, tenant, run_id))))
        add_opinions(database, tenant, list(_opinions(fresh, changed, run_id, now)))
    elif changed:
        set_changed(database, tenant, run_id, changed)
    if advised is not None and not advised.is_empty():
        add_changes(database, tenant, _changes(advised, run_id, now))


def had_doubts(run: RunFrames) -> bool:
    """Whether a model was asked about anything that a phase left in doubt."""
    return any(
        not run.scan(asset, ANSWERS_PART).filter(pl.col("expected").is_null()).limit(1).collect().is_empty()
        for asset in run.versions
        if run.has(asset, ANSWERS_PART)
    )


def _counted(advised: pl.DataFrame) -> dict[tuple[str, str], int]:
    counted = advised.group_by("agent", "model").agg(pl.col("subject").n_unique())
    return {(agent, model): count for agent, model, count in counted.iter_rows()}


def _opinions(
    answers: pl.DataFrame, changed: dict[tuple[str, str], int], run_id: str, now: datetime
) -> Iterator[Measured]:
    is_control = pl.col("expected").is_not_null()
    counted = answers.group_by("agent", "model", maintain_order=True).agg(
        (~is_control).sum().alias("doubts"),
        is_control.sum().alias("controls"),
        (is_control & (pl.col("chosen") == pl.col("expected")).fill_null(False)).sum().alias("right"),
    )
    for agent, model, doubts, controls, right in counted.iter_rows():
        yield Measured(agent, model, doubts, controls, right, changed.get((agent, model), 0), run_id, now)


def _changes(advised: pl.DataFrame, run_id: str, now: datetime) -> Iterator[Change]:
    for row in advised.iter_rows(named=True):
        yield Change(
            run_id, row["agent"], row["subject"], row["field"] or "", row["before"], row["after"], row["model"] or "",
            row["confidence"], now,
        )  # fmt: skip
