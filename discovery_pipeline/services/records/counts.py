"""How many records of a tenant need a look, by what for. Keep out: which (aside, disputes, pairs, types)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from discovery_pipeline.services.records.aside import reasons
from discovery_pipeline.services.records.disputes import PART
from discovery_pipeline.services.records.types import types_in_doubt
from discovery_pipeline.services.run_frames import RunFrames


@dataclass(frozen=True)
class RecordCounts:
    """aside: rows in quarantine, without those dropped. disputed: values of assets. pairs: look-alikes. types: assets.

    None where the run was made before such a list was published, or has not come so far.
    """

    aside: int
    disputed: int | None = None
    pairs: int | None = None
    types: int | None = None


def record_counts(run: RunFrames) -> RecordCounts:
    """The figures of the newest run. Raises MissingFrame before one has read anything."""
    aside = sum(reason.rows for reason in reasons(run) if reason.disposition == "quarantined")
    if not run.has("inventory"):
        return RecordCounts(aside)
    types = sum(count for _, count in types_in_doubt(run))
    return RecordCounts(aside, _rows(run, PART), _rows(run, "look_alikes"), types)


def _rows(run: RunFrames, part: str) -> int | None:
    if not run.has("inventory", part):
        return None
    return int(run.scan("inventory", part).select(pl.len()).collect().item())
