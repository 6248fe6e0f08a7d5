"""The code of the domain as one hash, so that a result of other code is never taken for one of this code."""

from __future__ import annotations

import hashlib
import time
from functools import cache
from importlib.machinery import BYTECODE_SUFFIXES, EXTENSION_SUFFIXES
from pathlib import Path

import polars as pl

from discovery_pipeline import domain

# This process runs the code as it was by then, however long it waits for work.
LOADED_AT = time.time()
_COMPILED = (*BYTECODE_SUFFIXES, *EXTENSION_SUFFIXES)


@cache
def domain_code() -> str | None:
    """The hash of what this process runs; see `code_of`."""
    return code_of(Path(domain.__path__[0]), LOADED_AT)


def code_of(package: Path, loaded_at: float) -> str | None:
    """The hash of a package's sources and data files, and of polars' version.

    None where the files do not tell what runs: no sources, compiled modules beside them, or a file touched since
    the process loaded them (seconds since the epoch).
    """
    files = sorted(path for path in package.rglob("*") if path.is_file() and path.parent.name != "__pycache__")
    if not files or any(path.name.endswith(_COMPILED) or _touched_at(path) >= loaded_at for path in files):
        return None
    code = hashlib.sha256(pl.__version__.encode())
    for path in files:
        content = path.read_bytes()
        code.update(f"\n{path.relative_to(package).as_posix()} {len(content)}\n".encode() + content)
    return code.hexdigest()


def _touched_at(path: Path) -> float:
    """An installer may give a new file an old time of modification, but not an old time of change."""
    stat = path.stat()
    return max(stat.st_mtime, stat.st_ctime)
