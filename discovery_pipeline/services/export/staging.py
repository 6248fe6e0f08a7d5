"""A folder of an export, written aside and put in place once all of its files are complete."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from discovery_pipeline.domain.errors import UsageError


@contextmanager
def staged(to: Path) -> Iterator[Path]:
    """A folder to write into; its files replace those of the same names in `to` when the block ends without an error.
    Folders inside it are scratch.

    Raises UsageError when `to` is a file or can't be written to.
    """
    if to.exists() and not to.is_dir():
        raise UsageError("this is a file, not a folder", where=str(to), advice="name a folder after --to")
    try:
        to.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".export-", dir=to))
    except OSError as error:
        said = f"nothing can be written here: {error.strerror}"
        raise UsageError(said, where=str(to), advice="name a folder of yours after --to") from error
    try:
        yield aside
        for file in sorted(path for path in aside.iterdir() if path.is_file()):
            os.replace(file, to / file.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
