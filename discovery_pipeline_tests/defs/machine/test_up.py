"""`discovery up` and `down` with real processes: what answers, what is refused, and that nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from discovery_pipeline.defs.machine import supervisor
from discovery_pipeline.defs.machine.parts import Ports
from discovery_pipeline.defs.machine.ports import free_port
from discovery_pipeline.defs.machine.processes import marked
from discovery_pipeline.defs.machine.state import read_state
from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.services.dagster_api.client import DagsterApi
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "discovery_pipeline"]
PARTS = ("up", "dagster ui", "app")
FILES_OF_UP = {"up.json", "workspace.yaml"}


@dataclass(frozen=True)
class Up:
    """A `discovery up` of a home, its ports, and what it said."""

    home: Path
    process: subprocess.Popen[bytes]
    dagster: int
    app: int

    @property
    def said(self) -> str:
        """What it said so far, on both streams."""
        return self.home.with_suffix(".said").read_text(encoding="utf-8")

    def says(self) -> str:
        """All it said until it ended."""
        self.process.wait(timeout=240)
        return self.said


def variables(home: Path) -> dict[str, str]:
    names = ("DATABASE_URL", "DAGSTER_DATABASE_URL", "DISCOVERY_OWNER_URL", "DAGSTER_HOME")
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    return {**inherited, "DISCOVERY_HOME": str(home), "PYTHONPATH": str(ROOT)}


def discovery(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], env=variables(home), capture_output=True, text=True, timeout=240, check=False
    )


def start(home: Path) -> Up:
    """Start an `up` without waiting for it."""
    dagster, app = free_port(), free_port()
    with home.with_suffix(".said").open("wb") as said:
        process = subprocess.Popen(
            [*COMMAND, "up", "--port", str(dagster), "--app-port", str(app), "--json"],
            env=variables(home), stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
    return Up(home, process, dagster, app)


def wait_for(condition: Callable[[], Any], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def is_up(up: Up) -> bool:
    """Whether it has announced itself."""
    assert up.process.poll() is None, up.said
    return '"addresses"' in up.said


def health_of_parts(home: Path) -> dict[str, dict[str, str]]:
    parts = json.loads(discovery(home, "health", "--json").stdout)["parts"]
    return {part["name"]: part for part in parts if part["name"] in PARTS}


def assert_nothing_left(up: Up) -> None:
    assert list(marked(up.home)) == []
    assert [p.pid for p in psutil.process_iter() if str(up.home) in " ".join(command_of(p))] == []
    for port in (up.dagster, up.app):
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1)
    assert FILES_OF_UP.isdisjoint(path.name for path in up.home.iterdir())
    assert not embedded.status(up.home).is_running


def command_of(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One that runs until the last test of this module that wants it kills its supervisor."""
    started = start(tmp_path_factory.mktemp("up") / "home")
    try:
        wait_for(lambda: is_up(started))
        yield started
    finally:
        discovery(started.home, "down")
        started.process.kill()
        started.process.wait()


def test_everything_is_well_once_it_is_announced(up: Up) -> None:
    assert {name: part["state"] for name, part in health_of_parts(up.home).items()} == dict.fromkeys(PARTS, "ok")
    document = json.loads(up.said[up.said.index("{") :])
    assert document["process"] == up.process.pid
    assert document["addresses"] == {
        "dagster": f"http://127.0.0.1:{up.dagster}",
        "app": f"http://127.0.0.1:{up.app}",
    }


def test_a_run_launched_in_dagster_is_executed_and_recorded(up: Up) -> None:
    assert discovery(up.home, "tenant", "add", "acme").returncode == 0
    api = DagsterApi(f"http://127.0.0.1:{up.dagster}")
    run_id = api.launch("acme")
    wait_for(lambda: api.run(run_id).status in ("done", "failed", "cancelled"))
    found = api.run(run_id)
    api.close()
    assert found.status == "failed"
    assert "discovery ingest acme" in str(found)


def test_a_second_one_is_told_where_the_first_is(up: Up) -> None:
    second = discovery(up.home, "up", "--port", str(free_port()))
    assert second.returncode == 2
    assert "is up already" in second.stderr
    assert f":{up.dagster}" in second.stderr
    assert len(second.stderr.splitlines()) == 1


@pytest.mark.parametrize("option", ["--port", "--app-port"])
def test_a_taken_port_is_refused_before_anything_starts(up: Up, tmp_path: Path, option: str) -> None:
    other = "--app-port" if option == "--port" else "--port"
    refused = discovery(tmp_path / "other", "up", option, str(up.app), other, str(free_port()))
    assert refused.returncode == 2
    assert f"127.0.0.1:{up.app}: can't be listened on" in refused.stderr
    assert f"process {read_state(up.home).parts['app'].pid}" in refused.stderr  # type: ignore[union-attr]
    assert option in refused.stderr
    assert {path.name for path in (tmp_path / "other").iterdir()} == {"up.lock"}


def test_parts_listen_to_this_machine_only_and_keep_their_logs_private(up: Up) -> None:
    listening = [
        connection.laddr.ip
        for process in marked(up.home)
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 3  # the code server, Dagster's UI, the app
    assert set(listening) <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
    logs = list((up.home / "logs").iterdir())
    assert {log.name for log in logs} == {f"{n}.log" for n in ("code-server", "dagster", "daemon", "app", "runs")}
    assert {log.stat().st_mode & 0o777 for log in [*logs, up.home / "up.json"]} == {0o600}


def test_down_ends_what_a_killed_supervisor_left(up: Up) -> None:
    up.process.kill()
    up.process.wait()
    assert len(list(marked(up.home))) >= 4
    assert health_of_parts(up.home)["up"]["state"] == "down"
    ended = discovery(up.home, "down", "--json")
    assert json.loads(ended.stdout) == {"stopped": {"dagster": True, "app": True, "database": True}}
    assert_nothing_left(up)
    again = discovery(up.home, "down", "--json")
    assert json.loads(again.stdout) == {"stopped": {"dagster": False, "app": False, "database": False}}


def test_up_ends_what_a_killed_one_left_before_it_looks_at_the_ports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(supervisor, "end_marked", lambda _: asked.append("ended") or 1)

    def taken(_port: int, option: str) -> None:
        raise ConfigurationError(option)

    monkeypatch.setattr(supervisor, "refuse_taken", taken)
    with pytest.raises(ConfigurationError, match="--port"):
        supervisor.up(Settings(home=tmp_path), Ports(1, 2), lambda _: None, asked.append)
    assert asked == ["ended", "ended what a killed `discovery up` had left"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
def test_a_signal_on_the_way_up_ends_everything(tmp_path: Path, number: signal.Signals) -> None:
    up = start(tmp_path / "home")
    wait_for(lambda: (state := read_state(up.home)) and len(state.parts) > 1)
    up.process.send_signal(number)
    assert "ending" in up.says()
    assert up.process.returncode == 0
    assert_nothing_left(up)


def test_a_part_that_dies_is_said_and_ends_everything(tmp_path: Path) -> None:
    up = start(tmp_path / "home")
    wait_for(lambda: (state := read_state(up.home)) and "app" in state.parts)
    state = read_state(up.home)
    assert state is not None
    os.kill(state.parts["app"].pid, signal.SIGKILL)
    said = up.says()
    assert up.process.returncode == 1
    assert "app has ended with code -9" in said
    assert str(up.home / "logs" / "app.log") in said
    assert_nothing_left(up)
