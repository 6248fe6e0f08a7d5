"""Run a tenant's phases in this process, recorded in Dagster's instance: what `discovery run` does."""

import os
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import dagster as dg

from discovery_pipeline.defs.instance import ensure_partition, open_instance
from discovery_pipeline.defs.jobs import phases_upto
from discovery_pipeline.defs.launcher import WORKER_TAG, identity_of
from discovery_pipeline.defs.progress import AssetRecord, Progress, ProgressEvent
from discovery_pipeline.defs.resources import TenantStores, open_stores
from discovery_pipeline.domain.errors import DiscoveryError, OutdatedInput, PermanentError
from discovery_pipeline.domain.handoffs import PHASES, Phase, Severity
from discovery_pipeline.files.frames import MissingFrame
from discovery_pipeline.quality.run import Validate, validate_here
from discovery_pipeline.services.agents.forecast import RunModelUse, used_in_run
from discovery_pipeline.services.dagster_api.names import (
    APPLY_CORRECTIONS,
    DISCOVERY,
    LAUNCHED_BY,
    MODEL_MODE_TAG,
    PARTITION_TAG,
    PAUSED_TAG,
    RESUMES_TAG,
)
from discovery_pipeline.services.due_runs import FIRST_CORRECTED, corrections_due
from discovery_pipeline.services.run_control import not_paused
from discovery_pipeline.services.run_frames import ASSETS, newest_frames, outdated_among
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.run_holds import Hold, resuming

BY_COMMAND_LINE = {LAUNCHED_BY: "command line"}
# The run's own log lines go to Dagster's event log; the terminal belongs to the progress display.
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class RunSummary:
    """One run of a tenant. stopped: what ended it early, or None. where: name -> place to look next. models: what it
    called beside what was expected; None where nobody was to be asked. paused_before: the phase that it stopped before,
    asked to pause."""

    tenant: str
    run_id: str
    phases: tuple[AssetRecord, ...]
    findings: dict[str, int]
    stopped: PermanentError | None
    where: dict[str, str]
    models: RunModelUse | None = None
    paused_before: Phase | None = None

    @property
    def status(self) -> Literal["done", "stopped", "paused"]:
        if self.paused_before:
            return "paused"
        return "stopped" if self.stopped else "done"

    def to_json(self) -> dict[str, Any]:
        """The document of `discovery run --json`."""
        stopped = self.stopped
        return {
            "tenant": self.tenant,
            "run_id": self.run_id,
            "status": self.status,
            "phases": [asdict(record) for record in self.phases],
            "findings": self.findings,
            "stopped_by": (
                {"error": stopped.message, "where": stopped.where, "advice": stopped.advice} if stopped else None
            ),
            **({"paused_before": self.paused_before} if self.paused_before else {}),
            "where": self.where,
            **({"models": self.models.document} if self.models else {}),
        }


def run_tenant(
    settings: Settings,
    tenant: str,
    upto: Phase | None,
    on_progress: Callable[[ProgressEvent], None],
    validator: Validate = validate_here,
    *,
    only_corrections: bool = False,
    resumes: str | None = None,
) -> RunSummary:
    """Run the phases up to `upto` (all when None). only_corrections: begin where corrections have their first say.
    resumes: the id of a paused run; what is left of it is run, whatever else is asked.

    A permanent error inside an asset stops the run and stands in the summary. Raises UsageError for an unknown tenant
    and for a run that is not paused, TenantBusy when another writer holds it, TransientError when a store stayed down
    through the retries; for corrections MissingFrame before a first run, OutdatedInput when a stopped run left evidence
    that does not fit.
    """
    progress = Progress(listener=on_progress)
    holder = f"discovery run, process {os.getpid()} on {socket.gethostname()}"
    with (
        open_workspace(settings) as workspace,
        open_stores(workspace, tenant, holder, progress, validator) as stores,
        open_instance(settings) as instance,
    ):
        end_killed_runs(instance, tenant)
        if resumes:
            work = _left_of(instance, stores, resumes)
        else:
            work = _Work(upto=upto, first=_first_corrected(workspace, stores) if only_corrections else None)
        ensure_partition(instance, tenant)
        result = _execute(instance, stores, work)
        if progress.interrupted:
            raise KeyboardInterrupt
        return RunSummary(
            tenant=tenant,
            run_id=result.run_id,
            phases=tuple(progress.records),
            findings=_severities(progress.records),
            stopped=None if result.success or progress.paused_before else _stop(progress, result.run_id),
            where={"frames": f"{settings.frames_location}/{tenant}", **_report(stores)},
            models=used_in_run(stores.database, tenant, result.run_id) if settings.uses_model else None,
            paused_before=progress.paused_before,
        )


def _first_corrected(workspace: Workspace, stores: TenantStores) -> str:
    """Where a run over corrections begins. They are applied to what is there and fits together, or not at all."""
    due = corrections_due(workspace, stores.tenant)
    first = due.first if due else FIRST_CORRECTED
    newest, before = newest_frames(stores.frames), ASSETS[: ASSETS.index(first)]
    whole_run = f"discovery run {stores.tenant}"
    if not all(newest.has(asset) for asset in before):
        said = "no run has mapped its columns yet" if first == FIRST_CORRECTED else f"no run has come as far as {first}"
        raise MissingFrame(said, where=f"tenant {stores.tenant}", advice=whole_run)
    if outdated := outdated_among(newest, before):
        raise OutdatedInput(
            f"a run was stopped after reading its files anew: {', '.join(sorted(outdated))} is of the files before",
            where=f"tenant {stores.tenant}",
            advice=whole_run,
        )
    return first


@dataclass(frozen=True)
class _Work:
    """What a run makes. first: the earliest asset of a run over corrections; None = all of them. left: of a paused run,
    its job and the assets that it did not make."""

    upto: Phase | None = None
    first: str | None = None
    left: Hold | None = None

    @property
    def job(self) -> str:
        if self.left:
            return self.left.job
        return APPLY_CORRECTIONS if self.first else DISCOVERY

    @property
    def selection(self) -> dg.AssetSelection:
        if self.left:
            return dg.AssetSelection.assets(*self.left.remaining)
        chosen: dg.AssetSelection = dg.AssetSelection.groups(*phases_upto(self.upto or PHASES[-1]))
        return chosen & dg.AssetSelection.assets(self.first).downstream() if self.first else chosen

    @property
    def tags(self) -> dict[str, str]:
        return {RESUMES_TAG: self.left.run_id} if self.left else {}


def _left_of(instance: dg.DagsterInstance, stores: TenantStores, run_id: str) -> _Work:
    """What a paused run left, claimed. Raises UsageError where it is not paused, or another run goes on with it."""
    tags = {PARTITION_TAG: stores.tenant, RESUMES_TAG: run_id}
    with resuming(stores.database, stores.tenant, run_id) as hold:
        after = instance.get_runs(dg.RunsFilter(tags=tags), limit=1)
        if hold is None or not all(_came_to_nothing(run) for run in after):
            raise not_paused(stores.tenant, run_id)
        return _Work(left=hold)


def _came_to_nothing(run: dg.DagsterRun) -> bool:
    if run.status == dg.DagsterRunStatus.CANCELED:
        return PAUSED_TAG not in run.tags
    return run.status == dg.DagsterRunStatus.FAILURE


def _execute(instance: dg.DagsterInstance, stores: TenantStores, work: _Work) -> dg.ExecuteInProcessResult:
    from discovery_pipeline.definitions import build_defs

    defs = build_defs(stores=stores)
    graph = defs.resolve_asset_graph()
    return defs.resolve_job_def(work.job).execute_in_process(
        run_config=QUIET,
        instance=instance,
        partition_key=stores.tenant,
        # Without it run monitoring would take the run for one whose process is gone.
        tags={
            **BY_COMMAND_LINE,
            **work.tags,
            WORKER_TAG: identity_of(os.getpid()),
            **({MODEL_MODE_TAG: stores.settings.model_mode} if stores.settings.providers else {}),
        },
        asset_selection=sorted(work.selection.resolve(graph)),
        raise_on_error=False,
    )


def end_killed_runs(instance: dg.DagsterInstance, tenant: str) -> None:
    """Mark killed command-line runs as failed. The caller holds the tenant's lock: it is the only writer."""
    begun = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]
    for run in instance.get_runs(dg.RunsFilter(tags={PARTITION_TAG: tenant, **BY_COMMAND_LINE}, statuses=begun)):
        instance.report_run_failed(run, "The process of this run ended without a word; the next run took over.")


def _stop(progress: Progress, run_id: str) -> PermanentError:
    """Why a run ended early. Raises what is no stop of the tenant's data: transient and unexpected errors."""
    error = progress.error
    if isinstance(error, PermanentError):
        return error
    raise error or DiscoveryError("the run failed outside its assets", where=f"run {run_id}", advice="see Dagster's UI")


def _severities(records: Sequence[AssetRecord]) -> dict[str, int]:
    """What this run found, by severity, errors first."""
    found: Counter[str] = sum((Counter(record.findings) for record in records), Counter())
    return {severity: found[severity] for severity in get_args(Severity) if severity in found}


def _report(stores: TenantStores) -> dict[str, str]:
    frames = stores.frames
    return {"report": frames.location("discovery_report", "report.html")} if frames.has("discovery_report") else {}
