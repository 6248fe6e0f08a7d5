from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.measure import CommandFailed, measured


def test_says_what_a_command_cost(tmp_path: Path) -> None:
    work = "b = bytearray(80_000_000); b[::4096] = b'x' * len(b[::4096]); sum(range(3_000_000)); print('done')"
    output, cost = measured([sys.executable, "-c", work], tmp_path, {})
    assert output == "done\n"
    assert 0.01 < cost.cpu_s <= cost.wall_s * 2
    assert 80 < cost.peak_mib < 500
    assert cost.database_mib == 0


def test_hands_over_the_environment(tmp_path: Path) -> None:
    show = "import os; print(os.environ['DISCOVERY_HOME'])"
    assert measured([sys.executable, "-c", show], tmp_path, {"DISCOVERY_HOME": "/here"})[0] == "/here\n"


def test_a_failure_tells_what_was_said(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="no such tenant") as caught:
        measured([sys.executable, "-c", "import sys; sys.exit('no such tenant')"], tmp_path, {})
    assert caught.value.exit_code == 1
