"""How many cells each sheet of an XLSX says it spans, without parsing the sheets."""

from __future__ import annotations

import posixpath
import re
import zipfile
from html import unescape

from discovery_pipeline.files.readers.content import Content, as_file

_HEAD = 16 * 1024
# Of the parts that list the sheets; a thousand sheets take some 200 KB.
_LONGEST_INDEX = 16 * 1024 * 1024
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s+ref="([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?"')


def stated_sizes(content: Content) -> dict[str, int | None] | None:
    """Sheet name -> cells of the rectangle it states, None where it states none; None for another kind of workbook, or
    one whose list of sheets is no list that a person's workbook has."""
    if content.data[:2] != b"PK":
        return None
    with zipfile.ZipFile(as_file(content)) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return None
        index = [_part(archive, name) for name in ("xl/_rels/workbook.xml.rels", "xl/workbook.xml")]
        if max(map(len, index)) > _LONGEST_INDEX:
            return None
        relations, sheets = index
        parts = {_attribute(r, b"Id"): _attribute(r, b"Target") for r in _RELATION.findall(relations)}
        sizes: dict[str, int | None] = {}
        for sheet in _SHEET.findall(sheets):
            target = posixpath.normpath(posixpath.join("/xl", parts.get(_attribute(sheet, rb"\w+:id"), ""))).lstrip("/")
            sizes[_attribute(sheet, b"name")] = _stated(archive, target) if target in names else 0
        return sizes


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part, one byte more than the limit at most: it may unpack to any size."""
    with archive.open(name) as part:
        return part.read(_LONGEST_INDEX + 1)


def _attribute(tag: bytes, name: bytes) -> str:
    match = re.search(rb"\s" + name + rb'="([^"]*)"', tag)
    return unescape(match[1].decode("utf-8", "replace")) if match else ""


def _stated(archive: zipfile.ZipFile, part: str) -> int | None:
    with archive.open(part) as sheet:
        head = sheet.read(_HEAD)
    if b"<chartsheet" in head:
        return 0
    match = _DIMENSION.search(head)
    if match is None:
        return None
    left, top, right, bottom = match.groups()
    if right is None:
        return 1
    return (_column(right) - _column(left) + 1) * (int(bottom) - int(top) + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
