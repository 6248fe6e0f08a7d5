"""gzip and zip: what is packed in them, within bounds, held in memory.

A member that can't be read is a finding and the others go on. Keep out: the formats of the members.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, cast

from discovery_pipeline.domain.errors import UnreadableFile
from discovery_pipeline.files.readers.content import Content, as_file, unreadable
from discovery_pipeline.files.readers.tables import ReadLimits, ReadTable, finding_at, no_table

ReadContent = Callable[[Content], Iterator[ReadTable]]

# How the message of a file ends that holds more than the limits allow, whatever its own place.
UNPACKS_TOO_FAR = "it unpacks to more than the limit"
_BLOCK = 1024 * 1024
# An archive inside an archive is opened; one inside that is not.
_DEEPEST = 2
_JUNK_FOLDERS = ("__MACOSX/",)
_JUNK_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


@dataclass
class Budget:
    """Bytes that may still be unpacked from one file, nested archives included."""

    left: int

    def unpack(self, packed: IO[bytes], file: str) -> bytes:
        """Everything of a stream. Raises UnreadableFile when it is more than what is left."""
        blocks: list[bytes] = []
        while block := packed.read(_BLOCK):
            self.left -= len(block)
            if self.left < 0:
                raise unreadable(file, UNPACKS_TOO_FAR, "unpack it and ingest its files by themselves")
            blocks.append(block)
        return b"".join(blocks)


def read_gzip(content: Content, budget: Budget, read: ReadContent) -> Iterator[ReadTable]:
    """The tables of a gzipped file. Raises UnreadableFile when it is damaged, cut off or too large."""
    _check_depth(content)
    packed = as_file(content)
    try:
        with gzip.open(packed) as stream:
            data = budget.unpack(cast(IO[bytes], stream), content.file)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(content.file, f"it is a damaged gzip file: {error}", "compress or copy it again") from error
    yield from read(Content(content.file, data, None, content.depth + 1))


def read_zip(content: Content, limits: ReadLimits, budget: Budget, read: ReadContent) -> Iterator[ReadTable]:
    """The tables of every member. Raises UnreadableFile when no member could be read."""
    _check_depth(content)
    failures: list[UnreadableFile] = []
    found = False
    with zipfile.ZipFile(as_file(content)) as archive:
        members = [m for m in archive.infolist() if not _is_junk(m)]
        for member in members[: limits.max_members]:
            try:
                for table in read(_member(content, archive, member, budget)):
                    found = True
                    yield table
            except UnreadableFile as error:
                failures.append(error)
    if failures and not found:
        raise unreadable(content.file, f"nothing in it can be read; {failures[0].where}: {failures[0].message}")
    yield from (_unread(content, e.where, e.message, e.advice) for e in failures)
    if len(members) > limits.max_members:
        detail = f"it has {len(members)} files, only the first {limits.max_members} were read"
        yield _unread(content, content.file, detail, "split the archive")
    if not members:
        note = finding_at(content.file, None, "warning", "empty_file", "the archive has no files", "export it again")
        yield no_table(content.file, content.table, "zip", note)


def _member(content: Content, archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> Content:
    file = f"{content.file}!/{member.filename}"
    if member.flag_bits & 1:
        raise unreadable(file, "it is protected by a password", "pack it without a password")
    try:
        with archive.open(member) as stream:
            return Content(file, budget.unpack(stream, file), None, content.depth + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise unreadable(file, f"it is damaged: {error}", "pack or copy it again") from error


def _is_junk(member: zipfile.ZipInfo) -> bool:
    name = member.filename.rsplit("/", 1)[-1].lower()
    return member.is_dir() or member.filename.startswith(_JUNK_FOLDERS) or name in _JUNK_NAMES


def _check_depth(content: Content) -> None:
    if content.depth >= _DEEPEST:
        raise unreadable(content.file, "it is an archive inside an archive inside an archive", "unpack it first")


def _unread(content: Content, file: str, why: str, advice: str) -> ReadTable:
    note = finding_at(file or content.file, None, "error", "unreadable_file", why, advice)
    return no_table(file or content.file, "", "zip", note)
