"""Dagster's GraphQL API as the analysts' application needs it: start runs, list them, follow one. Imports no Dagster.

Keep out: the documents sent (documents); what its answers say of runs (runs, run_failure).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from discovery_pipeline.domain.errors import DiscoveryError, PermanentError, Unreachable, UsageError
from discovery_pipeline.services.dagster_api import documents
from discovery_pipeline.services.dagster_api.activity import NOTHING_YET, Activity
from discovery_pipeline.services.dagster_api.names import (
    DISCOVERY,
    LAUNCHED_BY,
    MODEL_MODE_TAG,
    PARTITION_TAG,
    RESUMES_TAG,
    TENANTS,
)
from discovery_pipeline.services.dagster_api.run_failure import RunFailure, read_failure
from discovery_pipeline.services.dagster_api.runs import (
    Asset,
    Run,
    RunDetail,
    Status,
    Step,
    StepStatus,
    assets_by_step,
    run_fields,
    steps_of,
)

if TYPE_CHECKING:
    import httpx

    from discovery_pipeline.settings import ModelMode

__all__ = ["Activity", "DagsterApi", "Run", "RunDetail", "RunFailure", "Status", "Step", "StepStatus"]

# Dagster answers from its database; the first question after a start also waits for the code location.
TIMEOUT_S = 20.0
UP_TIMEOUT_S = 2.0
NO_TAGS: Mapping[str, str] = MappingProxyType({})
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class DagsterApi:
    """Dagster's webserver at base_url. ui_url: the same for people's browsers, where that differs.

    One HTTP connection is kept; usable from several threads. Every method raises Unreachable when nothing answers
    there, PermanentError when what answers is no Dagster webserver or refuses.
    """

    def __init__(self, base_url: str, ui_url: str = "") -> None:
        self.base_url = base_url.rstrip("/")
        self._ui_url = ui_url.rstrip("/") or self.base_url
        self._client: httpx.Client | None = None
        self._assets: dict[str, Asset] = {}

    def is_up(self) -> bool:
        """Whether a Dagster webserver answers, in at most two seconds."""
        try:
            return "version" in self.query(documents.VERSION, timeout_s=UP_TIMEOUT_S)
        except DiscoveryError:
            return False

    def launch(
        self,
        tenant: str,
        job: str = DISCOVERY,
        launched_by: str = "app",
        assets: Collection[str] = (),
        model_mode: ModelMode | None = None,
        tags: Mapping[str, str] = NO_TAGS,
    ) -> str:
        """Start a job for a tenant as a launch from Dagster's UI would; returns the run's id.

        Dagster queues it while another run of the tenant goes on. assets: only these of the job's; all when empty.
        model_mode: of this run; None = as the environment says where it runs. tags: further ones of the run.
        """
        repository = self._repository_of(job)
        self._ensure_partition(repository, tenant)
        mode = {MODEL_MODE_TAG: model_mode} if model_mode else {}
        told = {**tags, PARTITION_TAG: tenant, LAUNCHED_BY: launched_by, **mode}
        chosen = {"assetSelection": [{"path": [asset]} for asset in assets]} if assets else {}
        parameters = {
            "selector": {**repository, "jobName": job, **chosen},
            "runConfigData": {},
            "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in told.items()]},
        }
        answer = self.query(documents.LAUNCH, {"parameters": parameters})["launchRun"]
        started = _expect(answer, "LaunchRunSuccess", f"job {job} was not started")
        return str(started["run"]["runId"])

    def runs(self, tenant: str | None = None, limit: int = 25, resumes: str = "") -> list[Run]:
        """The latest runs, newest first, of one tenant or of all. resumes: only those that go on with this run."""
        tags = {PARTITION_TAG: tenant, RESUMES_TAG: resumes}
        wanted = {"tags": [{"key": key, "value": value} for key, value in tags.items() if value]}
        answer = self.query(documents.RUNS, {"filter": wanted if wanted["tags"] else {}, "limit": limit})["runsOrError"]
        return [Run(**run_fields(found)) for found in _expect(answer, "Runs", "no list of runs")["results"]]

    def run(self, run_id: str) -> RunDetail:
        """One run with its steps; when it failed also why. Raises UsageError for an unknown id."""
        answer = self.query(documents.RUN, {"id": run_id})["runOrError"]
        if answer["__typename"] == "RunNotFoundError":
            raise no_such_run(run_id)
        found = _expect(answer, "Run", f"run {run_id}")
        failure = read_failure(self._events(run_id)[0]) if found["status"] == "FAILURE" else None
        return RunDetail(**run_fields(found), steps=steps_of(found, self._assets_of(found)), failure=failure)

    def cancel(self, run_id: str) -> None:
        """End a run, or take it out of the queue; its process stops a moment later, between two steps of its work."""
        answer = self.query(documents.TERMINATE, {"id": run_id})["terminateRun"]
        _expect(answer, "TerminateRunSuccess", f"run {run_id} was not cancelled")

    def activity(self, run_id: str, known: Activity = NOTHING_YET) -> Activity:
        """What happened in a run. known: what was read of it before; only what came since is asked for."""
        events, cursor = self._events(run_id, known.cursor)
        return known.followed_by(events, cursor)

    def run_url(self, run_id: str) -> str:
        """The run's page in Dagster's UI."""
        return f"{self._ui_url}/runs/{run_id}"

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
        key = {"repository": repository, "definition": TENANTS, "key": tenant}
        answer = self.query(documents.ADD_PARTITION, key)["addDynamicPartition"]
        if answer["__typename"] != "DuplicateDynamicPartitionError":
            _expect(answer, "AddDynamicPartitionSuccess", f"tenant {tenant} was not made a partition")

    def _assets_of(self, found: Mapping[str, Any]) -> dict[str, Asset]:
        """The assets that a run's steps make; Dagster is asked once, and again when a step is new.

        While it loads its code it knows none: that answer is not kept.
        """
        steps = found["stepKeysToExecute"] or ()
        if not self._assets.keys() >= set(steps):
            known = assets_by_step(self.query(documents.PHASES)["assetNodes"])
            self._assets = {step: Asset(step, None) for step in steps} | known if known else {}
        return self._assets

    def _events(self, run_id: str, after: str | None = None) -> tuple[list[dict[str, Any]], str | None]:
        """The events after a cursor, and the cursor behind them."""
        events: list[dict[str, Any]] = []
        cursor, more = after, True
        while more:
            answer = self.query(documents.EVENTS, {"id": run_id, "cursor": cursor})["logsForRun"]
            page = _expect(answer, "EventConnection", f"the events of run {run_id}")
            events += page["events"]
            cursor, more = page["cursor"], page["hasMore"]
        return events, cursor


def no_such_run(run_id: str) -> UsageError:
    """What is said of an unknown run, and of one that is not to be seen."""
    return UsageError("there is no such run", where=f"run {run_id}", advice="choose one of the list")


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
