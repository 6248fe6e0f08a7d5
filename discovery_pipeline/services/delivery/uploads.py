"""Files that came through a browser: laid aside under safe names, looked into, and delivered like any others.

Keep out: mapping (services/mapping/preview.py), registering (ingest.py), drawing.
"""

from __future__ import annotations

import shutil
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from discovery_pipeline.domain.errors import UnreadableFile, UsageError
from discovery_pipeline.domain.mapping.recall.learned import Recall, nothing_learned
from discovery_pipeline.domain.mapping.resolve import ResolveParams
from discovery_pipeline.files.readers import ReadLimits
from discovery_pipeline.files.readers.archives import UNPACKS_TOO_FAR
from discovery_pipeline.files.readers.content import form, open_content
from discovery_pipeline.files.readers.workbooks import SPANS_TOO_FAR
from discovery_pipeline.services.learning.tracker import NOBODY_LOOKED, LookedAt
from discovery_pipeline.services.mapping.meanings import Meanings
from discovery_pipeline.services.mapping.preview import preview

FOLDER = "uploads"
NAMELESS = "upload"
# Of a file's name in bytes; a file system takes 255, and a counter may follow.
NAME_BYTES = 200
LEFTOVER_S = 3600
# What is read of a text file before it is delivered: seconds, whatever its size.
SAMPLE_BYTES = 4_000_000
# Formats that can't be cut are looked into up to this size: a workbook of it takes seconds, too.
WHOLE_BYTES = 25_000_000
# What a packed file may unpack to here: it is held in the memory of the application, which serves everybody.
UNPACKED_BYTES = 100_000_000
# The same of Parquet, of 16 bytes and more each.
PARQUET_VALUES = 10_000_000
# Of the rectangle that a sheet spans, filled or not: 24 bytes each.
SHEET_CELLS = 10_000_000
_TOO_LARGE = "too large to look into here; a run reads it whole"
_DEFAULTS = ResolveParams()


@dataclass(frozen=True)
class Recognised:
    """What was found in files that nothing is stored of.

    document: as `discovery map --json` says it. sampled: name -> the bytes that were read of it, where that is less
    than all. skipped: name -> why it was not looked into.
    """

    document: Mapping[str, Any]
    sampled: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def laid_aside(home: Path, uploads: Sequence[tuple[str, IO[bytes]]]) -> Iterator[list[Path]]:
    """The uploads as files of a folder of the home that is gone after the block, each under a safe name of its own.

    uploads: name as the browser gave it, content. Raises UsageError where the folder can't be written.
    """
    root = home / FOLDER
    with ExitStack() as folders:
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            _clear_leftovers(root)
            folder = folders.enter_context(tempfile.TemporaryDirectory(dir=root))
            paths = _written(Path(folder), uploads)
        except OSError as error:
            advice = "is there space, and may it be written?"
            raise UsageError(f"the upload can't be kept: {error.strerror}", where=str(root), advice=advice) from error
        yield paths


def safe_name(name: str) -> str:
    """The last part of a name, without what a path or a terminal would interpret; never empty, "." or ".."."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    printable = "".join(c for c in last if c.isprintable()).strip().lstrip(".").strip()
    stem, dot, ending = printable.rpartition(".")
    if len(printable.encode()) > NAME_BYTES:
        room = NAME_BYTES - len((dot + ending).encode())
        printable = (stem or ending).encode()[: max(room, 1)].decode(errors="ignore") + (dot + ending if stem else "")
    return printable or NAMELESS


def recognised(
    paths: Sequence[Path],
    recall: Recall = nothing_learned,
    params: ResolveParams = _DEFAULTS,
    meanings: Meanings | None = None,
    seen: LookedAt = NOBODY_LOOKED,
) -> Recognised:
    """What the files hold and what would be mapped to what; of big text files the first part, of other big files
    nothing. recall, params, meanings, seen: as `preview` takes them. Raises UsageError, MappingConflict as it does."""
    skipped: dict[str, str] = {}
    sampled: dict[str, int] = {}
    looked_into: list[Path] = []
    with tempfile.TemporaryDirectory(dir=paths[0].parent) as folder:
        for path in paths:
            cut = _cut(path, Path(folder))
            if cut is None:
                skipped[path.name] = _TOO_LARGE
            else:
                looked_into.append(cut)
                if cut != path:
                    sampled[path.name] = cut.stat().st_size
        limits = ReadLimits(
            max_unpacked_bytes=UNPACKED_BYTES, max_parquet_values=PARQUET_VALUES, max_sheet_cells=SHEET_CELLS
        )
        document = (
            preview(looked_into, recall, params=params, meanings=meanings, limits=limits, seen=seen)
            if looked_into
            else NOTHING
        )
    # Within the limits of a run they may well be read.
    large = [file for file in document["files"] if file.get("error", "").endswith((UNPACKS_TOO_FAR, SPANS_TOO_FAR))]
    skipped |= {file["file"]: _TOO_LARGE for file in large}
    files = [file for file in document["files"] if file not in large]
    return Recognised({**document, "files": files}, sampled, skipped)


NOTHING: Mapping[str, Any] = {"files": [], "left_out": []}


def _cut(path: Path, folder: Path) -> Path | None:
    """The file where it is small enough; its first whole lines where it is text; None otherwise."""
    size = path.stat().st_size
    if size <= SAMPLE_BYTES:
        return path
    with path.open("rb") as source:
        head = source.read(SAMPLE_BYTES)
    try:
        is_text = form(open_content(path, path.name)) == "text"
    except UnreadableFile:
        return path  # its first bytes refuse it again, and the others are told of all the same
    if not is_text or not _is_of_lines(head):
        return path if size <= WHOLE_BYTES else None
    cut = folder / path.name
    cut.write_bytes(_whole_lines(head))
    return cut


def _is_of_lines(head: bytes) -> bool:
    """Whether a text can be cut between two lines: not one JSON or XML document, though JSON of one object a line."""
    first = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").partition(b"\n")[0].rstrip()
    if first.startswith(b"{"):
        return first.endswith(b"}")
    return not first.startswith((b"[", b"<"))


def _whole_lines(head: bytes) -> bytes:
    """Up to the last line end; with two bytes a character where it says so by its first two."""
    newline = {b"\xff\xfe": b"\n\x00", b"\xfe\xff": b"\x00\n"}.get(head[:2], b"\n")
    end = head.rfind(newline)
    return head if end < 0 else head[: end + len(newline)]


def _written(folder: Path, uploads: Sequence[tuple[str, IO[bytes]]]) -> list[Path]:
    paths: list[Path] = []
    for name, content in uploads:
        path = _free(folder, safe_name(name))
        content.seek(0)
        with path.open("xb") as target:
            shutil.copyfileobj(content, target)
        paths.append(path)
    return paths


def _free(folder: Path, name: str) -> Path:
    """The name in this folder; two uploads of one name are told apart as browsers do it."""
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
    return path


def _clear_leftovers(root: Path) -> None:
    """Remove what killed processes left; an upload is laid aside for minutes."""
    for left in root.iterdir():
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > LEFTOVER_S:
                shutil.rmtree(left, ignore_errors=True)
