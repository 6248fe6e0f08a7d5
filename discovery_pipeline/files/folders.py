"""Folders of bytes and Parquet files, on a local disk or behind any fsspec URL, with one atomic way to replace a file.

Knows nothing of tenants, assets or versions. Every path is given as names below the folder's root.
"""

from __future__ import annotations

import os
import secrets
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import polars as pl

from discovery_pipeline.domain.errors import DiscoveryError, PermanentError, Unreachable
from discovery_pipeline.files.isolation import without_links

Frame = pl.DataFrame | pl.LazyFrame
# How polars begins what the operating system said while it wrote Parquet.
_SYSTEM_SAYS = "underlying IO error: "


class Folder(ABC):
    """A root below which files are written, read and listed. A missing file raises FileNotFoundError."""

    @abstractmethod
    def place(self, *names: str) -> str:
        """Absolute path or URL of a file."""

    @abstractmethod
    def read(self, *names: str) -> bytes:
        """A file's content."""

    @abstractmethod
    def put(self, data: bytes, *names: str) -> None:
        """Create or replace a file; a reader sees the old content or the new one."""

    @abstractmethod
    def write_parquet(self, frame: Frame, *names: str) -> int:
        """Write a frame (zstd level 1), replacing a file of this name; returns its rows."""

    @abstractmethod
    def share(self, source: Sequence[str], target: Sequence[str]) -> None:
        """Make a file stand at a second place too, replacing one there; removing either leaves the other."""

    @abstractmethod
    def scan_parquet(self, *names: str) -> pl.LazyFrame:
        """A lazy frame over one Parquet file."""

    @abstractmethod
    def names(self, *names: str) -> list[str]:
        """Names directly below, sorted; empty where nothing is."""

    @abstractmethod
    def remove(self, *names: str) -> None:
        """Remove a file or a tree; nothing happens where nothing is."""


class LocalFolder(Folder):
    """A directory of this machine. Lazy frames stream to disk; symbolic links that lead elsewhere are refused."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, *names: str) -> Path:
        """The file's path. Raises IsolationViolation where a symbolic link lies on the way."""
        return without_links(self.root, *names)

    def place(self, *names: str) -> str:
        return str(self.path(*names))

    def read(self, *names: str) -> bytes:
        return self.path(*names).read_bytes()

    def put(self, data: bytes, *names: str) -> None:
        path = self._parent_made(*names)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with _writing(path):
            with aside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)

    def write_parquet(self, frame: Frame, *names: str) -> int:
        path = self._parent_made(*names)
        # A shared file written in place would change at its other place too.
        path.unlink(missing_ok=True)
        with _writing(path):
            if isinstance(frame, pl.DataFrame):
                frame.write_parquet(path, compression="zstd", compression_level=1)
                return frame.height
            frame.sink_parquet(path, compression="zstd", compression_level=1)
        return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())

    def share(self, source: Sequence[str], target: Sequence[str]) -> None:
        standing, path = self.path(*source), self._parent_made(*target)
        path.unlink(missing_ok=True)
        try:
            path.hardlink_to(standing)
        except FileNotFoundError:
            raise
        except OSError:  # a file system without hard links, or a file with as many as it can have
            shutil.copyfile(standing, path)

    def scan_parquet(self, *names: str) -> pl.LazyFrame:
        path = self.path(*names)
        if not path.is_file():
            raise FileNotFoundError(path)
        return pl.scan_parquet(path, glob=False)

    def names(self, *names: str) -> list[str]:
        path = self.path(*names)
        return sorted(entry.name for entry in path.iterdir()) if path.is_dir() else []

    def remove(self, *names: str) -> None:
        path = self.path(*names)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def _parent_made(self, *names: str) -> Path:
        path = self.path(*names)
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        return path


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """A disk that is full or may not be written. Raises PermanentError; a file missing to read stays that."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, pl.exceptions.ComputeError) as error:
        reason = getattr(error, "strerror", None) or str(error).rpartition(_SYSTEM_SAYS)[2]
        if isinstance(error, pl.exceptions.ComputeError) and _SYSTEM_SAYS not in str(error):
            raise
        raise PermanentError(f"can't be written: {reason}", where=str(path), advice="space and permissions?") from error


class RemoteFolder(Folder):
    """A prefix of an object store behind fsspec. One put replaces an object whole, which is what `put` rests on.

    Failures other than a missing object are Unreachable: transient, so that a run is tried again.
    """

    def __init__(self, filesystem: Any, root: str) -> None:
        self.filesystem = filesystem
        self.root = root.rstrip("/")

    def key(self, *names: str) -> str:
        """The object's key as the filesystem takes it, without protocol."""
        return "/".join((self.root, *names))

    def place(self, *names: str) -> str:
        return str(self.filesystem.unstrip_protocol(self.key(*names)))

    def read(self, *names: str) -> bytes:
        with self._reaching(*names):
            return bytes(self.filesystem.cat_file(self.key(*names)))

    def put(self, data: bytes, *names: str) -> None:
        with self._reaching(*names):
            self.filesystem.pipe_file(self.key(*names), data)

    def write_parquet(self, frame: Frame, *names: str) -> int:
        rows = frame.lazy().collect(engine="streaming")
        with self._reaching(*names), self.filesystem.open(self.key(*names), "wb") as file:
            rows.write_parquet(file, compression="zstd", compression_level=1)
        return rows.height

    def share(self, source: Sequence[str], target: Sequence[str]) -> None:
        with self._reaching(*source):
            self.filesystem.cp_file(self.key(*source), self.key(*target))

    def scan_parquet(self, *names: str) -> pl.LazyFrame:
        return pl.scan_pyarrow_dataset(self.dataset(*names))

    def dataset(self, *names: str) -> Any:
        """A pyarrow dataset over one Parquet object: columns and filters are pushed down to it."""
        from pyarrow import dataset

        with self._reaching(*names):
            self.filesystem.info(self.key(*names))
            return dataset.dataset(self.key(*names), filesystem=self.filesystem, format="parquet")

    def names(self, *names: str) -> list[str]:
        with suppress(FileNotFoundError), self._reaching(*names):
            self.filesystem.invalidate_cache()
            found = self.filesystem.ls(self.key(*names), detail=False)
            return sorted({entry.rstrip("/").rsplit("/", 1)[-1] for entry in found})
        return []

    def remove(self, *names: str) -> None:
        with suppress(FileNotFoundError), self._reaching(*names):
            self.filesystem.rm(self.key(*names), recursive=True)

    @contextmanager
    def _reaching(self, *names: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, DiscoveryError):
            raise
        except Exception as error:
            raise Unreachable(
                f"the object store failed: {error}",
                where=self.place(*names),
                advice="check DISCOVERY_FRAMES_URL, its credentials and the network, then run again",
            ) from error


def open_folder(location: str) -> LocalFolder | RemoteFolder:
    """The folder at a local path or an fsspec URL (s3://..., memory://...).

    Raises Unreachable when the filesystem of the URL cannot be opened.
    """
    if "://" not in location or location.startswith("file://"):
        return LocalFolder(Path(location.removeprefix("file://")).absolute())
    from fsspec.core import url_to_fs

    try:
        filesystem, root = url_to_fs(location, use_listings_cache=False)
    except Exception as error:
        raise Unreachable(
            f"no filesystem for this URL: {error}",
            where=location,
            advice="check DISCOVERY_FRAMES_URL; s3:// needs the extra discovery-pipeline[s3]",
        ) from error
    return RemoteFolder(filesystem, root)
