"""Dagster's GraphQL API as the analysts' application needs it: start runs, list them, follow one. Imports no Dagster.

Keep out: the documents sent (dagster_documents); reading a failure out of a run's events (run_failure).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from discovery_pipeline.domain.errors import DiscoveryError, PermanentError, Unreachable
from discovery_pipeline.domain.handoffs import PHASES, Phase
from discovery_pipeline.services import dagster_documents as documents
from discovery_pipeline.services.run_failure import RunFailure, read_failure

if TYPE_CHECKING:
    import httpx

Status = Literal["queued", "starting", "running", "done", "failed", "cancelling", "cancelled"]
StepStatus = Literal["waiting", "running", "done", "failed", "retrying", "skipped"]

PARTITION_TAG = "dagster/partition"
PARTITIONS = "tenants"
LAUNCHED_BY = "discovery/launched_by"
# Dagster answers from its database; the first question after a start also waits for the code location.
TIMEOUT_S = 20.0
UP_TIMEOUT_S = 2.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")

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
    """One run. tenant: "" where it belongs to none. started, ended: UTC, None before. launched_by: in words."""

    run_id: str
    tenant: str
    job: str
    status: Status
    created: datetime | None
    started: datetime | None
    ended: datetime | None
    launched_by: str

    @property
    def is_over(self) -> bool:
        return self.status in ("done", "failed", "cancelled")

    @property
    def seconds(self) -> float | None:
        """From start to end, to now while it runs; None before it started."""
        return _seconds(self.started, self.ended)


@dataclass(frozen=True)
class Step:
    """One asset of a run. phase: None where Dagster does not know the asset any more."""

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


class DagsterApi:
    """Dagster's webserver at base_url. One HTTP connection is kept; usable from several threads.

    Every method raises Unreachable when nothing answers there, PermanentError when what answers is no Dagster
    webserver or refuses.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._client: httpx.Client | None = None
        self._phases: dict[str, tuple[str, Phase | None]] = {}

    def is_up(self) -> bool:
        """Whether a Dagster webserver answers, in at most two seconds."""
        try:
            return "version" in self.query(documents.VERSION, timeout_s=UP_TIMEOUT_S)
        except DiscoveryError:
            return False

    def launch(self, tenant: str, job: str = "discovery", launched_by: str = "app") -> str:
        """Start a job for a tenant as a launch from Dagster's UI would; returns the run's id.

        Dagster queues it while another run of the tenant goes on.
        """
        repository = self._repository_of(job)
        self._ensure_partition(repository, tenant)
        tags = {PARTITION_TAG: tenant, LAUNCHED_BY: launched_by}
        parameters = {
            "selector": {**repository, "jobName": job},
            "runConfigData": {},
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in tags.items()]},
        }
        answer = self.query(documents.LAUNCH, {"parameters": parameters})["launchRun"]
        started = _expect(answer, "LaunchRunSuccess", f"job {job} was not started")
        return str(started["run"]["runId"])

    def runs(self, tenant: str | None = None, limit: int = 25) -> list[Run]:
        """The latest runs, newest first, of one tenant or of all."""
        wanted = {"tags": [{"key": PARTITION_TAG, "value": tenant}]} if tenant else {}
        answer = self.query(documents.RUNS, {"filter": wanted, "limit": limit})["runsOrError"]
        return [Run(**_run(found)) for found in _expect(answer, "Runs", "no list of runs")["results"]]

    def run(self, run_id: str) -> RunDetail:
        """One run with its steps; when it failed also why. Raises PermanentError for an unknown id."""
        answer = self.query(documents.RUN, {"id": run_id})["runOrError"]
        found = _expect(answer, "Run", f"run {run_id}")
        failure = read_failure(self._events(run_id)) if found["status"] == "FAILURE" else None
        return RunDetail(**_run(found), steps=self._steps(found), failure=failure)

    def run_url(self, run_id: str) -> str:
        """The run's page in Dagster's UI."""
        return f"{self.base_url}/runs/{run_id}"

    def query(
        self, document: str, variables: Mapping[str, Any] | None = None, timeout_s: float = TIMEOUT_S
    ) -> dict[str, Any]:
        """The data of one GraphQL request."""
        import httpx

        url = f"{self.base_url}/graphql"
        try:
            body = {"query": document, "variables": dict(variables or {})}
            answer = self._http().post(url, json=body, timeout=timeout_s)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            said = "gave no answer in time" if isinstance(error, httpx.TimeoutException) else "does not answer"
            raise Unreachable(f"Dagster {said}", where=self.base_url, advice="start it with: discovery up") from error
        if answer.status_code >= 500:
            raise Unreachable(f"Dagster answers with HTTP {answer.status_code}", where=url, advice="see its log")
        return _data(answer, url)

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        client, self._client = self._client, None
        if client:
            client.close()

    def _http(self) -> httpx.Client:
        import httpx

        if self._client is None:
            # A proxy of the environment leads away from this machine.
            self._client = httpx.Client(trust_env=urlsplit(self.base_url).hostname not in LOOPBACK)
        return self._client

    def _repository_of(self, job: str) -> dict[str, str]:
        """The selector of the repository that holds the job."""
        answer = self.query(documents.JOBS)["repositoriesOrError"]
        nodes = _expect(answer, "RepositoryConnection", "no code location")["nodes"]
        for node in nodes:
            if job in {found["name"] for found in node["jobs"]}:
                return {"repositoryLocationName": node["location"]["name"], "repositoryName": node["name"]}
        raise PermanentError(
            f"Dagster has no job {job}", where=self.base_url, advice="see Deployment in its UI: did the code load?"
        )

    def _ensure_partition(self, repository: Mapping[str, str], tenant: str) -> None:
        key = {"repository": repository, "definition": PARTITIONS, "key": tenant}
        answer = self.query(documents.ADD_PARTITION, key)["addDynamicPartition"]
        if answer["__typename"] != "DuplicateDynamicPartitionError":
            _expect(answer, "AddDynamicPartitionSuccess", f"tenant {tenant} was not made a partition")

    def _steps(self, found: Mapping[str, Any]) -> tuple[Step, ...]:
        """In the order of the phases and, inside a phase, as Dagster plans or ran them."""
        stats = {stat["stepKey"]: stat for stat in found["stepStats"]}
        keys = list(dict.fromkeys([*(found["stepKeysToExecute"] or ()), *stats]))
        steps = [self._step(key, stats.get(key, {}), keys) for key in keys]
        return tuple(sorted(steps, key=_place))

    def _step(self, key: str, stat: Mapping[str, Any], keys: Sequence[str]) -> Step:
        asset, phase = self._asset_of(key, keys)
        return Step(asset, phase, _STEP_STATUS[stat.get("status")], _time(stat, "startTime"), _time(stat, "endTime"))

    def _asset_of(self, step: str, steps: Sequence[str]) -> tuple[str, Phase | None]:
        """The asset that a step makes and its phase; asked once for all steps, again when a step is new."""
        if step not in self._phases:
            self._phases = dict.fromkeys(steps, (step, None)) | self._assets_by_step()
        return self._phases.get(step, (step, None))

    def _assets_by_step(self) -> dict[str, tuple[str, Phase | None]]:
        known: dict[str, Phase] = {phase: phase for phase in PHASES}
        return {
            operation: ("/".join(node["assetKey"]["path"]), known.get(node["groupName"]))
            for node in self.query(documents.PHASES)["assetNodes"]
            for operation in node["opNames"]
        }

    def _events(self, run_id: str) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        cursor, more = None, True
        while more:
            answer = self.query(documents.EVENTS, {"id": run_id, "cursor": cursor})["logsForRun"]
            page = _expect(answer, "EventConnection", f"the events of run {run_id}")
            events += page["events"]
            cursor, more = page["cursor"], page["hasMore"]
        return events


def _data(answer: httpx.Response, url: str) -> dict[str, Any]:
    """The answer's data. Raises PermanentError when it is no answer of Dagster's or an error."""
    try:
        body = answer.json()
        errors, data = body.get("errors"), body.get("data")
    except (ValueError, AttributeError):
        errors = data = None
    if errors:
        said = "; ".join(str(error.get("message", error)) for error in errors)
        raise PermanentError(f"Dagster did not understand: {said}", where=url, advice="is it of another version?")
    if not isinstance(data, dict):
        raise PermanentError(
            f"this is no Dagster webserver (HTTP {answer.status_code})",
            where=url,
            advice="set DISCOVERY_DAGSTER_API to the address that `discovery up` printed",
        )
    return data


def _expect(answer: dict[str, Any], typename: str, what: str) -> dict[str, Any]:
    """The answer when it is of this type. Raises PermanentError with Dagster's own words otherwise."""
    if answer["__typename"] == typename:
        return answer
    said = answer.get("message") or "; ".join(e["message"] for e in answer.get("errors", ())) or answer["__typename"]
    raise PermanentError(f"{what}: {said.strip().splitlines()[0]}", where="Dagster", advice="see Dagster's UI")


def _run(found: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a Run."""
    tags = {tag["key"]: tag["value"] for tag in found["tags"]}
    return {
        "run_id": found["runId"],
        "tenant": tags.get(PARTITION_TAG, ""),
        "job": found["jobName"],
        "status": _STATUS[found["status"]],
        "created": _time(found, "creationTime"),
        "started": _time(found, "startTime"),
        "ended": _time(found, "endTime"),
        "launched_by": _launched_by(tags),
    }


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
