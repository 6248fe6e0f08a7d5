from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.services.delivery.deliveries import find

ELSEWHERE = Path("/nowhere")
NOBODY = 65534


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    for name in ("cmdb.csv", "vm/RVTools.xlsx", "vm/deep/flows.csv.gz"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def names(*paths: Path, without: Path = ELSEWHERE) -> list[str]:
    return [delivered.file for delivered in find(paths, without)[0]]


def left_out(*paths: Path, without: Path = ELSEWHERE) -> dict[str, str]:
    return {notice.file: notice.detail for notice in find(paths, without)[1]}


def test_a_folder_gives_everything_below_it_by_relative_name(exports: Path) -> None:
    assert names(exports) == ["cmdb.csv", "vm/RVTools.xlsx", "vm/deep/flows.csv.gz"]


def test_a_file_gives_its_name(exports: Path) -> None:
    assert names(exports / "vm" / "RVTools.xlsx") == ["RVTools.xlsx"]


def test_a_file_reached_by_two_paths_is_one(exports: Path) -> None:
    assert names(exports / "vm", exports / "vm" / "RVTools.xlsx") == ["RVTools.xlsx", "deep/flows.csv.gz"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".hidden.csv", "hidden"),
        (".DS_Store", "hidden"),
        ("~$servers.xlsx", "lock file"),
        (".~lock.servers.ods#", "lock file"),
        ("upload.part", "temporary"),
        ("servers.csv~", "temporary"),
        ("Thumbs.db", "temporary"),
        (".git/config", "hidden"),
        ("__MACOSX/cmdb.csv", "temporary"),
        ("README.md", "no data"),
        ("Load.PY", "no data"),
    ],
)
def test_what_nobody_means_is_left_out_of_folders_with_a_notice(exports: Path, name: str, reason: str) -> None:
    (exports / name).parent.mkdir(exist_ok=True)
    (exports / name).write_text("x")
    assert names(exports) == ["cmdb.csv", "vm/RVTools.xlsx", "vm/deep/flows.csv.gz"]
    assert reason in left_out(exports)[name.split("/")[0]]


def test_what_is_named_by_its_path_is_taken_even_so(exports: Path) -> None:
    for name in (".hidden.csv", "export.md"):
        (exports / name).write_text("x")
        assert names(exports / name) == [name]


def test_links_are_followed_inside_the_folder_and_not_out_of_it(exports: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("secret")
    (exports / "out.csv").symlink_to(tmp_path / "secret.csv")
    (exports / "folder").symlink_to(tmp_path)
    (exports / "broken.csv").symlink_to(exports / "missing.csv")
    (exports / ".data").mkdir()
    (exports / ".data" / "mounted.csv").write_text("m")
    (exports / "mounted.csv").symlink_to(exports / ".data" / "mounted.csv")
    assert names(exports) == ["cmdb.csv", "mounted.csv", "vm/RVTools.xlsx", "vm/deep/flows.csv.gz"]
    assert set(left_out(exports)) == {"out.csv", "folder", "broken.csv", ".data"}


def test_pipes_are_left_alone(exports: Path) -> None:
    os.mkfifo(exports / "pipe")
    assert left_out(exports) == {"pipe": "is no ordinary file"}
    with pytest.raises(UsageError, match="neither a file nor a folder"):
        names(exports / "pipe")


def test_our_own_home_is_not_ingested(exports: Path) -> None:
    (exports / "home" / "landing").mkdir(parents=True)
    (exports / "home" / "landing" / "x").write_text("x")
    assert left_out(exports, without=exports / "home") == {"home": "holds this product's own data"}


def test_equal_names_of_two_paths_get_the_folders_that_tell_them_apart(tmp_path: Path) -> None:
    for site in ("north/export", "south/export"):
        (tmp_path / site).mkdir(parents=True)
        (tmp_path / site / "servers.csv").write_text(site)
        (tmp_path / site / f"{site[:5]}.csv").write_text(site)
    expected = ["north.csv", "north/export/servers.csv", "south.csv", "south/export/servers.csv"]
    assert names(tmp_path / "north/export", tmp_path / "south/export") == expected


def test_names_that_are_no_utf8_stay_legible(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.csv")).write_text("x")
    assert names(tmp_path) == ["caf\ufffd.csv"]


def test_order_does_not_depend_on_the_file_system(tmp_path: Path) -> None:
    for name in ("b.csv", "B.csv", "a/z.csv", "a.csv", "ä.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert names(tmp_path) == ["B.csv", "a.csv", "a/z.csv", "b.csv", "ä.csv"]


@pytest.mark.parametrize("name", ["missing.csv", "cmdb.csv/x"])
def test_a_path_that_leads_nowhere_is_a_usage_error(exports: Path, name: str) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        names(exports, exports / name)


def test_a_folder_without_files_is_a_usage_error_that_says_what_was_left_out(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file to ingest"):
        names(tmp_path)
    (tmp_path / ".hidden").write_text("x")
    with pytest.raises(UsageError, match="is hidden"):
        names(tmp_path)


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Whoever runs the tests, without root's right to read everything."""
    was = os.geteuid()
    os.seteuid(was or NOBODY)
    try:
        yield
    finally:
        os.seteuid(was)


def test_a_folder_that_may_not_be_read_is_a_usage_error() -> None:
    # Not below tmp_path: its parents let nobody but the user of the tests pass.
    with tempfile.TemporaryDirectory() as folder:
        closed = Path(folder) / "vm"
        closed.mkdir()
        Path(folder, "cmdb.csv").write_text("x")
        Path(folder).chmod(0o755)
        with ordinary_user():
            assert names(Path(folder)) == ["cmdb.csv"]
        closed.chmod(0)
        try:
            with ordinary_user(), pytest.raises(UsageError, match=r"vm: can.t be read: Permission denied"):
                names(Path(folder))
        finally:
            closed.chmod(0o700)
