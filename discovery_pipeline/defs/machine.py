"""Dagster's UI and daemon on this machine: what `discovery up` starts and `discovery down` ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from discovery_pipeline.defs.instance import instance_environment
from discovery_pipeline.domain.errors import ConfigurationError, DiscoveryError
from discovery_pipeline.settings import Settings

HOST = "127.0.0.1"
PORT = 3000
CODE_LOCATION = "discovery_pipeline.definitions"
# Loading the code location and creating Dagster's tables on a cold machine.
START_DEADLINE_S = 90.0
STOP_DEADLINE_S = 15.0


def webserver_up(settings: Settings, say: Callable[[str], None]) -> None:
    """Start Dagster's UI and daemon, say where they are, and stay until they end or Ctrl-C.

    Raises ConfigurationError when the port is taken, DiscoveryError when they do not come up.
    """
    environment = {**os.environ, **instance_environment(settings)}
    _refuse_taken_port()
    log = settings.home / "logs" / "dagster.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "dagster", "dev", "-m", CODE_LOCATION, "-h", HOST, "-p", str(PORT)]
    with log.open("ab") as sink:
        # A session of its own: Ctrl-C reaches us alone, and we end the whole group in order.
        process = subprocess.Popen(  # noqa: S603
            command, env=environment, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL, start_new_session=True
        )
    pid_file = _pid_file(settings)
    pid_file.write_text(str(process.pid), encoding="utf-8")
    try:
        _wait_until_up(process, log)
        say(f"Dagster's UI: http://{HOST}:{PORT}  (log: {log}; Ctrl-C or `discovery down` ends it)")
        process.wait()
    except KeyboardInterrupt:
        say("stopping")
    finally:
        _stop_group(process.pid, process.poll)
        pid_file.unlink(missing_ok=True)


def webserver_down(settings: Settings) -> bool:
    """End what `webserver_up` started from this home, wherever it runs; False when nothing did."""
    pid_file = _pid_file(settings)
    try:
        pid = int(pid_file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    running = _is_ours(pid)
    if running:
        _stop_group(pid, lambda: None if _is_ours(pid) else 0)
    pid_file.unlink(missing_ok=True)
    return running


def _pid_file(settings: Settings) -> Path:
    return settings.dagster_home / "up.pid"


def _refuse_taken_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError:
            raise ConfigurationError(
                "port is taken", where=f"{HOST}:{PORT}", advice="run `discovery down`, or end what listens there"
            ) from None


def _wait_until_up(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection((HOST, PORT), timeout=1):
            return
        time.sleep(0.2)
    raise DiscoveryError("Dagster did not come up", where=str(log), advice="the log's last lines say why")


def _is_ours(pid: int) -> bool:
    """Whether this process is a `dagster dev` of ours: a pid file outlives its process, and pids are used again."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return _alive(pid) if not Path("/proc/self").exists() else False
    return CODE_LOCATION.encode() in command


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _stop_group(pid: int, poll: Callable[[], int | None]) -> None:
    """Ask the whole group to end, and insist when it does not."""
    for sign in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(pid, sign)
        deadline = time.monotonic() + STOP_DEADLINE_S
        while time.monotonic() < deadline and poll() is None:
            time.sleep(0.1)
