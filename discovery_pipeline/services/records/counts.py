"""How many records of a tenant need a look, by what for. Keep out: which (aside, disputes, pairs, types)."""

from __future__ import annotations

from dataclasses import dataclass

from discovery_pipeline.services.records.aside import reasons
from discovery_pipeline.services.records.disputes import PART, fields_in_dispute
from discovery_pipeline.services.records.pairs import pairs_by_kind
from discovery_pipeline.services.records.types import types_in_doubt
from discovery_pipeline.services.run_frames import RunFrames


@dataclass(frozen=True)
class RecordCounts:
    """aside: rows in quarantine, without those dropped. disputed: values of assets. pairs: look-alikes
    and doubtful joins. types: assets.

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
    return RecordCounts(aside, _disputed(run), sum(count for _, count in pairs_by_kind(run)), types)


def _disputed(run: RunFrames) -> int | None:
    return sum(count for _, count in fields_in_dispute(run)) if run.has("inventory", PART) else None
