"""The embedded server among real processes: races, killed starters, killed postmasters, stale files, taken ports."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from discovery_pipeline.domain.errors import ConfigurationError
from discovery_pipeline.store import embedded, server_programs
from discovery_pipeline.store.server_programs import account_for

ENSURE = "import sys, pathlib; from discovery_pipeline.store import embedded; "
ENSURE += "print(embedded.ensure_running(pathlib.Path(sys.argv[1])).app)"
# Accepts every connection and closes it; a process of its own, since libpq's ping holds the interpreter's lock.
STRANGER = "import socketserver as s, sys; s.TCPServer.allow_reuse_address = True; "
STRANGER += (
    "t = s.TCPServer(('127.0.0.1', int(sys.argv[1])), s.BaseRequestHandler); print(1, flush=True); t.serve_forever()"
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only a root user's server runs as somebody else")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / 'a home\'s "name" $HOME `x`'
    yield home
    embedded.stop(home)


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose cluster is there already, for tests that stop and start it."""
    home = tmp_path_factory.mktemp("shared") / "home"
    embedded.ensure_running(home)
    yield home
    embedded.stop(home)


def ensuring(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", ENSURE, str(home)], stdout=subprocess.PIPE, text=True)


def wait_for(condition: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def postmaster(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def answers(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def state_port(home: Path) -> int:
    port = json.loads((home / "postgres" / "state.json").read_text())["port"]
    assert isinstance(port, int)
    return port


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_eight_processes_on_a_cold_start_share_one_server_that_outlives_them(home: Path) -> None:
    processes = [ensuring(home) for _ in range(8)]
    urls = {process.communicate(timeout=240)[0].strip() for process in processes}
    assert {process.returncode for process in processes} == {0}
    assert len(urls) == 1
    assert answers(urls.pop())
    assert sorted(entry.name for entry in home.iterdir()) == ["postgres", "postgres.lock", "postgres.log"]


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(".postgres.new-*/data/PG_VERSION", id="while the cluster is made"),
        pytest.param("postgres/state.json", id="before the server is started"),
        pytest.param("postgres/data/postmaster.pid", id="while the server starts"),
    ],
)
def test_a_starter_killed_at_any_moment_leaves_nothing_in_the_way(home: Path, moment: str) -> None:
    starter = ensuring(home)
    wait_for(lambda: list(home.glob(moment)))
    starter.kill()
    starter.communicate()
    assert answers(embedded.ensure_running(home).app)
    embedded.stop(home)
    embedded.ensure_running(home)
    assert list(home.glob(".postgres.new*")) == []


def test_secrets_are_for_the_owner_only_and_nothing_around_is_widened(shared_home: Path) -> None:
    assert mode(shared_home) == 0o700
    assert mode(shared_home / "postgres" / "data") == 0o700
    assert {mode(shared_home / name) for name in ("postgres/state.json", "postgres.log", "postgres.lock")} == {0o600}
    # pytest's own folders have mode 0700: a root user's server lives below folders that its user can't enter.
    assert mode(shared_home.parent) == 0o700


def test_attaching_is_quick(shared_home: Path) -> None:
    def seconds() -> float:
        began = time.perf_counter()
        embedded.ensure_running(shared_home)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(5)) < 0.5  # a start takes seconds


def test_stop_is_explicit_and_repeatable(shared_home: Path) -> None:
    urls = embedded.ensure_running(shared_home)
    assert embedded.status(shared_home).is_running
    assert embedded.stop(shared_home)
    assert not embedded.stop(shared_home)
    assert embedded.status(shared_home) == embedded.ServerStatus(True, False, state_port(shared_home))
    assert embedded.ensure_running(shared_home) == urls


def test_a_server_that_somebody_uses_goes_on(shared_home: Path) -> None:
    with psycopg.connect(embedded.ensure_running(shared_home).owner):
        assert not embedded.stop_unless_used(shared_home)
        assert embedded.status(shared_home).is_running
    wait_for(lambda: embedded.stop_unless_used(shared_home))
    assert not embedded.status(shared_home).is_running


def test_nothing_is_made_by_asking(tmp_path: Path) -> None:
    home = tmp_path / "none"
    assert embedded.status(home) == embedded.ServerStatus(False, False, None)
    assert not embedded.stop(home)
    assert not home.exists()


def test_acknowledged_rows_survive_a_killed_postmaster(shared_home: Path) -> None:
    url = embedded.ensure_running(shared_home).owner
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n integer)")
        for number in range(200):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])
        os.kill(postmaster(shared_home), signal.SIGKILL)
        again = embedded.ensure_running(shared_home)
    assert again.owner == url
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*), max(n) FROM kept").fetchone() == (200, 199)
        connection.execute("DROP TABLE kept")


@pytest.mark.parametrize("command", [["sleep", "60"], ["true"]], ids=["a living stranger", "a zombie"])
def test_a_stale_process_id_keeps_nobody_out(shared_home: Path, command: list[str]) -> None:
    embedded.ensure_running(shared_home)
    lines = (shared_home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()
    embedded.stop(shared_home)
    account = account_for(shared_home / "postgres" / "data")
    stranger = subprocess.Popen(command, user=account.uid if account else None)
    try:
        stale = shared_home / "postgres" / "data" / "postmaster.pid"
        stale.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        assert answers(embedded.ensure_running(shared_home).app)
    finally:
        stranger.kill()
        stranger.wait()


def test_a_taken_port_is_given_up(shared_home: Path) -> None:
    embedded.ensure_running(shared_home)
    embedded.stop(shared_home)
    taken = state_port(shared_home)
    with subprocess.Popen([sys.executable, "-c", STRANGER, str(taken)], stdout=subprocess.PIPE) as stranger:
        try:
            assert stranger.stdout
            stranger.stdout.readline()
            urls = embedded.ensure_running(shared_home)
            assert state_port(shared_home) != taken
            assert answers(urls.app)
        finally:
            stranger.kill()


def test_a_copied_home_gets_a_server_of_its_own(shared_home: Path, home: Path) -> None:
    """The copy has the same port and passwords in its state file."""
    embedded.ensure_running(shared_home)
    embedded.stop(shared_home)
    shutil.copytree(shared_home, home)
    if account := account_for(shared_home / "postgres" / "data"):
        for path in [home / "postgres" / "data", *(home / "postgres" / "data").rglob("*")]:
            os.chown(path, account.uid, account.gid)
    original = embedded.ensure_running(shared_home)
    copied = embedded.ensure_running(home)
    assert copied.app != original.app
    assert answers(copied.app)
    assert answers(original.app)


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        pytest.param(lambda file: file.unlink(), "is missing", id="missing"),
        pytest.param(lambda file: file.write_text("{"), "is damaged", id="damaged"),
        pytest.param(lambda file: file.write_text('{"port": 1}'), "is damaged", id="incomplete"),
    ],
)
def test_a_lost_state_file_is_a_clear_error(tmp_path: Path, damage: Callable[[Path], None], problem: str) -> None:
    file = tmp_path / "postgres" / "state.json"
    file.parent.mkdir()
    file.write_text("{}")
    damage(file)
    with pytest.raises(ConfigurationError, match=problem):
        embedded.ensure_running(tmp_path)


def test_data_of_another_major_version_is_refused(home: Path) -> None:
    embedded.ensure_running(home)
    embedded.stop(home)
    (home / "postgres" / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(ConfigurationError, match="written by PostgreSQL 17"):
        embedded.ensure_running(home)


@as_root
def test_programs_that_the_servers_user_cannot_reach_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Path(tempfile.mkdtemp(dir="/var/tmp"))
    place.chmod(0o755)
    try:
        hidden = home.parent / "wheel"
        for part in server_programs.PARTS:
            if (server_programs.installed_wheel() / part).exists():
                shutil.copytree(server_programs.installed_wheel() / part, hidden / part)
        monkeypatch.setattr(server_programs, "installed_wheel", lambda: hidden)
        monkeypatch.setattr(server_programs, "COPY_PLACES", (place / "copies",))
        assert answers(embedded.ensure_running(home).app)
        (copy,) = (place / "copies").iterdir()
        assert mode(copy) == 0o755
        assert copy.stat().st_uid == 0
        assert server_programs.programs_for(account_for(home)) == copy / server_programs.PROGRAMS
        embedded.stop(home)
    finally:
        shutil.rmtree(place)


@as_root
def test_a_copy_that_others_could_have_changed_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
        copy = Path(place) / "copies" / "postgres"
        copy.mkdir(parents=True)
        copy.chmod(0o777)
        assert not server_programs._is_ours(copy)
        copy.chmod(0o755)
        assert server_programs._is_ours(copy)
