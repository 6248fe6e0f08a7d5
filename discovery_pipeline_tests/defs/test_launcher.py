"""Runs in warm processes, with a real instance: what becomes of a run when its process is stopped or killed."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import dagster as dg
import psutil
import pytest
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.launcher import LaunchRunContext, WorkerStatus
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin

from discovery_pipeline.definitions import defs
from discovery_pipeline.defs.instance import ensure_partition, open_instance
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.defs.launcher import WORKER_TAG, WarmRunLauncher, find_worker, identity_of
from discovery_pipeline.defs.progress import ProgressEvent
from discovery_pipeline.sample_tenants import sample_files
from discovery_pipeline.services.dagster_api.names import PARTITION_TAG
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.locks import tenant_writer
from discovery_pipeline.store.session import open_database
from discovery_pipeline.store.tenants import add_tenant

TENANTS = FULL, SMALL, EMPTY = "full", "small", "empty"
SERVERS = "Name,IP Address,Operating System,RAM (GB)\nweb1,10.0.0.1,RHEL 8,8\ndb1,10.0.0.2,AIX 7.2,64\n"


@pytest.fixture
def instance(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """The instance of a home with tenants of many, few and no files; the processes of runs find it by environment."""
    for name in ("DAGSTER_HOME", "DISCOVERY_HOME", "DISCOVERY_DAGSTER_STORAGE"):
        monkeypatch.setenv(name, str(settings.home))
    monkeypatch.setenv("DATABASE_URL", settings.database_url or "")
    monkeypatch.setenv("DAGSTER_DATABASE_URL", settings.dagster_url or "")
    with open_workspace(settings) as workspace, sample_files("northwind-bank") as files:
        for tenant in TENANTS:
            add_tenant(workspace.database, tenant)
        servers = tmp_path / "servers.csv"
        servers.write_text(SERVERS, encoding="utf-8")
        ingest(settings, workspace.database, FULL, [files])
        ingest(settings, workspace.database, SMALL, [servers])
    with open_instance(settings) as opened:
        for tenant in TENANTS:
            ensure_partition(opened, tenant)
        yield opened


@pytest.fixture
def launcher(instance: dg.DagsterInstance) -> WarmRunLauncher:
    assert isinstance(instance.run_launcher, WarmRunLauncher)
    return instance.run_launcher


def launch(instance: dg.DagsterInstance, tenant: str) -> str:
    """Launch a run as the daemon does; returns its id."""
    job = defs.resolve_job_def("discovery")
    repository = RepositoryPythonOrigin(sys.executable, ModuleCodePointer("discovery_pipeline.definitions", "defs"))
    run = instance.create_run_for_job(
        job,
        tags={PARTITION_TAG: tenant},
        status=dg.DagsterRunStatus.STARTING,
        job_code_origin=JobPythonOrigin("discovery", repository),
    )
    instance.run_launcher.launch_run(LaunchRunContext(run, workspace=None))
    return run.run_id


def run_of(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRun:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run


def wait_for(condition: Callable[[], object], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def wait_for_end(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRun:
    wait_for(lambda: run_of(instance, run_id).is_finished)
    return run_of(instance, run_id)


def wait_for_step(instance: dg.DagsterInstance, run_id: str) -> None:
    wait_for(lambda: instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_START))


def said(instance: dg.DagsterInstance, run_id: str) -> str:
    return " ".join(entry.message for entry in instance.all_logs(run_id))


def worker_of(instance: dg.DagsterInstance, run_id: str) -> psutil.Process:
    process = find_worker(run_of(instance, run_id))
    assert process is not None
    return process


def children() -> list[psutil.Process]:
    """Our own processes that serve runs, ready or not."""
    return [p for p in psutil.Process().children() if is_worker(p)]


def is_worker(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return "discovery_pipeline.defs.worker" in process.cmdline()
    return False


def test_the_spare_gets_the_run_and_is_replaced_after_it(
    instance: dg.DagsterInstance, launcher: WarmRunLauncher, settings: Settings
) -> None:
    launcher.keep_spare()
    (spare,) = children()
    run_id = launch(instance, SMALL)
    assert worker_of(instance, run_id) == spare
    assert launcher.check_run_worker_health(run_of(instance, run_id)).status == WorkerStatus.RUNNING
    assert wait_for_end(instance, run_id).status == dg.DagsterRunStatus.SUCCESS
    wait_for(lambda: children() and children() != [spare])
    launcher.dispose()
    assert children() == []
    assert (settings.home / "logs" / "runs.log").read_text(encoding="utf-8") == ""


def test_a_run_goes_on_without_its_spare_and_fails_in_its_own_words(
    instance: dg.DagsterInstance, launcher: WarmRunLauncher
) -> None:
    launcher.keep_spare()
    (spare,) = children()
    spare.kill()
    run_id = launch(instance, EMPTY)
    assert worker_of(instance, run_id) != spare
    assert wait_for_end(instance, run_id).status == dg.DagsterRunStatus.FAILURE
    assert "raw_export" in said(instance, run_id)
    assert "process of this run" not in said(instance, run_id)


def test_terminating_a_run_interrupts_it_and_frees_its_tenant(
    instance: dg.DagsterInstance, launcher: WarmRunLauncher, settings: Settings
) -> None:
    run_id = launch(instance, FULL)
    wait_for_step(instance, run_id)
    process = worker_of(instance, run_id)
    assert launcher.terminate(run_id)
    assert wait_for_end(instance, run_id).status == dg.DagsterRunStatus.CANCELED
    process.wait(240)
    assert not launcher.terminate(run_id)
    database = open_database(settings)
    with tenant_writer(database, FULL, "a test"):
        database.dispose()


@pytest.mark.parametrize(
    ("end", "status", "words"),
    [
        pytest.param(
            "terminated", dg.DagsterRunStatus.CANCELED, "The process of this run", id="terminated before it began"
        ),
        pytest.param("killed", dg.DagsterRunStatus.FAILURE, "SIGKILL", id="killed"),
    ],
)
def test_a_run_whose_process_ends_without_a_word_is_closed(
    instance: dg.DagsterInstance, launcher: WarmRunLauncher, end: str, status: dg.DagsterRunStatus, words: str
) -> None:
    run_id = launch(instance, FULL)
    if end == "killed":
        wait_for_step(instance, run_id)
        os.kill(worker_of(instance, run_id).pid, signal.SIGKILL)
    else:
        assert launcher.terminate(run_id)
    run = wait_for_end(instance, run_id)
    assert run.status == status
    assert words in said(instance, run_id)
    assert launcher.check_run_worker_health(run).status == WorkerStatus.FAILED


def test_a_run_of_the_command_line_is_known_to_live(
    instance: dg.DagsterInstance, launcher: WarmRunLauncher, settings: Settings
) -> None:
    seen: set[WorkerStatus] = set()

    def watch(_: ProgressEvent) -> None:
        for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
            seen.add(launcher.check_run_worker_health(run).status)

    assert run_tenant(settings, SMALL, "validation", watch).status == "done"
    assert seen == {WorkerStatus.RUNNING}


@pytest.mark.parametrize(
    ("moved_s", "is_found"),
    [
        pytest.param(0.0, True, id="as it was"),
        pytest.param(2.0, True, id="after the clock was set"),
        pytest.param(-3600.0, False, id="another process of this id"),
    ],
)
def test_a_process_is_known_again(moved_s: float, is_found: bool) -> None:
    told = json.loads(identity_of(os.getpid()))
    told["started"] += moved_s
    run = dg.DagsterRun("discovery", tags={WORKER_TAG: json.dumps(told)})
    assert (find_worker(run) is not None) == is_found


def test_a_worker_ends_with_the_process_that_keeps_it(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    """A daemon that is killed leaves no spare behind, and no judge of that spare."""
    keeper = psutil.Popen(
        [sys.executable, "-c", "from discovery_pipeline.defs.launcher import Worker; w = Worker(); input()"],
        stdin=-1,
    )
    wait_for(lambda: len(keeper.children(recursive=True)) == 2)
    below = keeper.children(recursive=True)
    keeper.kill()
    keeper.communicate()
    assert psutil.wait_procs(below, timeout=240)[1] == []
