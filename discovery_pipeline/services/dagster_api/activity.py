"""What happened in a run so far, out of its events: rows and checks per asset, and the latest events in words.

Keep out: asking Dagster; why a run failed (run_failure).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

KEPT = 200
_RUN_WORDS = {
    "RunEnqueuedEvent": "the run waits for its turn",
    "RunStartEvent": "the run began",
    "RunSuccessEvent": "the run is done",
    "RunFailureEvent": "the run failed",
    "RunCanceledEvent": "the run ended before it was done",
}
_STEP_WORDS = {
    "ExecutionStepStartEvent": "began",
    "ExecutionStepUpForRetryEvent": "will be tried again",
    "ExecutionStepRestartEvent": "is tried again",
    "ExecutionStepSkippedEvent": "was left out: something before it failed",
}


@dataclass(frozen=True)
class Made:
    """What a run made of an asset. rows_in, rows_out: None before it was made. published: False where a blocking check
    held it back. passed: checks that were met; failed: names of the blocking ones that were not, warned: of the others.
    """

    asset: str
    rows_in: int | None = None
    rows_out: int | None = None
    published: bool = False
    passed: int = 0
    failed: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()


@dataclass(frozen=True)
class Happening:
    """One event. at: UTC. asset: "" where it concerns the whole run."""

    at: datetime
    asset: str
    text: str


@dataclass(frozen=True)
class Activity:
    """made: by asset. latest: events in words, oldest first, KEPT at most. cursor: where reading goes on."""

    made: Mapping[str, Made] = field(default_factory=dict)
    latest: tuple[Happening, ...] = ()
    cursor: str | None = None

    def followed_by(self, events: Iterable[Mapping[str, Any]], cursor: str | None) -> Activity:
        """With these events, as Dagster answered them, and the cursor behind them."""
        made, latest = dict(self.made), list(self.latest)
        for event in events:
            _note(made, event)
            happening = _happening(event)
            if happening:
                latest.append(happening)
        return Activity(made, tuple(latest[-KEPT:]), cursor)


NOTHING_YET = Activity()


def _note(made: dict[str, Made], event: Mapping[str, Any]) -> None:
    """Keep what an event says of an asset's rows or checks."""
    kind = event["__typename"]
    if kind == "MaterializationEvent":
        asset = _asset(event)
        told = {entry["label"]: entry.get("intValue", entry.get("boolValue")) for entry in event["metadataEntries"]}
        made[asset] = replace(
            made.get(asset, Made(asset)),
            rows_in=told.get("rows_in"),
            rows_out=told.get("dagster/row_count"),
            published=bool(told.get("published")),
        )
    elif kind == "AssetCheckEvaluationEvent":
        checked = event["evaluation"]
        asset = _asset(checked)
        before = made.get(asset, Made(asset))
        if checked["success"]:
            made[asset] = replace(before, passed=before.passed + 1)
        elif checked["severity"] == "ERROR":
            made[asset] = replace(before, failed=(*before.failed, checked["checkName"]))
        else:
            made[asset] = replace(before, warned=(*before.warned, checked["checkName"]))


def _happening(event: Mapping[str, Any]) -> Happening | None:
    """An event that a person cares about; None for the others."""
    kind = event["__typename"]
    at = datetime.fromtimestamp(float(event["timestamp"]) / 1000, UTC) if event.get("timestamp") else None
    if at is None:
        return None
    if kind in _RUN_WORDS:
        return Happening(at, "", _RUN_WORDS[kind])
    if kind in _STEP_WORDS:
        return Happening(at, event["stepKey"] or "", _STEP_WORDS[kind])
    if kind == "RunCancelingEvent":
        return Happening(at, "", event["message"])
    return _of_asset(kind, at, event)


def _of_asset(kind: str, at: datetime, event: Mapping[str, Any]) -> Happening | None:
    if kind == "MaterializationEvent":
        told = {entry["label"]: entry.get("intValue", entry.get("boolValue")) for entry in event["metadataEntries"]}
        rows = told.get("dagster/row_count")
        said = "was made" if rows is None else f"was made: {rows:,} rows"
        return Happening(at, _asset(event), said if told.get("published", True) else f"{said}, held back by a check")
    if kind == "AssetCheckEvaluationEvent" and not event["evaluation"]["success"]:
        checked = event["evaluation"]
        weight = "blocking check" if checked["severity"] == "ERROR" else "check"
        return Happening(at, _asset(checked), f"{weight} not met: {checked['checkName'].replace('_', ' ')}")
    if kind == "ExecutionStepFailureEvent":
        # An interrupt, such as a pause, is no failure of the asset: its run says what it was.
        said = event["failureMetadata"]
        return Happening(at, event["stepKey"] or "", f"failed: {said['description']}") if said else None
    return None


def _asset(event: Mapping[str, Any]) -> str:
    return "/".join(event["assetKey"]["path"])
