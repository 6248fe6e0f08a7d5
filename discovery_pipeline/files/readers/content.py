"""A file's bytes and what they are, decided by the bytes: an extension is only believed between text formats.

Keep out: reading any format.
"""

from __future__ import annotations

import mmap
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from discovery_pipeline.domain.errors import UnreadableFile
from discovery_pipeline.files.readers.tables import ReadLimits, stem

Buffer = bytes | mmap.mmap
Form = Literal["empty", "text", "workbook", "parquet", "gzip", "zip"]

_HEAD = 64 * 1024
_ADVICE = "export the data as CSV, XLSX, JSON or Parquet"
# First bytes of files that hold no table, or none that is read here.
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"BM", "a BMP picture"),
    (b"RIFF", "a media file"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it or use zip"),
    (b"Rar!", "a RAR archive: unpack it or use zip"),
    (b"BZh", "a bzip2 archive: unpack it or use gzip"),
    (b"\xfd7zXZ", "an xz archive: unpack it or use gzip"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive: unpack it or use gzip"),
    (b"SQLite format 3", "an SQLite database"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
)
_SHORT_MAGIC_IS_TEXT_TOO = (b"BM", b"MZ", b"II*\x00", b"MM\x00*", b"ORC", b"RIFF", b"GIF8", b"BZh", b"Rar!")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Content:
    """One file, or one member of an archive.

    file: the name that findings and rows carry (`archive.zip!/x.csv`). path: where the same bytes lie on disk, None for
    members. depth: archives opened on the way to it.
    """

    file: str
    data: Buffer
    path: Path | None = None
    depth: int = 0

    @property
    def table(self) -> str:
        return stem(self.file)

    @property
    def suffix(self) -> str:
        """Lower-case extension with its dot, of what is inside a .gz."""
        name = self.file.lower().removesuffix(".gz")
        return "." + name.rsplit(".", 1)[-1] if "." in name else ""


def open_content(path: Path, file: str) -> Content:
    """The bytes of a file on disk, mapped, not loaded. Raises UnreadableFile when it can't be opened."""
    try:
        with path.open("rb") as handle:
            size = handle.seek(0, 2)
            data: Buffer = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
    except (OSError, ValueError) as error:
        raise unreadable(file, f"it cannot be opened: {error}", "check that it exists and may be read") from error
    return Content(file, data, path)


def unreadable(file: str, why: str, advice: str = _ADVICE) -> UnreadableFile:
    """The error of a file that no reader understands."""
    return UnreadableFile(why, where=file, advice=advice)


def refuse_too_wide(file: str, columns: int, limits: ReadLimits) -> None:
    """Raises UnreadableFile for a table of more columns than allowed."""
    if columns > limits.max_columns:
        raise unreadable(file, f"it has {columns} columns, the limit is {limits.max_columns}")


def form(content: Content) -> Form:
    """What the bytes are. Raises UnreadableFile, naming what it is, for anything that holds no table."""
    head = content.data[:_HEAD]
    if not head.strip(b"\x00 \t\r\n\x1a\xef\xbb\xbf"):
        return "empty"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_form(content)
    if head.startswith(_OLE):
        return _ole_form(content)
    _refuse_foreign(content, head)
    return "text"


def _refuse_foreign(content: Content, head: bytes) -> None:
    for magic, what in _FOREIGN:
        if head.startswith(magic) and (magic not in _SHORT_MAGIC_IS_TEXT_TOO or _is_binary(head)):
            raise unreadable(content.file, f"it is {what}, not a table")
    if head[257:262] == b"ustar":
        raise unreadable(content.file, "it is a tar archive", "unpack it or use zip")
    if _is_binary(head):
        raise unreadable(content.file, "it holds binary data, not text or a known table format")


def _is_binary(head: bytes) -> bool:
    """Whether control characters are more than accidents; UTF-16 and UTF-32 are text, and so are a few NUL bytes."""
    if wide_encoding(head):
        return False
    control = sum(head.count(byte) for byte in (*range(2, 9), 11, *range(14, 26)))
    return (control >= 8 and control * 50 > len(head)) or head.count(0) * 5 > len(head)


def wide_encoding(head: bytes) -> str | None:
    """The UTF-16 or UTF-32 codec of a text's first bytes, with or without a byte-order mark; None for 8-bit text."""
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = head[: len(head) // 2 * 2][:8192]
    even, odd, half = sample[0::2].count(0), sample[1::2].count(0), len(sample) // 2
    if half >= 2 and odd * 10 >= half * 4 and even * 20 <= half:
        return "utf-16-le"
    return "utf-16-be" if half >= 2 and even * 10 >= half * 4 and odd * 20 <= half else None


def _zip_form(content: Content) -> Form:
    try:
        with zipfile.ZipFile(as_file(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise unreadable(
            content.file, f"it is a damaged zip or XLSX file: {error}", "export or copy it again"
        ) from error
    if names & {"xl/workbook.xml", "xl/workbook.bin"} or {"content.xml", "mimetype"} <= names:
        return "workbook"
    for folder, what in (("word/", "a Word document"), ("ppt/", "a PowerPoint presentation")):
        if any(name.startswith(folder) for name in names) and "[Content_Types].xml" in names:
            raise unreadable(content.file, f"it is {what}, not a table")
    return "zip"


def _ole_form(content: Content) -> Form:
    def holds(stream: str) -> bool:
        return content.data.find(stream.encode("utf-16-le")) >= 0

    if holds("EncryptedPackage"):
        raise unreadable(content.file, "it is protected by a password", "save it without a password")
    if holds("WordDocument"):
        raise unreadable(content.file, "it is a Word document, not a table")
    if not (holds("Workbook") or holds("Book")):
        raise unreadable(content.file, "it is an Office container without a workbook")
    return "workbook"


def as_file(content: Content) -> str | BytesIO:
    """What the libraries open: the path where there is one, else the bytes."""
    return str(content.path) if content.path else BytesIO(content.data[:])
