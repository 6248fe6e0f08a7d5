"""Runs and their steps, read out of Dagster's answers. Keep out: asking Dagster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from discovery_pipeline.domain.handoffs import PHASES, Phase
from discovery_pipeline.services.dagster_api.names import LAUNCHED_BY, PARTITION_TAG, PAUSED_TAG, RESUMES_TAG
from discovery_pipeline.services.dagster_api.run_failure import RunFailure

Status = Literal["queued", "starting", "running", "done", "failed", "cancelling", "cancelled", "pausing", "paused"]
StepStatus = Literal["waiting", "running", "done", "failed", "retrying", "skipped"]

_STATUS: dict[str, Status] = {
    "QUEUED": "queued", "NOT_STARTED": "starting", "STARTING": "starting", "MANAGED": "starting",
    "STARTED": "running", "SUCCESS": "done", "FAILURE": "failed", "CANCELING": "cancelling", "CANCELED": "cancelled",
}  # fmt: skip
_STEP_STATUS: dict[str | None, StepStatus] = {
    None: "waiting", "IN_PROGRESS": "running", "SUCCESS": "done", "FAILURE": "failed",
    "RETRY_REQUESTED": "retrying", "SKIPPED": "skipped",
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One run. tenant: "" where it belongs to none. started, ended: UTC, None before. launched_by: in words.

    paused_before: the phase that a paused run stopped before, "" otherwise. resumes: the id of the run that it goes on
    with (paused, failed or cancelled), "" otherwise.
    """

    run_id: str
    tenant: str
    job: str
    status: Status
    created: datetime | None
    started: datetime | None
    ended: datetime | None
    launched_by: str
    paused_before: str = ""
    resumes: str = ""

    @property
    def is_over(self) -> bool:
        return self.status in ("done", "failed", "cancelled", "paused")

    @property
    def seconds(self) -> float | None:
        """From start to end, to now while it runs; None before it started."""
        return _seconds(self.started, self.ended)


@dataclass(frozen=True)
class Asset:
    """phase: None where Dagster does not know the asset any more."""

    name: str
    phase: Phase | None


@dataclass(frozen=True)
class Step:
    """The work on one asset in a run."""

    asset: str
    phase: Phase | None
    status: StepStatus
    started: datetime | None
    ended: datetime | None

    @property
    def seconds(self) -> float | None:
        """From start to end, to now while it runs; None before it started."""
        return _seconds(self.started, self.ended)


@dataclass(frozen=True)
class RunDetail(Run):
    """A run with its steps in the order in which they run. failure: what ended it, when it failed."""

    steps: tuple[Step, ...] = ()
    failure: RunFailure | None = None


def run_fields(found: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a Run."""
    tags = {tag["key"]: tag["value"] for tag in found["tags"]}
    return {
        "run_id": found["runId"],
        "tenant": tags.get(PARTITION_TAG, ""),
        "job": found["jobName"],
        "status": _status(found["status"], tags),
        "created": _time(found, "creationTime"),
        "started": _time(found, "startTime"),
        "ended": _time(found, "endTime"),
        "launched_by": _launched_by(tags),
        "paused_before": tags.get(PAUSED_TAG, ""),
        "resumes": tags.get(RESUMES_TAG, ""),
    }


def steps_of(found: Mapping[str, Any], assets: Mapping[str, Asset]) -> tuple[Step, ...]:
    """In the order of the phases and, inside a phase, as Dagster ran or plans them. assets: by step."""
    stats = {stat["stepKey"]: stat for stat in found["stepStats"]}
    keys = dict.fromkeys([*(found["stepKeysToExecute"] or ()), *stats])
    steps = [_step(assets.get(key, Asset(key, None)), stats.get(key, {})) for key in keys]
    return tuple(sorted(steps, key=_place))


def assets_by_step(nodes: Iterable[Mapping[str, Any]]) -> dict[str, Asset]:
    """The asset that each step makes."""
    known: dict[str, Phase] = {phase: phase for phase in PHASES}
    return {
        step: Asset("/".join(node["assetKey"]["path"]), known.get(node["groupName"]))
        for node in nodes
        for step in node["opNames"]
    }


def _status(said: str, tags: Mapping[str, str]) -> Status:
    """To Dagster a paused run is cancelled."""
    status = _STATUS[said]
    if PAUSED_TAG not in tags:
        return status
    return {"cancelled": "paused", "cancelling": "pausing"}.get(status, status)  # type: ignore[return-value]


def _step(asset: Asset, stat: Mapping[str, Any]) -> Step:
    status = _STEP_STATUS[stat.get("status")]
    return Step(asset.name, asset.phase, status, _time(stat, "startTime"), _time(stat, "endTime"))


def _launched_by(tags: Mapping[str, str]) -> str:
    if LAUNCHED_BY in tags:
        return tags[LAUNCHED_BY]
    for kind in ("schedule", "sensor"):
        if f"dagster/{kind}_name" in tags:
            return f"{kind} {tags[f'dagster/{kind}_name']}"
    return "Dagster's UI"


def _place(step: Step) -> tuple[int, float]:
    """Phases in their order; what has not begun comes after what has."""
    order = PHASES.index(step.phase) if step.phase else len(PHASES)
    return order, step.started.timestamp() if step.started else float("inf")


def _time(found: Mapping[str, Any], name: str) -> datetime | None:
    seconds = found.get(name)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _seconds(started: datetime | None, ended: datetime | None) -> float | None:
    return ((ended or datetime.now(UTC)) - started).total_seconds() if started else None
