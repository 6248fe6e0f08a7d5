from __future__ import annotations

import hashlib
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from discovery_pipeline.domain.errors import IsolationViolation, PermanentError, UsageError
from discovery_pipeline.files import landing
from discovery_pipeline.files.landing import LandingZone

HASH = hashlib.sha256(b"hello").hexdigest()


@pytest.fixture
def zone(tmp_path: Path) -> LandingZone:
    return LandingZone(tmp_path / "landing")


def given(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def stored_files(zone: LandingZone) -> list[Path]:
    return sorted(path for path in zone.root.rglob("*") if path.is_file())


def test_a_content_is_kept_under_its_hash(zone: LandingZone, tmp_path: Path) -> None:
    landed = zone.store("acme", given(tmp_path, "a.csv", b"hello"))
    assert (landed.sha256, landed.size) == (HASH, 5)
    assert zone.path("acme", HASH).read_bytes() == b"hello"
    assert stored_files(zone) == [zone.path("acme", HASH)]


@pytest.mark.parametrize("size", [0, 1, landing.BLOCK_BYTES, 3 * landing.BLOCK_BYTES + 1])
def test_any_size_arrives_whole(zone: LandingZone, tmp_path: Path, size: int) -> None:
    content = (b"0123456789" * (size // 10 + 1))[:size]
    blocks: list[int] = []
    landed = zone.store("acme", given(tmp_path, "a.bin", content), blocks.append)
    assert zone.path("acme", landed.sha256).read_bytes() == content
    assert (landed.size, sum(blocks)) == (size, size)


def test_the_same_content_twice_is_one_file(zone: LandingZone, tmp_path: Path) -> None:
    zone.store("acme", given(tmp_path, "a.csv", b"hello"))
    zone.store("acme", given(tmp_path, "b.csv", b"hello"))
    assert len(stored_files(zone)) == 1


def test_tenants_share_nothing(zone: LandingZone, tmp_path: Path) -> None:
    for tenant in ("a", "b"):
        zone.store(tenant, given(tmp_path, "a.csv", b"hello"))
    zone.remove("a")
    assert stored_files(zone) == [zone.path("b", HASH)]
    zone.remove("a")


def test_what_is_kept_is_for_the_owner_only(zone: LandingZone, tmp_path: Path) -> None:
    zone.store("acme", given(tmp_path, "a.csv", b"hello"))
    assert stat.S_IMODE(zone.path("acme", HASH).stat().st_mode) == 0o600
    assert stat.S_IMODE((zone.root / "acme").stat().st_mode) == 0o700


def test_a_truncated_content_is_replaced(zone: LandingZone, tmp_path: Path) -> None:
    """As a disk that was full or a copy that went wrong behind our back would leave it."""
    zone.store("acme", given(tmp_path, "a.csv", b"hello"))
    zone.path("acme", HASH).write_bytes(b"hel")
    zone.store("acme", tmp_path / "a.csv")
    assert zone.path("acme", HASH).read_bytes() == b"hello"


@pytest.mark.parametrize("tenant", ["../b", "/etc", "a/b", "", ".", "..", "A", "a\x00"])
def test_no_name_leads_out_of_the_landing_zone(zone: LandingZone, tmp_path: Path, tenant: str) -> None:
    with pytest.raises(IsolationViolation):
        zone.store(tenant, given(tmp_path, "a.csv", b"hello"))
    with pytest.raises(IsolationViolation):
        zone.remove(tenant)


@pytest.mark.parametrize("name", ["../../b/" + HASH, HASH.upper(), HASH[:-1], "", "/etc/passwd"])
def test_no_hash_leads_out_of_a_tenant(zone: LandingZone, name: str) -> None:
    with pytest.raises(IsolationViolation):
        zone.path("acme", name)


def test_a_file_that_cannot_be_read_is_named(zone: LandingZone, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(UsageError, match=path.name):
            zone.store("acme", path)
    assert stored_files(zone) == []


def test_a_full_disk_is_an_error_that_leaves_nothing(
    zone: LandingZone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    path = given(tmp_path, "a.csv", b"hello")
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(PermanentError, match="No space left"):
        zone.store("acme", path)
    assert stored_files(zone) == []


def test_a_killed_copy_leaves_nothing_under_a_hash(zone: LandingZone, tmp_path: Path) -> None:
    """The source is a pipe that never ends, so that the kill falls into the copying."""
    pipe = tmp_path / "endless.csv"
    os.mkfifo(pipe)
    code = "import sys, pathlib; from discovery_pipeline.files.landing import LandingZone; "
    code += "LandingZone(pathlib.Path(sys.argv[1])).store('acme', pathlib.Path(sys.argv[2]))"
    copier = subprocess.Popen([sys.executable, "-c", code, str(zone.root), str(pipe)])
    with pipe.open("wb") as writing:
        writing.write(b"x" * 100_000)
        writing.flush()
        deadline = time.monotonic() + 120
        while not any(path.stat().st_size for path in stored_files(zone)) and time.monotonic() < deadline:
            time.sleep(0.01)
        copier.send_signal(signal.SIGKILL)
        copier.wait()
    (left,) = stored_files(zone)
    assert left.name.startswith(landing.INCOMING)
    zone.store("acme", given(tmp_path, "a.csv", b"hello"))
    assert zone.path("acme", HASH).exists()


def test_what_killed_copies_left_is_cleared_in_time(zone: LandingZone, tmp_path: Path) -> None:
    zone.store("acme", given(tmp_path, "a.csv", b"hello"))
    old, fresh = (zone.root / "acme" / f"{landing.INCOMING}{age}" for age in ("old", "fresh"))
    for left in (old, fresh):
        left.write_text("half a file")
    os.utime(old, (0, time.time() - 2 * landing.LEFTOVER_S))
    zone.store("acme", tmp_path / "a.csv")
    assert (old.exists(), fresh.exists()) == (False, True)
