"""`discovery up`: start every part, wait until each does its work, stay, and leave nothing behind.

However it ends (Ctrl-C, a signal, `discovery down`, a part that died, an error on the way up) everything it started
ends with it, and the embedded server too unless another process is using that.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from discovery_pipeline.defs.machine.parts import Part, Ports, code_server_and_app, dagster_parts, environment
from discovery_pipeline.defs.machine.ports import refuse_taken
from discovery_pipeline.defs.machine.processes import end_marked
from discovery_pipeline.defs.machine.state import ProcessId, UpState, forget_state, read_state, write_state
from discovery_pipeline.domain.errors import DiscoveryError, UsageError
from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded

POLL_S = 0.2
DATABASE_POLL_S = 5.0
# The server notices that a client is gone when it next looks at its connection.
SESSIONS_END_S = 5.0
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Say = Callable[[str], None]


def up(settings: Settings, ports: Ports, announce: Callable[[UpState], None], note: Say) -> None:
    """Start everything, announce it when it works, and stay until a signal ends it.

    Raises UsageError when this home is up already, ConfigurationError when a port is taken, DiscoveryError when a part
    doesn't come up or ends by itself.
    """
    with only_one(settings.home), signals_interrupt():
        if end_marked(settings.home):
            note("ended what a killed `discovery up` had left")
        refuse_taken(ports.dagster, "--port")
        refuse_taken(ports.app, "--app-port")
        supervisor = Supervisor(settings, ports, note)
        try:
            supervisor.start()
            announce(supervisor.state)
            supervisor.watch()
        except KeyboardInterrupt:
            note("ending")
        finally:
            supervisor.end()


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold this home's lock; the system frees that of a killed process. Raises UsageError, saying where it is up."""
    from filelock import FileLock, Timeout

    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(home / "up.lock", timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        state = read_state(home)
        addresses = ", ".join(state.addresses.values()) if state else ""
        raise UsageError(
            f"is up already{f': {addresses}' if addresses else ''}", where=str(home), advice="`discovery down` ends it"
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def signals_interrupt() -> Iterator[None]:
    """Every signal that asks this process to end raises KeyboardInterrupt; those that it was told to ignore don't."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in ENDING_SIGNALS}
    for number, handler in before.items():
        if handler != signal.SIG_IGN:
            signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def fresh_log(path: Path) -> BinaryIO:
    """An empty log for its owner only; the one before is kept beside it as `.1`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        path.replace(path.with_name(f"{path.name}.1"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


class Supervisor:
    """The parts of one `up` while it lasts. state: what the home's record says of it."""

    def __init__(self, settings: Settings, ports: Ports, note: Say) -> None:
        self._settings = settings
        self._ports = ports
        self._note = note
        self._logs = settings.home / "logs"
        self._running: dict[str, tuple[Part, subprocess.Popen[bytes]]] = {}
        self.state = UpState(ProcessId.of(os.getpid()))

    def start(self) -> None:
        """Start the parts and wait until each does its work. Raises DiscoveryError."""
        write_state(self._settings.home, self.state)
        fresh_log(self._logs / "runs.log").close()
        variables = environment(self._settings, self._ports, self._open_stores())
        code_server, app, workspace = code_server_and_app(self._settings, self._ports)
        self._start_part(code_server, variables)
        self._start_part(app, variables)
        self._wait_for(code_server)
        dagster = dagster_parts(self._ports, workspace)
        for part in dagster:
            self._start_part(part, variables)
        for part in (*dagster, app):
            self._wait_for(part)
            self._note(f"{part.name}: up")

    def watch(self) -> None:
        """Stay until a signal. Raises DiscoveryError when a part has ended."""
        asked = time.monotonic()
        while True:
            time.sleep(POLL_S)
            self._refuse_ended()
            if time.monotonic() - asked > DATABASE_POLL_S:
                self._refuse_lost_database()
                asked = time.monotonic()

    def end(self) -> None:
        """End everything; further signals wait until that is done."""
        for number in ENDING_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        end_marked(self._settings.home)
        for _, process in self._running.values():
            process.wait()
        if self._settings.uses_embedded_database and not self._stop_database():
            self._note("the embedded server goes on: another process uses it (`discovery down` ends it all the same)")
        forget_state(self._settings.home)

    def _stop_database(self) -> bool:
        """Stop the embedded server once the sessions of what was ended are gone; False when somebody else has one."""
        deadline = time.monotonic() + SESSIONS_END_S
        while not (is_stopped := embedded.stop_unless_used(self._settings.home)) and time.monotonic() < deadline:
            time.sleep(POLL_S)
        return is_stopped

    def _open_stores(self) -> dict[str, str]:
        """The variables of Dagster's instance; what is wrong with the stores is said before anything starts."""
        from discovery_pipeline.defs.instance import instance_environment
        from discovery_pipeline.store.session import open_database

        open_database(self._settings).dispose()
        return instance_environment(self._settings)

    def _start_part(self, part: Part, variables: dict[str, str]) -> None:
        # A session of its own: Ctrl-C reaches the supervisor alone, which ends the parts in order.
        with fresh_log(self._log(part)) as log:
            process = subprocess.Popen(  # noqa: S603 - our own programs
                part.command, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._running[part.name] = part, process
        parts = {**self.state.parts, part.name: ProcessId.of(process.pid)}
        addresses = {**self.state.addresses, **({part.name: part.address} if part.address else {})}
        self.state = replace(self.state, parts=parts, addresses=addresses)
        write_state(self._settings.home, self.state)

    def _wait_for(self, part: Part) -> None:
        deadline = time.monotonic() + part.deadline_s
        while missing := part.missing():
            self._refuse_ended()
            if time.monotonic() > deadline:
                raise DiscoveryError(
                    f"{part.name} is not up after {part.deadline_s:.0f} s: {missing}",
                    where=str(self._log(part)),
                    advice="the log's last lines say why",
                )
            time.sleep(POLL_S)

    def _refuse_ended(self) -> None:
        for part, process in self._running.values():
            code = process.poll()
            if code is not None:
                raise DiscoveryError(
                    f"{part.name} has ended with code {code}",
                    where=str(self._log(part)),
                    advice="the log's last lines say why",
                )

    def _refuse_lost_database(self) -> None:
        if self._settings.uses_embedded_database and not embedded.status(self._settings.home).is_running:
            raise DiscoveryError("the embedded server has ended", where=str(self._settings.home / "postgres.log"))

    def _log(self, part: Part) -> Path:
        return self._logs / f"{part.name}.log"
