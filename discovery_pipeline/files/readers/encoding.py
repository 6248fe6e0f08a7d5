"""Text files of any encoding as UTF-8 bytes.

UTF-8 is tried first, on the whole file. What isn't UTF-8 is Western European unless its bytes speak against it. Keep
out: lines, cells, formats.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from discovery_pipeline.files.readers.content import Buffer, wide_encoding

_CHUNK = 4 * 1024 * 1024
_WINDOW = 256 * 1024
_BOM = codecs.BOM_UTF8
# Accented letters inside words: in DOS code page 850 they are where Windows-1252 has signs that seldom join letters.
_DOS_LETTER = re.compile(
    rb"(?<=[A-Za-z])[\x81\x82\x84\x87\x88\x8a\x8e\x94\x99\x9a\xa1-\xa4](?=[A-Za-z])|[\x81\x8e\x99](?=[a-z])"
)
_WINDOWS_LETTER = re.compile(rb"(?<=[A-Za-z])[\xc0-\xe0\xe2-\xff]|[\xc0-\xe0\xe2-\xff](?=[a-z])")
_LETTER_OR_HIGH = re.compile(rb"[A-Za-z\x80-\xff]")
_HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True)
class Text:
    """data: UTF-8. begin: where the text starts in it (behind a byte-order mark). encoding: what the file was in.

    is_original: data are the file's own bytes. mixed: the file is UTF-8 with some bytes of Windows-1252 in between.
    """

    data: Buffer
    begin: int
    encoding: str
    is_original: bool
    mixed: bool = False


def as_utf8(data: Buffer) -> Text:
    """The text of a file; bytes that no encoding explains are read as Windows-1252, so nothing raises."""
    head = data[:_WINDOW]
    wide = wide_encoding(head)
    if wide:
        return Text(_transcoded(data, wide, "replace"), 0, wide, False)
    broken = _first_invalid(data)
    if broken is None:
        begin = len(_BOM) if head.startswith(_BOM) else 0
        return Text(data, begin, "utf-8-sig" if begin else "utf-8", True)
    window = data[max(0, broken - _WINDOW // 2) : broken + _WINDOW // 2]
    if _is_mostly_utf8(window):
        return Text(_transcoded(data, "utf-8-sig", "discovery-1252"), 0, "utf-8", False, mixed=True)
    encoding = _single_byte_encoding(window)
    return Text(_transcoded(data, encoding, "discovery-1252"), 0, encoding, False)


def _as_1252(error: UnicodeError) -> tuple[str, int]:
    """Decode the offending bytes one by one as Windows-1252, its five holes as Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return "".join(bytes((b,)).decode("cp1252", "ignore") or chr(b) for b in broken), error.end


codecs.register_error("discovery-1252", _as_1252)


def _chunks(data: Buffer) -> Iterator[bytes]:
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]


def _transcoded(data: Buffer, encoding: str, errors: str) -> bytes:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    parts = [decoder.decode(chunk).encode("utf-8", "replace") for chunk in _chunks(data)]
    return b"".join([*parts, decoder.decode(b"", final=True).encode("utf-8", "replace")])


def _first_invalid(data: Buffer) -> int | None:
    """Position of the first byte that isn't UTF-8, give or take a character; None when all is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    position, pending = 0, False
    for chunk in _chunks(data):
        if pending or not chunk.isascii():
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return position + error.start
            pending = bool(decoder.getstate()[0])
        position += len(chunk)
    return position - 1 if pending else None


def _is_mostly_utf8(window: bytes) -> bool:
    """Whether characters of several bytes outnumber the broken bytes by far: something was pasted into UTF-8."""
    text = window.decode("utf-8", "surrogateescape")
    broken = len(re.findall("[\udc80-\udcff]", text))
    whole = len(re.findall("[^\x00-\x7f\udc80-\udcff]", text))
    return whole > 2 * broken


def _single_byte_encoding(window: bytes) -> str:
    high = len(_HIGH.findall(window))
    if high * 4 > len(_LETTER_OR_HIGH.findall(window)):
        return _dense_encoding(window)
    dos, windows = len(_DOS_LETTER.findall(window)), len(_WINDOWS_LETTER.findall(window))
    return "cp850" if dos > 2 * windows else "cp1252"


def _dense_encoding(window: bytes) -> str:
    """The encoding of text that is hardly Latin (Cyrillic, Japanese, ...), by charset-normalizer."""
    from charset_normalizer import from_bytes

    lines = b"\n".join(line for line in window.splitlines() if _HIGH.search(line))
    best = from_bytes(lines[:65536]).best()
    return best.encoding if best else "cp1252"
