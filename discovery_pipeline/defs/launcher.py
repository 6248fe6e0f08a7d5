"""Runs begin in a process that is already warm: the local instance's run launcher.

A new process imports Dagster, the definitions and Great Expectations for about four seconds before the first asset
starts. The launcher keeps one spare process that has done so, hands it the next run, and starts the next spare when
that run has ended. Which process has a run stands in the run's tags, so that another process (the web server that is
asked to terminate it, the daemon after a restart) finds it. Keep out: what the process does (worker).
"""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import dagster as dg
import psutil  # type: ignore[import-untyped]
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, RunLauncher, WorkerStatus
from dagster._core.storage.tags import HIDDEN_TAG_PREFIX
from dagster._serdes import ConfigurableClass, ConfigurableClassData

from discovery_pipeline.defs.machine.state import ProcessId
from discovery_pipeline.domain.errors import DiscoveryError
from discovery_pipeline.settings import load_settings

logger = logging.getLogger(__name__)

WORKER_TAG = f"{HIDDEN_TAG_PREFIX}discovery_worker"
WORKER = "discovery_pipeline.defs.worker"
# Warming the next spare takes a processor for four seconds: a short run ends first.
REPLACE_AFTER_S = 10.0


class Worker:
    """One process for one run, as its launcher sees it."""

    def __init__(self) -> None:
        with open_runs_log() as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", WORKER], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log
            )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    @property
    def identity(self) -> str:
        """See `identity_of`. Raises psutil.Error when it is gone."""
        return identity_of(self._process.pid)

    def hand_over(self, run_id: str) -> None:
        """Give it its run. Raises OSError when it is gone."""
        if self._process.stdin:
            self._process.stdin.write(f"{run_id}\n".encode())
            self._process.stdin.close()

    def dismiss(self) -> None:
        """End a process without a run: it holds nothing."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            with suppress(OSError):
                self._process.stdin.close()

    def wait(self, seconds: float | None = None) -> int | None:
        """Its exit code, minus the signal that killed it; None when it is not over in time."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None


class WarmRunLauncher(RunLauncher[dg.DagsterInstance], ConfigurableClass):
    """Hands each run to a warm process of this machine; named in the local dagster.yaml."""

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        self._inst_data = inst_data
        self._lock = threading.Lock()
        self._spare: Worker | None = None
        self._is_disposed = False
        super().__init__()  # type: ignore[no-untyped-call]

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        return self._inst_data

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]) -> Self:  # noqa: ARG003
        return cls(inst_data)

    def keep_spare(self) -> None:
        """Start a spare process unless one is there."""
        with self._lock:
            if self._is_disposed or (self._spare and self._spare.is_alive):
                return
            if self._spare:
                self._spare.dismiss()
            self._spare = Worker()

    def launch_run(self, context: LaunchRunContext) -> None:
        """Hand the run to the spare, ready or nearly so; to a new process when the spare is gone or has a run."""
        run_id = context.dagster_run.run_id
        with self._lock:
            spare, self._spare = self._spare, None
        worker = self._assign(spare, run_id) if spare else None
        worker = worker or self._assign(Worker(), run_id)
        if worker is None:
            raise DiscoveryError("no process for the run could be started", where=run_id, advice="see logs/runs.log")
        threading.Thread(target=self._attend, args=(worker, run_id), daemon=True, name=f"run {run_id}").start()

    def _assign(self, worker: Worker, run_id: str) -> Worker | None:
        """Hand the run to this process; None when it is gone. Tags first: from then on the run can be terminated."""
        try:
            self._instance.add_run_tags(run_id, {WORKER_TAG: worker.identity})
            worker.hand_over(run_id)
        except (OSError, psutil.Error):
            worker.dismiss()
            return None
        return worker

    def _attend(self, worker: Worker, run_id: str) -> None:
        """Replace the process, wait for its end, and say so when it ended without finishing its run."""
        worker.wait(REPLACE_AFTER_S)
        try:
            self.keep_spare()
        except OSError:
            logger.exception("no spare process could be started")
        code = worker.wait()
        if self._is_disposed or not self.has_instance:
            return
        try:
            _record_end(self._instance, run_id, _words(code))
        except Exception:
            logger.exception("the end of run %s could not be recorded; run monitoring will", run_id)

    def terminate(self, run_id: str) -> bool:
        """Interrupt the run's process; False when there is none or the run is over."""
        run = self._instance.get_run_by_id(run_id) if self.has_instance else None
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        process = find_worker(run)
        if process is None:
            _record_end(self._instance, run_id, "is gone")
            return False
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT)
        return True

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether the run's process lives; for the daemon's run monitoring."""
        if find_worker(run):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, "the process of this run is gone")

    def dispose(self) -> None:
        """End the spare; processes with a run go on."""
        with self._lock:
            self._is_disposed = True
            if self._spare:
                self._spare.dismiss()
                self._spare = None


def open_runs_log() -> Any:
    """The log of the processes of runs, to append to; for the owner only."""
    path: Path = load_settings().home / "logs" / "runs.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def identity_of(pid: int) -> str:
    """A process as WORKER_TAG names it: host, id and start time, for ids are used again. Raises psutil.Error."""
    return json.dumps({"host": socket.gethostname(), **asdict(ProcessId.of(pid))})


def find_worker(run: dg.DagsterRun) -> psutil.Process | None:
    """The living process that has this run, or None."""
    document = run.tags.get(WORKER_TAG)
    told = json.loads(document) if document else {}
    if told.get("host") != socket.gethostname():
        return None
    return ProcessId(told["pid"], told["started"]).find()


def _record_end(instance: dg.DagsterInstance, run_id: str, end: str) -> None:
    """Close a run whose process is gone; nothing happens when the run is over."""
    run = instance.get_run_by_id(run_id)
    if run is None or run.is_finished:
        return
    message = f"The process of this run {end}; errors are in logs/runs.log of the home."
    if run.status == dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, message)
    else:
        instance.report_run_failed(run, message)


def _words(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with code {code}"
