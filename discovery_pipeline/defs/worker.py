"""The process of one run: `python -m discovery_pipeline.defs.worker`.

It imports the definitions and starts the judge, then waits for a run's id on standard input, executes that run and
ends. It also ends when its standard input does, so with the daemon that started it. Keep out: which run it gets
(launcher).
"""

import gc
import logging
import os
import signal
import sys

import dagster as dg
from dagster._core.events import EngineEventData
from dagster._grpc.impl import core_execute_run
from dagster._utils.hosted_user_process import recon_job_from_origin
from dagster._utils.interrupts import capture_interrupts

from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.domain.errors import PermanentError
from discovery_pipeline.quality.judge import standing_judge
from discovery_pipeline.settings import Settings, load_settings

logger = logging.getLogger(__name__)
# Collecting among the objects of the imports, which stay, costs a tenth of a short run.
GARBAGE_THRESHOLD = 100_000


def main() -> None:
    """Serve one run. Exit code 1 when it could not be executed."""
    logging.basicConfig(level=logging.ERROR, format="%(asctime)s %(process)d %(name)s: %(message)s")
    # Until a run is there, an interrupt has nothing to put in order.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    settings = load_settings()
    with standing_judge():
        warm_up(settings)
        run_id = sys.stdin.readline().strip()
        done = execute(settings, run_id) if run_id else True
    # What is left, taking the interpreter's objects apart, takes most of a second.
    os._exit(0 if done else 1)


def warm_up(settings: Settings) -> None:
    """Do once what every run would begin with: imports, building the jobs, drivers of the stores."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    from discovery_pipeline.definitions import defs
    from discovery_pipeline.services.workspace import open_workspace

    defs.get_repository_def().get_all_jobs()
    with open_workspace(settings), open_instance(settings) as instance:
        instance.get_runs(limit=1)
    gc.freeze()


def execute(settings: Settings, run_id: str) -> bool:
    """Execute a run as its launcher was asked to; what happens in it stands in Dagster's instance.

    An interrupt ends it in order. Returns whether it could be executed, successful or not.
    """
    _silence_libraries()
    try:
        with capture_interrupts(), open_instance(settings) as instance:
            run = instance.get_run_by_id(run_id)
            if run is None or run.job_code_origin is None:
                raise PermanentError("there is no such run", where=run_id)
            if run.is_finished:
                return True
            process = os.getpid()
            instance.report_engine_event(f"Process {process} runs it.", run, EngineEventData.in_process(process))
            job = recon_job_from_origin(run.job_code_origin)
            for _ in core_execute_run(job, run, instance, inject_env_vars=False):
                pass
    except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
        return True  # recorded by Dagster
    except Exception:
        logger.exception("run %s could not be executed", run_id)
        return False
    return True


def _silence_libraries() -> None:
    """What libraries print may quote cells: only our own errors go to the log from here on."""
    log = os.dup(sys.stderr.fileno())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stderr.fileno())
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(os.fdopen(log, "w", buffering=1))


if __name__ == "__main__":
    main()
