"""gzip and zip: names of members, one bad member among good ones, bombs."""

from __future__ import annotations

import gzip
import zipfile
from io import BytesIO

import pytest

from discovery_pipeline.domain.errors import UnreadableFile
from discovery_pipeline.files.readers import ReadLimits
from discovery_pipeline_tests.files.readers.conftest import ReadAll, ReadOne

CSV = b"Name,IP\nsrv1,10.0.0.1\n"


def packed(members: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_gzip_is_transparent(read_one: ReadOne) -> None:
    seen = read_one(gzip.compress(CSV), "dump.csv.gz")
    assert (seen.table.file, seen.table.table, seen.cells) == ("dump.csv.gz", "dump", [["srv1", "10.0.0.1"]])
    assert seen.lines == [2]


def test_members_of_a_zip_have_names(read_all: ReadAll) -> None:
    tables = read_all(packed({"lists/x.csv": CSV, "y.json": b'[{"a": 1}]', "z.csv.gz": gzip.compress(CSV)}), "all.zip")
    assert [(s.table.file, s.table.table) for s in tables] == [
        ("all.zip!/lists/x.csv", "x"), ("all.zip!/y.json", "y"), ("all.zip!/z.csv.gz", "z"),
    ]  # fmt: skip


def test_a_zip_in_a_zip_is_opened_once(read_all: ReadAll) -> None:
    inner = packed({"x.csv": CSV})
    tables = read_all(packed({"in.zip": inner, "deep.zip": packed({"in.zip": inner})}), "all.zip")
    assert [s.table.file for s in tables if s.table.is_table] == ["all.zip!/in.zip!/x.csv"]
    (refused,) = [s for s in tables if not s.table.is_table]
    assert refused.table.file == "all.zip!/deep.zip"
    assert "archive inside an archive" in refused.table.findings[0]["detail"]


def test_a_bad_member_is_a_finding_and_the_others_go_on(read_all: ReadAll) -> None:
    content = packed({"photo.csv": b"\x89PNG\r\n\x1a\n" + bytes(100), "empty.csv": b"", "x.csv": CSV})
    tables = {s.table.file: s for s in read_all(content, "all.zip")}
    assert tables["all.zip!/x.csv"].cells == [["srv1", "10.0.0.1"]]
    assert tables["all.zip!/photo.csv"].codes == ["unreadable_file"]
    assert tables["all.zip!/empty.csv"].codes == ["empty_file"]
    assert [s.table.is_table for s in tables.values()].count(True) == 1


def test_what_systems_add_is_passed_over(read_all: ReadAll) -> None:
    content = packed({"__MACOSX/._x.csv": b"\x00\x05\x16\x07", ".DS_Store": b"\x00", "x.csv": CSV, "folder/": b""})
    assert [s.table.file for s in read_all(content, "all.zip")] == ["all.zip!/x.csv"]


def test_a_protected_zip_says_so(read_all: ReadAll) -> None:
    content = bytearray(packed({"x.csv": CSV}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableFile, match="protected by a password"):
        read_all(bytes(content), "secret.zip")


def test_a_bomb_stops_at_the_limit(read_all: ReadAll) -> None:
    bomb = b"Name,IP\n" + b"srv1,10.0.0.1\n" * 300_000
    limits = ReadLimits(max_unpacked_bytes=1024 * 1024)
    with pytest.raises(UnreadableFile, match="unpacks to more than the limit"):
        read_all(gzip.compress(bomb), "x.csv.gz", limits)
    kept, refused = read_all(packed({"a.csv": CSV, "bomb.csv": bomb}), "all.zip", limits)
    assert (kept.table.file, refused.codes) == ("all.zip!/a.csv", ["unreadable_file"])


def test_the_limit_counts_nested_archives_together(read_all: ReadAll) -> None:
    half = b"Name,IP\n" + b"srv1,10.0.0.1\n" * 50_000
    content = packed({f"{i}.zip": packed({"x.csv": half}) for i in range(3)})
    tables = read_all(content, "all.zip", ReadLimits(max_unpacked_bytes=1_500_000))
    assert [s.table.is_table for s in tables] == [True, True, False]


def test_members_beyond_the_limit_are_told(read_all: ReadAll) -> None:
    content = packed({f"{i}.csv": CSV for i in range(5)})
    tables = read_all(content, "all.zip", ReadLimits(max_members=3))
    assert [s.table.is_table for s in tables] == [True, True, True, False]
    assert "only the first 3" in tables[-1].table.findings[0]["detail"]


def test_an_archive_without_files_is_empty(read_one: ReadOne) -> None:
    assert read_one(packed({}), "all.zip").codes == ["empty_file"]


@pytest.mark.parametrize(
    "content", [gzip.compress(CSV)[:-12], gzip.compress(CSV)[:12] + b"garbage", packed({"x.csv": CSV * 9})[:-30]],
    ids=["gzip cut off", "gzip damaged", "zip cut off"],
)  # fmt: skip
def test_damaged_archives_are_unreadable(read_all: ReadAll, content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="damaged"):
        read_all(content, "x.gz")


def test_damage_of_one_member_is_its_own(read_all: ReadAll) -> None:
    content = bytearray(packed({"x.csv": CSV * 50, "y.csv": CSV}))
    content[45] ^= 0xFF
    tables = {s.table.file: s.codes for s in read_all(bytes(content), "all.zip")}
    assert tables == {"all.zip!/y.csv": [], "all.zip!/x.csv": ["unreadable_file"]}
