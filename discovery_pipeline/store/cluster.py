"""A new embedded cluster: the data directory, its roles and databases, and the state file that says how to reach it.

Layout below the home:
  postgres/data         PostgreSQL's data directory, owned by the user the server runs as
  postgres/state.json   port and passwords, mode 0600
  postgres.log          what the server and its programs say, mode 0600
  postgres.lock         held while somebody creates, starts or stops the server
The folder `postgres` is made aside and renamed when everything in it is there: under its own name it is complete.

Keep out: starting and stopping (embedded), tables (migrations).
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from discovery_pipeline.domain.errors import ConfigurationError, Unreachable
from discovery_pipeline.store.server_programs import Account, account_for, programs_for, run_program
from discovery_pipeline.store.urls import DatabaseUrls

HOST = "127.0.0.1"
ASIDE = ".postgres.new-"
DATABASE = "discovery"
DAGSTER_DATABASE = "dagster"
OWNER_ROLE, APP_ROLE, DAGSTER_ROLE = "discovery_owner", "discovery_app", "discovery_dagster"
# What the connection must prove: SCRAM authenticates the server too, so a stranger on our port is never taken for ours.
CONNECTION_OPTIONS = "sslmode=disable&require_auth=scram-sha-256"

SERVER_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    # One machine, no replica: the write-ahead log carries what a crash needs and no more.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    # The passwords are 256 random bits, which no iteration count makes harder to guess, and dagster-postgres connects
    # anew for most statements of a run: 590 times for eleven assets.
    "scram_iterations": "1",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %u@%d ",
    # A failing statement would put a tenant's values into the log.
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True)
class ServerState:
    """How to reach the server: the port it was started on last, and a password per role."""

    port: int
    admin_password: str = field(repr=False)
    owner_password: str = field(repr=False)
    app_password: str = field(repr=False)
    dagster_password: str = field(repr=False)

    @property
    def urls(self) -> DatabaseUrls:
        return DatabaseUrls(
            app=self._url(APP_ROLE, self.app_password, DATABASE),
            owner=self._url(OWNER_ROLE, self.owner_password, DATABASE),
            dagster=self._url(DAGSTER_ROLE, self.dagster_password, DAGSTER_DATABASE),
        )

    def _url(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@{HOST}:{self.port}/{database}?{CONNECTION_OPTIONS}"


@dataclass(frozen=True)
class Cluster:
    """The places of one home's server."""

    home: Path

    @property
    def folder(self) -> Path:
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def state_file(self) -> Path:
        return self.folder / "state.json"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def lock(self) -> Path:
        return self.home / "postgres.lock"


def open_log(cluster: Cluster) -> IO[bytes]:
    """The log, for appending. Raises ConfigurationError when it can't be written."""
    try:
        descriptor = os.open(cluster.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"can't be written: {error.strerror}",
            where=str(cluster.log),
            advice="does the home belong to another user?",
        ) from error
    return os.fdopen(descriptor, "ab")


def read_state(cluster: Cluster) -> ServerState | None:
    """The state file, or None where no cluster has been made. Raises ConfigurationError when it can't be used."""
    try:
        return ServerState(**json.loads(cluster.state_file.read_text()))
    except (FileNotFoundError, NotADirectoryError):
        if not cluster.folder.exists():
            return None
        problem = "is missing while the data is there"
    except PermissionError:
        problem = "belongs to another user"
    except (ValueError, TypeError):
        problem = "is damaged"
    raise ConfigurationError(
        problem,
        where=str(cluster.state_file),
        advice=f"restore it, or move {cluster.folder} away to begin with an empty database",
    )


def write_state(file: Path, state: ServerState) -> None:
    """Replace the state file atomically; it keeps mode 0600 and the folder's owner."""
    aside = file.with_suffix(".new")
    with suppress(FileNotFoundError):
        aside.unlink()
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(asdict(state), stream)
        stream.flush()
        os.fsync(stream.fileno())
    owner = file.parent.stat()
    if os.geteuid() == 0:
        os.chown(aside, owner.st_uid, owner.st_gid)
    aside.replace(file)


def create(cluster: Cluster, port: int) -> ServerState:
    """Make the cluster aside and rename it. The caller holds the lock. Raises Unreachable with the log's place."""
    state = ServerState(port, *(secrets.token_hex(32) for _ in range(4)))
    # A name of its own: the initdb of a killed starter may still be writing to another one.
    aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=cluster.home))
    data = aside / "data"
    data.mkdir(mode=0o700)
    account = account_for(data)
    if account:
        os.chown(data, account.uid, account.gid)
    with open_log(cluster) as log:
        _initialise(cluster, data, account, state, log)
    write_state(aside / "state.json", state)
    aside.rename(cluster.folder)
    return state


def clear_leftovers(cluster: Cluster) -> None:
    """Remove the clusters that killed starters left half made. The caller holds the lock."""
    for aside in cluster.home.glob(f"{ASIDE}*"):
        shutil.rmtree(aside, ignore_errors=True)


def _initialise(cluster: Cluster, data: Path, account: Account | None, state: ServerState, log: IO[bytes]) -> None:
    """Fill an empty data directory.

    Nothing is forced to disk here: on a busy disk that took a first start from 1 s to 8 s. A power cut within the
    half minute until the system has written it all can spoil a cluster that is as young; the running server does sync.
    """
    programs = programs_for(account)
    arguments = [
        "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions", "--no-sync",
        *(f"--set={name}={value}" for name, value in SERVER_SETTINGS.items()),
    ]  # fmt: skip
    if run_program(programs, "initdb", arguments, data, account, output=log):
        raise _failed(cluster, "initdb")
    # No server has listened yet: what initdb trusted is replaced before anybody could connect.
    (data / "pg_hba.conf").write_text(f"host all all {HOST}/32 scram-sha-256\n")
    single = ["--single", "-j", "-c", "exit_on_error=on", "-c", "fsync=off", "template1"]
    if run_program(programs, "postgres", single, data, account, output=log, script=_bootstrap_script(state)):
        raise _failed(cluster, "the first set-up of roles and databases")


def _bootstrap_script(state: ServerState) -> str:
    """Roles, databases, the vector extension: what needs a superuser, in PostgreSQL's single-user mode."""
    statements = [
        f"ALTER ROLE postgres PASSWORD '{state.admin_password}'",
        f"CREATE ROLE {OWNER_ROLE} LOGIN PASSWORD '{state.owner_password}'",
        f"CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{state.app_password}'",
        f"CREATE ROLE {DAGSTER_ROLE} LOGIN PASSWORD '{state.dagster_password}'",
        # A crash may cost the last moments of a run's history in Dagster, never a decision; events cost half as much.
        f"ALTER ROLE {DAGSTER_ROLE} SET synchronous_commit = off",
        "CREATE EXTENSION vector",  # into template1: databases made from it have it
        f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE} STRATEGY file_copy",
        f"CREATE DATABASE {DAGSTER_DATABASE} OWNER {DAGSTER_ROLE} STRATEGY file_copy",
        f"REVOKE ALL ON DATABASE {DATABASE}, {DAGSTER_DATABASE}, postgres, template1 FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP_ROLE}",
    ]
    return "".join(f"{statement};\n\n" for statement in statements)


def _failed(cluster: Cluster, what: str) -> Unreachable:
    return Unreachable(f"{what} failed", where="embedded server", advice=f"see the end of {cluster.log}")
