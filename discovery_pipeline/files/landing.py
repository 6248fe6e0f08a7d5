"""The landing zone: the contents of everything ingested, by tenant and sha256, never changed once there.

A tenant's folder is also where people drop files for the sensor to ingest, beside the folders of contents. Keep out:
which file counts (store/snapshots.py), what a file is called (its record there), taking drops (services/delivery).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from discovery_pipeline.domain.errors import IsolationViolation, PermanentError, UsageError
from discovery_pipeline.domain.tenancy import is_tenant_name

BLOCK_BYTES = 1 << 20
INCOMING = ".incoming-"
LEFTOVER_S = 3600
SHA256 = re.compile(r"[0-9a-f]{64}")
CONTENTS = re.compile(r"[0-9a-f]{2}")

FileId = tuple[int, int]
"""Device and inode."""


@dataclass(frozen=True)
class Landed:
    """A content in the landing zone. size: bytes."""

    sha256: str
    size: int


class LandingZone:
    """Contents below root/<tenant>/<first two of the hash>/<hash>."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def store(
        self,
        tenant: str,
        path: Path,
        progress: Callable[[int], None] = lambda _: None,
        found: FileId | None = None,
    ) -> Landed:
        """Copy a file's content in, in blocks, and say what it is. What is hashed is what is kept.

        progress is told the bytes of each block. found: the file that has to lie there, where others may put a link in
        its place. A content shows under its name only when it is whole and on disk, so a
        process killed at any point leaves nothing that the next ingestion would trust. Raises UsageError when the file
        can't be read, PermanentError when the landing zone can't be written.
        """
        folder = self._folder(tenant)
        source = _open(path, found)
        with source, _aside(folder) as (aside, target):
            landed = _copy(source.fileno(), path, target, folder, progress)
            self._publish(tenant, aside, landed)
        return landed

    def path(self, tenant: str, sha256: str) -> Path:
        """Where a content lies. Raises IsolationViolation for a name that is no hash."""
        if SHA256.fullmatch(sha256) is None:
            raise IsolationViolation(f"{sha256!r} is no content hash", where=f"tenant {tenant}")
        return self._folder(tenant) / sha256[:2] / sha256

    def drop_folder(self, tenant: str) -> Path:
        """The tenant's folder, where files may be dropped; it need not exist. Raises IsolationViolation."""
        return self._folder(tenant)

    def make_drop_folder(self, tenant: str) -> Path:
        """The same, made where it was missing, so that people find it. Raises PermanentError."""
        folder = self._folder(tenant)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(folder, error) from error
        return folder

    def remove(self, tenant: str) -> None:
        """Delete all contents of a tenant, and what was dropped and not taken yet."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self._folder(tenant))

    def _folder(self, tenant: str) -> Path:
        if not is_tenant_name(tenant):
            raise IsolationViolation(f"{tenant!r} is no tenant's name", where="landing zone")
        return self.root / tenant

    def _publish(self, tenant: str, aside: Path, landed: Landed) -> None:
        target = self.path(tenant, landed.sha256)
        if target.exists() and target.stat().st_size == landed.size:
            return
        try:
            target.parent.mkdir(mode=0o700, exist_ok=True)
            aside.replace(target)
            _sync_folder(target.parent)
        except OSError as error:
            raise _unwritable(target, error) from error


def is_content(folder: str, name: str) -> bool:
    """Whether a file of this name, in this folder directly in a tenant's, is a content; people may drop beside it."""
    return CONTENTS.fullmatch(folder) is not None and SHA256.fullmatch(name) is not None and name.startswith(folder)


def file_id(seen: os.stat_result) -> FileId:
    """Which file this is, whatever its name."""
    return seen.st_dev, seen.st_ino


def _open(path: Path, found: FileId | None) -> IO[bytes]:
    # A pipe in the place of what was found would wait for a writer.
    flags = os.O_RDONLY | (os.O_NONBLOCK if found else 0)
    try:
        source = os.fdopen(os.open(path, flags), "rb")
    except OSError as error:
        raise UsageError(f"can't be read: {error.strerror}", where=str(path)) from error
    opened = os.fstat(source.fileno())
    if found and not (stat.S_ISREG(opened.st_mode) and file_id(opened) == found):
        source.close()
        raise UsageError("is another file than a moment ago", where=str(path), advice="it will be looked at again")
    return source


@contextmanager
def _aside(folder: Path) -> Iterator[tuple[Path, int]]:
    """A new file to write to and its descriptor; unless it was renamed, it is gone after the block."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear_leftovers(folder)
        descriptor, name = tempfile.mkstemp(prefix=INCOMING, dir=folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        yield Path(name), descriptor
    finally:
        os.close(descriptor)
        Path(name).unlink(missing_ok=True)


def _clear_leftovers(folder: Path) -> None:
    """Remove what killed copies left; one that goes on has written within the hour."""
    for left in folder.glob(f"{INCOMING}*"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > LEFTOVER_S:
                left.unlink()


def _copy(source: int, path: Path, target: int, folder: Path, progress: Callable[[int], None]) -> Landed:
    digest, size = hashlib.sha256(), 0
    while block := _read(source, path):
        digest.update(block)
        size += len(block)
        _write(target, block, folder)
        progress(len(block))
    os.fsync(target)
    return Landed(digest.hexdigest(), size)


def _read(source: int, path: Path) -> bytes:
    try:
        return os.read(source, BLOCK_BYTES)
    except OSError as error:
        raise UsageError(f"can't be read: {error.strerror}", where=str(path)) from error


def _write(target: int, block: bytes, folder: Path) -> None:
    view = memoryview(block)
    try:
        while view:
            view = view[os.write(target, view) :]
    except OSError as error:
        raise _unwritable(folder, error) from error


def _sync_folder(folder: Path) -> None:
    """The rename itself survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(place: Path, error: OSError) -> PermanentError:
    return PermanentError(f"can't be written: {error.strerror}", where=str(place), advice="space and permissions?")
