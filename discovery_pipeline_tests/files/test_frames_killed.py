"""kill -9 of a writer at any moment: readers see the old version or the new one, whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from discovery_pipeline.files.frames import FrameStore

WRITER = """
import sys
import polars as pl
from discovery_pipeline.files.frames import FrameStore

frames = FrameStore(sys.argv[1]).open("bank")
number = int((frames.meta("inventory") if frames.has("inventory") else {"number": 0})["number"])
while True:
    number += 1
    with frames.stage("inventory") as staged:
        rows = pl.DataFrame({"number": [number] * 2000})
        staged.write("inventory", rows)
        staged.write("lineage", rows.lazy())
        staged.set_meta({"number": number})
        staged.publish()
    print(number, flush=True)
"""


def test_no_reader_ever_sees_half_a_version(tmp_path: Path) -> None:
    frames = FrameStore(str(tmp_path)).open("bank")
    moments = random.Random(7)
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
        ) as writer:
            assert writer.stdout is not None
            acknowledged = int(writer.stdout.readline())
            time.sleep(moments.uniform(0.0, 0.08))
            os.kill(writer.pid, signal.SIGKILL)
            acknowledged = max([acknowledged, *map(int, writer.stdout.read().split())])
        version = frames.version("inventory")
        number = frames.meta("inventory", version)["number"]
        for part in ("inventory", "lineage"):
            rows = frames.scan("inventory", part, version).collect()
            assert rows["number"].to_list() == [number] * 2000
        assert number >= acknowledged
    with frames.stage("inventory"):
        assert len(list((tmp_path / "bank" / "inventory").iterdir())) <= 3
