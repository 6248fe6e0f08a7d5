from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measure import CommandFailed, measured

ROOT = Path(__file__).parents[2]


# A child begins as a copy of its parent, and its peak with it: that of the tests' own process would hide it.
IN_A_SMALL_PROCESS = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from benchmarks.measure import measured
output, cost = measured([sys.executable, "-c", sys.argv[1]], Path(sys.argv[2]), {})
print(json.dumps({"output": output, **asdict(cost)}))
"""


def test_says_what_a_command_cost(tmp_path: Path) -> None:
    work = "b = bytearray(80_000_000); b[::4096] = b'x' * len(b[::4096]); sum(range(3_000_000)); print('done')"
    measuring = [sys.executable, "-c", IN_A_SMALL_PROCESS, work, tmp_path]
    cost = json.loads(subprocess.run(measuring, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert cost["output"] == "done\n"
    assert 0.01 < cost["cpu_s"] <= cost["wall_s"] * 2
    assert 80 < cost["peak_mib"] < 150
    assert cost["database_mib"] == 0


def test_hands_over_the_environment(tmp_path: Path) -> None:
    show = "import os; print(os.environ['DISCOVERY_HOME'])"
    assert measured([sys.executable, "-c", show], tmp_path, {"DISCOVERY_HOME": "/here"})[0] == "/here\n"


def test_a_failure_tells_what_was_said(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="no such tenant") as caught:
        measured([sys.executable, "-c", "import sys; sys.exit('no such tenant')"], tmp_path, {})
    assert caught.value.exit_code == 1
