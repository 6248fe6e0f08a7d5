"""Finding the files that a user means by paths: what is taken, under which name, what is left alone and why."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.files.landing import FileId

JUNK_NAMES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
JUNK_ENDINGS = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".swp", ".lock", ".bak", "~")

# Text that the readers could take for a table of one or two columns, though nobody exports an inventory as it.
NO_DATA_ENDINGS = tuple(
    """
    .md .rst .adoc .py .pyc .ipynb .js .ts .css .sh .ps1 .bat .cmd .rb .pl .java .go .c .h .sql .yaml .yml .toml .ini
    .cfg .conf
    """.split()  # noqa: SIM905  # words, not a list
)


@dataclass(frozen=True)
class Delivered:
    """A file to ingest. path: real path on disk. file: its name for the tenant, relative, with slashes. size: bytes.

    found: the one file that is meant, where others may put a link in its place.
    """

    path: Path
    file: str
    size: int
    found: FileId | None = None


@dataclass(frozen=True)
class Notice:
    """Something the user should know about a file or folder: it isn't an error."""

    file: str
    detail: str


def find(paths: Sequence[Path], without: Path) -> tuple[list[Delivered], list[Notice]]:
    """Every file below the paths, sorted by name, and what was left out of folders.

    without: a folder never entered (our own home). A file given by its path is always taken; in folders, hidden and
    temporary files, lock files of office programs, programs, documentation and links that lead out are left alone.
    Raises UsageError when a path is missing or can't be read, or when nothing was found.
    """
    found: list[Delivered] = []
    notices: list[Notice] = []
    for path in paths:
        for item in _below(path.expanduser(), without.resolve()):
            (notices if isinstance(item, Notice) else found).append(item)  # type: ignore[arg-type]  # one each
    if not found:
        raise UsageError(
            "no file to ingest", where=", ".join(map(str, paths)), advice="; ".join(n.detail for n in notices[:3])
        )
    once = {delivered.path: delivered for delivered in reversed(found)}
    return sorted(_with_distinct_names(list(once.values())), key=lambda delivered: delivered.file), notices


def _below(path: Path, without: Path) -> Iterator[Delivered | Notice]:
    try:
        if path.is_dir():
            yield from _in_folder(path, without)
        else:
            yield _delivered(path, path.name)
    except OSError as error:
        raise UsageError(f"can't be read: {error.strerror}", where=error.filename or str(path)) from error


def _delivered(path: Path, name: str) -> Delivered:
    real = path.resolve(strict=True)
    if not real.is_file():
        raise UsageError("is neither a file nor a folder", where=str(path))
    return Delivered(real, legible(name), real.stat().st_size)


def legible(name: str) -> str:
    """The name without what can't be stored: bytes that are no UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace").replace("\x00", "")


def _in_folder(root: Path, without: Path) -> Iterator[Delivered | Notice]:
    def unreadable(error: OSError) -> None:
        raise error

    for folder, folders, files in os.walk(root, onerror=unreadable):
        here = Path(folder)
        for name in sorted(folders):
            reason = _why_not_entered(here / name, without)
            if reason:
                folders.remove(name)
                yield Notice((here / name).relative_to(root).as_posix(), reason)
        folders.sort()
        for name in sorted(files):
            relative = (here / name).relative_to(root).as_posix()
            reason = _why_not_taken(here / name, root)
            yield Notice(relative, reason) if reason else _delivered(here / name, relative)


def _why_not_entered(folder: Path, without: Path) -> str:
    if folder.is_symlink():
        return "a link to a folder is not followed"
    if folder.resolve() == without:
        return "holds this product's own data"
    return junk(folder.name)


def _why_not_taken(path: Path, root: Path) -> str:
    if reason := junk(path.name) or no_data(path.name):
        return reason
    real = path.resolve()
    if path.is_symlink() and not real.is_relative_to(root.resolve()):
        return "a link that leads out of the folder is not followed"
    return "" if real.is_file() else "is no ordinary file"


def junk(name: str) -> str:
    """Why a file of this name is nothing that somebody means to deliver; "" when it may be."""
    lowered = name.lower()
    if name.startswith("~$") or name.startswith(".~lock."):
        return "a lock file of an office program"
    if name.startswith("."):
        return "is hidden"
    return "is temporary" if lowered in JUNK_NAMES or lowered.endswith(JUNK_ENDINGS) else ""


def no_data(name: str) -> str:
    """Why a file of this name, found in a folder, is no inventory; "" when it may be."""
    return "is no data by its ending; give its own path to take it" if name.lower().endswith(NO_DATA_ENDINGS) else ""


def _with_distinct_names(delivered: list[Delivered]) -> list[Delivered]:
    """Files of several paths may have the same relative name: those get the folders that tell them apart."""
    counts = Counter(d.file for d in delivered)
    clashing = [d for d in delivered if counts[d.file] > 1]
    if not clashing:
        return delivered
    above = os.path.commonpath([d.path.parent for d in clashing])
    renamed = [replace(d, file=d.path.relative_to(above).as_posix()) if counts[d.file] > 1 else d for d in delivered]
    again = [file for file, count in Counter(d.file for d in renamed).items() if count > 1]
    if again:
        raise UsageError(f"two files are called {again[0]!r}", advice="ingest them one after the other, with --source")
    return renamed
