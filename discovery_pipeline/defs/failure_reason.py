"""Why a run failed, out of Dagster's record of it: which asset, in its own words, and what to do.

What is read was made for people and holds no cell (defs.failures, quality.suites); Dagster's own stack traces are not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import dagster as dg
from dagster_shared.error import SerializableErrorInfo

from discovery_pipeline.domain.errors import DiscoveryError

LOOK_IN_DAGSTER = "open the run in Dagster's UI"
OUTSIDE = "the run failed outside its assets"
INTERRUPTED = "the asset was interrupted, or Dagster failed itself"


@dataclass(frozen=True)
class FailureReason:
    """asset: the one that failed, None when none did. where: the file, table or setting concerned, "" if unknown."""

    asset: str | None
    message: str
    where: str
    advice: str


def failure_reason(instance: dg.DagsterInstance, run_id: str) -> FailureReason:
    """The blocking check that failed, else the first asset's error, else the run's own (its stores did not open)."""
    for event in _events(instance, run_id, dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        evaluation = event.asset_check_evaluation_data
        if not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR:
            said = _texts(evaluation.metadata)
            asset = evaluation.asset_key.to_user_string()
            message = f"blocking check failed: {evaluation.check_name}"
            return FailureReason(asset, message, "", said.get("advice", LOOK_IN_DAGSTER))
    for event in _events(instance, run_id, dg.DagsterEventType.STEP_FAILURE):
        return _of_step(event)
    for event in _events(instance, run_id, dg.DagsterEventType.RUN_FAILURE):
        return FailureReason(None, _of_run(event), "", LOOK_IN_DAGSTER)
    return FailureReason(None, OUTSIDE, "", LOOK_IN_DAGSTER)


def _of_step(event: dg.DagsterEvent) -> FailureReason:
    asset, failure = event.step_key, event.step_failure_data
    said = failure.user_failure_data
    if said is None:
        return FailureReason(asset, _ours(failure.error) or INTERRUPTED, "", LOOK_IN_DAGSTER)
    texts = _texts(said.metadata)
    return FailureReason(
        asset, said.description or OUTSIDE, texts.get("where", ""), texts.get("advice", LOOK_IN_DAGSTER)
    )


def _of_run(event: dg.DagsterEvent) -> str:
    """A run that failed by itself has an error; one that somebody ended has that somebody's words."""
    if event.event_specific_data is None:
        return event.message or OUTSIDE
    return _ours(event.job_failure_data.error) or OUTSIDE


def _ours(error: SerializableErrorInfo | None) -> str | None:
    """What an error of the project's tree said, such as a store that stayed down through the retries.

    The message of any other error may quote a cell.
    """
    names = set(_classes(DiscoveryError))
    while error and error.cls_name not in names:
        error = error.cause
    return error.message.partition(": ")[2].strip() if error else None


def _classes(root: type[DiscoveryError]) -> Iterator[str]:
    yield root.__name__
    for child in root.__subclasses__():
        yield from _classes(child)


def _events(instance: dg.DagsterInstance, run_id: str, kind: dg.DagsterEventType) -> Sequence[dg.DagsterEvent]:
    records = instance.get_records_for_run(run_id, of_type=kind).records
    return [cast(dg.DagsterEvent, record.event_log_entry.dagster_event) for record in records]


def _texts(metadata: Mapping[str, dg.MetadataValue]) -> dict[str, str]:
    """The entries that are text; a dash stands for none."""
    return {name: str(entry.value) for name, entry in metadata.items() if entry.value not in (None, "", "-")}
