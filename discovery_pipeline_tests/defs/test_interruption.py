"""Kill -9 in each phase, then run again: nothing lost, nothing doubled. Two homes, same files: the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.services.export import export
from discovery_pipeline.services.workspace import open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline_tests.defs.conftest import TENANT, new_home
from discovery_pipeline_tests.homes import RunHome, copied

# A run of its own process that dies by SIGKILL in the middle of the named asset: after its parts are staged, just
# before they are published.
KILLED_IN = """
import os, signal, sys
from discovery_pipeline.files.frames import StagedFrame
publish = StagedFrame.publish
def killed(self, *arguments, **named):
    if self._asset == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)
    return publish(self, *arguments, **named)
StagedFrame.publish = killed
from discovery_pipeline.cli import main
main(["run", sys.argv[2], "--json"])
"""
ONE_ASSET_OF_EACH_PHASE = ("raw_export", "column_mapping", "clean_records", "inventory", "dependencies", "analysis")


def exported(settings: Settings, to: Path) -> dict[str, bytes]:
    with open_workspace(settings) as workspace:
        export(workspace.frames.open(TENANT), to)
    return {path.name: path.read_bytes() for path in sorted(to.iterdir())}


@pytest.mark.timeout(1800)  # seven runs, on a machine that other tests share
def test_killed_in_every_phase_then_run_again(sample_run: RunHome, tmp_path: Path) -> None:
    killed = new_home(tmp_path / "killed")
    try:
        for asset in ONE_ASSET_OF_EACH_PHASE:
            process = subprocess.run(
                [sys.executable, "-c", KILLED_IN, asset, TENANT],
                env={**os.environ, "DISCOVERY_HOME": str(killed.home)},
                capture_output=True,
                check=False,
            )
            assert process.returncode == -signal.SIGKILL, (asset, process.stderr[-500:])
        assert run_tenant(killed, TENANT, None, lambda _: None).status == "done"
        with copied(sample_run, tmp_path) as untouched:
            assert exported(killed, tmp_path / "a") == exported(untouched, tmp_path / "b")
        with open_instance(killed) as instance:
            states = [run.status for run in instance.get_runs()]
        assert states.count(dg.DagsterRunStatus.SUCCESS) == 1
        assert states.count(dg.DagsterRunStatus.FAILURE) == len(ONE_ASSET_OF_EACH_PHASE)
    finally:
        embedded.stop(killed.home)
