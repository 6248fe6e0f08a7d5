from __future__ import annotations

import dataclasses
from pathlib import Path

from discovery_pipeline.settings import Settings
from discovery_pipeline.store.health import check
from discovery_pipeline_tests.conftest import Server

NAMES = ["database", "role", "schema", "row-level security", "pgvector", "dagster database"]


def test_all_is_well_by_url(settings: Settings) -> None:
    results = check(settings)
    assert [r.name for r in results] == NAMES
    assert [r for r in results if not r.ok] == []


def test_all_is_well_embedded(embedded_settings: Settings) -> None:
    results = check(embedded_settings)
    assert [(r.name, r.ok) for r in results] == [(name, True) for name in NAMES]
    assert results[0].detail.startswith("embedded PostgreSQL 18.6 at 127.0.0.1:")


def test_a_database_that_is_down_hides_what_rests_on_it(settings: Settings) -> None:
    (result,) = check(dataclasses.replace(settings, database_url="postgresql://u:hunter2@127.0.0.1:1/d"))
    assert (result.name, result.ok, result.is_down) == ("database", False, True)
    assert "hunter2" not in str(result)


def test_faults_are_told_apart_from_what_is_down(pg_server: Server, settings: Settings) -> None:
    pg_server.execute("ALTER TABLE source_files NO FORCE ROW LEVEL SECURITY", dbname="discovery")
    try:
        unsafe = dataclasses.replace(
            settings, database_url=settings.owner_url, dagster_url="postgresql://u:p@127.0.0.1:1/d"
        )
        found = {r.name: r for r in check(unsafe)}
    finally:
        pg_server.execute("ALTER TABLE source_files FORCE ROW LEVEL SECURITY", dbname="discovery")
    assert {name: (r.ok, r.is_down) for name, r in found.items()} == {
        "database": (True, False),
        "role": (False, False),
        "schema": (True, False),
        "row-level security": (False, False),
        "pgvector": (True, False),
        "dagster database": (False, True),
    }
    assert found["row-level security"].detail == "not forced on source_files"


def test_a_home_that_cannot_be_made_is_a_result_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (result,) = check(Settings(home=tmp_path / "file" / "home"))
    assert (result.name, result.ok, result.is_down) == ("database", False, False)
