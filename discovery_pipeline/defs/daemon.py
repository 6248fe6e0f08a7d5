"""Dagster's daemon with a warm process for the first run: `python -m discovery_pipeline.defs.daemon WORKSPACE.YAML`."""

import sys

import dagster as dg
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._daemon.controller import daemon_controller_from_instance
from dagster._utils.interrupts import capture_interrupts, setup_interrupt_handlers

from discovery_pipeline.defs.launcher import WarmRunLauncher


def main(workspace: str) -> None:
    """Run sensors, schedules and the queue of the instance that DAGSTER_HOME names, until interrupted."""
    setup_interrupt_handlers()
    with capture_interrupts(), dg.DagsterInstance.get() as instance:
        if isinstance(instance.run_launcher, WarmRunLauncher):
            instance.run_launcher.keep_spare()
        target = WorkspaceFileTarget(paths=[workspace])
        with daemon_controller_from_instance(instance, target, log_level="warning") as controller:
            controller.check_daemon_loop()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(0)
