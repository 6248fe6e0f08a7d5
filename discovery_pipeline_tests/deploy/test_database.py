"""The roles that compose's PostgreSQL is made with, by psql on a real server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from discovery_pipeline.settings import Settings
from discovery_pipeline.store import embedded
from discovery_pipeline.store.cluster import Cluster, read_state
from discovery_pipeline.store.health import check
from discovery_pipeline.store.migrate import migrate
from discovery_pipeline.store.server_programs import PROGRAMS, installed_wheel
from discovery_pipeline.store.session import open_database
from discovery_pipeline_tests.deploy.deployment import DEPLOY

PSQL = installed_wheel() / PROGRAMS / "psql"
ROLES = {"owner": "DISCOVERY_OWNER_PASSWORD", "app": "DISCOVERY_APP_PASSWORD", "dagster": "DISCOVERY_DAGSTER_PASSWORD"}
PASSWORDS = {variable: f"it's \\ a {name}" for name, variable in ROLES.items()}
UNDO = (
    "DROP DATABASE discovery", "DROP DATABASE dagster",
    *(f"DROP ROLE discovery_{name}" for name in ROLES),
)  # fmt: skip


def run_script(admin_url: str, passwords: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """As the image's entry point does it."""
    return subprocess.run(
        [
            PSQL,
            "--no-psqlrc",
            "--set=ON_ERROR_STOP=1",
            f"--dbname={admin_url}",
            f"--file={DEPLOY}/postgres/10-roles.sql",
        ],
        env={"PATH": os.environ["PATH"], **passwords},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def bare_server(tmp_path: Path) -> Iterator[str]:
    """A superuser's URL of a server with nothing of this project in it, not even the extension in its template."""
    embedded.ensure_running(tmp_path)
    state = read_state(Cluster(tmp_path))
    assert state
    admin = make_conninfo(host="127.0.0.1", port=state.port, user="postgres", password=state.admin_password)
    for database, statements in {"postgres": UNDO, "template1": ("DROP EXTENSION vector",)}.items():
        with psycopg.connect(make_conninfo(admin, dbname=database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
    yield make_conninfo(f"postgresql://127.0.0.1:{state.port}/postgres", user="postgres", password=state.admin_password)
    embedded.stop(tmp_path)


def test_the_script_makes_a_database_that_migrates_and_is_accepted(bare_server: str, tmp_path: Path) -> None:
    done = run_script(bare_server, PASSWORDS)
    assert done.returncode == 0, done.stderr
    port = psycopg.conninfo.conninfo_to_dict(bare_server)["port"]

    def url(role: str, database: str) -> str:
        return f"postgresql://discovery_{role}:{quote(PASSWORDS[ROLES[role]])}@127.0.0.1:{port}/{database}"

    settings = Settings(
        home=tmp_path / "home",
        database_url=url("app", "discovery"),
        owner_url=url("owner", "discovery"),
        dagster_url=url("dagster", "dagster"),
    )
    migrate(settings)
    open_database(settings).dispose()
    assert {result.name: result.detail for result in check(settings) if not result.ok} == {}
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(url("dagster", "discovery"))


def test_a_missing_password_makes_nothing(bare_server: str) -> None:
    done = run_script(bare_server, {"DISCOVERY_OWNER_PASSWORD": "x"})
    assert done.returncode != 0
    with psycopg.connect(bare_server) as connection:
        made = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = 'discovery_app'").fetchall()
    assert made == []
