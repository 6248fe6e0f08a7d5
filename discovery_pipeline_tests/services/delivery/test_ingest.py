"""Ingestion from files on disk to what counts."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from discovery_pipeline.domain.errors import UsageError
from discovery_pipeline.files.landing import LandingZone
from discovery_pipeline.services.delivery.ingest import IngestReport, ingest, withdraw
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.session import Database
from discovery_pipeline.store.sources import counted
from discovery_pipeline.store.tenants import add_tenant


@dataclasses.dataclass
class Tenant:
    """A tenant, a folder to put exports into, and what counts in the form `source/file=content`."""

    settings: Settings
    database: Database
    folder: Path
    name: str = "acme"

    def put(self, *files: str) -> Path:
        """files: `name=content`."""
        for file in files:
            name, content = file.split("=")
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(content)
        return self.folder

    def ingest(self, *paths: Path, source: str | None = None, as_of: date | None = None) -> IngestReport:
        return ingest(self.settings, self.database, self.name, paths or [self.folder], source, as_of)

    def counted(self) -> list[str]:
        zone = LandingZone(self.settings.landing_dir)
        files = counted(self.database, self.name)
        return [f"{f.source}/{f.file}={zone.path(self.name, f.sha256).read_text()}" for f in files]


@pytest.fixture
def acme(settings: Settings, database: Database, tmp_path: Path) -> Tenant:
    add_tenant(database, "acme")
    (tmp_path / "exports").mkdir()
    return Tenant(settings, database, tmp_path / "exports")


def outcomes(report: IngestReport) -> dict[str, str]:
    return {file.file: file.outcome for file in report.files}


def notices(report: IngestReport) -> dict[str, str]:
    return {notice.file: notice.detail for notice in report.notices}


def test_files_belong_to_the_source_their_name_tells(acme: Tenant) -> None:
    acme.put("cmdb_2025-03-01.csv=1", "vm/RVTools_20250301.xlsx=2")
    acme.ingest()
    assert acme.counted() == ["RVTools/vm/RVTools_20250301.xlsx=2", "cmdb/cmdb_2025-03-01.csv=1"]


def test_files_belong_to_the_source_that_is_stated(acme: Tenant) -> None:
    acme.put("a.csv=1", "b.csv=2")
    acme.ingest(source="feed")
    assert acme.counted() == ["feed/a.csv=1", "feed/b.csv=2"]


def test_the_next_months_export_supersedes(acme: Tenant) -> None:
    acme.ingest(acme.put("cmdb_2025-03-01.csv=march") / "cmdb_2025-03-01.csv")
    report = acme.ingest(acme.put("cmdb_2025-04-01.csv=april") / "cmdb_2025-04-01.csv")
    assert acme.counted() == ["cmdb/cmdb_2025-04-01.csv=april"]
    assert report.notices == ()


def test_stated_dates_order_snapshots_whatever_the_order_of_ingestion(acme: Tenant) -> None:
    acme.ingest(acme.put("april.csv=april") / "april.csv", source="cmdb", as_of=date(2025, 4, 1))
    report = acme.ingest(acme.put("march.csv=march") / "march.csv", source="cmdb", as_of=date(2025, 3, 1))
    assert acme.counted() == ["cmdb/april.csv=april"]
    assert "older than the snapshot that counts" in notices(report)["march.csv"]
    assert not report.files[0].counts


def test_the_same_twice_changes_nothing(acme: Tenant) -> None:
    acme.put("a.csv=1", "b.csv=2", "copy of b.csv=2")
    first = acme.ingest()
    before = acme.counted()
    second = acme.ingest()
    assert outcomes(first) == {"a.csv": "added", "b.csv": "added", "copy of b.csv": "duplicate"}
    assert set(outcomes(second).values()) == {"unchanged", "duplicate"}
    assert acme.counted() == before == ["a/a.csv=1", "b/b.csv=2"]


def test_a_duplicate_says_of_what(acme: Tenant) -> None:
    acme.put("a.csv=1", "other.csv=1")
    assert [f.detail for f in acme.ingest().files] == ["", "same content as a.csv of source a"]


def test_an_unchanged_file_among_changed_ones_counts_in_the_new_snapshot(acme: Tenant) -> None:
    acme.put("a.csv=1", "b.csv=2")
    acme.ingest(source="feed")
    acme.put("b.csv=3")
    acme.ingest(source="feed")
    assert acme.counted() == ["feed/a.csv=1", "feed/b.csv=3"]


def test_withdrawing_a_wrong_upload(acme: Tenant) -> None:
    acme.ingest(acme.put("cmdb.csv=right"))
    acme.ingest(acme.put("cmdb.csv=wrong"))
    done = withdraw(acme.database, "acme", "cmdb.csv")
    assert [record.file for record in done.counts_again] == ["cmdb.csv"]
    assert acme.counted() == ["cmdb/cmdb.csv=right"]


@pytest.mark.parametrize(
    ("first", "second", "notice"),
    [
        pytest.param(["site_1.csv=1"], ["site_2.csv=2"], None, id="a dated or counted name is the next delivery"),
        pytest.param(["a/x.csv=1"], ["b/x.csv=2"], ("a/x.csv", "no longer counts"), id="another folder's file is not"),
        pytest.param(
            [],
            ["x_2025-03.csv=1", "x_2025-04.csv=2"],
            ("x_2025-04.csv", "counts together with x_2025-03.csv"),
            id="dates",
        ),
    ],
)
def test_what_looks_unintended_is_noticed(
    acme: Tenant, first: list[str], second: list[str], notice: tuple[str, str] | None
) -> None:
    report = None
    for files in (first, second):
        if files:
            acme.put(*files)
            report = acme.ingest()
            for file in files:
                (acme.folder / file.split("=")[0]).unlink()
    assert report
    if notice is None:
        assert report.notices == ()
    else:
        assert notice[1] in notices(report)[notice[0]]


def test_a_date_in_the_future_is_noticed(acme: Tenant) -> None:
    acme.put("a.csv=1")
    assert "in the future" in notices(acme.ingest(as_of=date(2999, 1, 1)))["2999-01-01"]


@pytest.mark.parametrize("source", ["", "  ", "a\nb", "\x00"])
def test_a_source_needs_a_name(acme: Tenant, source: str) -> None:
    acme.put("a.csv=1")
    with pytest.raises(UsageError, match="is not a name for a source"):
        acme.ingest(source=source)


def test_an_unknown_tenant_gets_nothing_copied(acme: Tenant) -> None:
    acme.put("a.csv=1")
    with pytest.raises(UsageError, match="known: acme"):
        ingest(acme.settings, acme.database, "acne", [acme.folder])
    assert not acme.settings.landing_dir.exists()


def test_progress_reaches_the_end(acme: Tenant) -> None:
    acme.put("a.csv=12345", "b.csv=678")
    seen: list[tuple[str, int, int]] = []
    ingest(acme.settings, acme.database, "acme", [acme.folder], progress=lambda *step: seen.append(step))
    assert seen == [("a.csv", 5, 8), ("b.csv", 8, 8)]


def test_two_homes_with_the_same_files_count_the_same(acme: Tenant, tmp_path: Path) -> None:
    """Whatever the order of the paths and the names of the folders above."""
    add_tenant(acme.database, "twin")
    other = dataclasses.replace(acme, name="twin", folder=tmp_path / "elsewhere")
    for tenant in (acme, other):
        tenant.put("north/servers.csv=1", "south/servers.csv=2", "cmdb.csv=3")
    acme.ingest(acme.folder / "north", acme.folder / "south", acme.folder / "cmdb.csv")
    other.ingest(other.folder / "cmdb.csv", other.folder / "south", other.folder / "north")
    keys = [[(f.source, f.file, f.sha256, f.batch) for f in counted(acme.database, t)] for t in ("acme", "twin")]
    assert keys[0] == keys[1]
    assert acme.counted() == ["cmdb/cmdb.csv=3", "servers/north/servers.csv=1", "servers/south/servers.csv=2"]


KILLED_BEFORE_REGISTRATION = """
import os, signal, sys
from pathlib import Path
from discovery_pipeline.services.delivery import ingest as module
from discovery_pipeline.settings import load_settings
from discovery_pipeline.store.session import open_database

module.register = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
settings = load_settings()
module.ingest(settings, open_database(settings), "acme", [Path(sys.argv[1])])
"""


@pytest.fixture
def environment(acme: Tenant) -> dict[str, str]:
    urls = {"DATABASE_URL": acme.settings.database_url or "", "DAGSTER_DATABASE_URL": acme.settings.dagster_url or ""}
    return {**os.environ, **urls, "DISCOVERY_HOME": str(acme.settings.home)}


def test_killed_between_copying_and_registering_it_can_be_repeated(acme: Tenant, environment: dict[str, str]) -> None:
    acme.put("a.csv=1", "b.csv=2")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_BEFORE_REGISTRATION, str(acme.folder)], env=environment, check=False
    )
    assert killed.returncode == -9
    assert sum(path.is_file() for path in acme.settings.landing_dir.rglob("*")) == 2
    assert acme.counted() == []
    assert set(outcomes(acme.ingest()).values()) == {"added"}
    assert acme.counted() == ["a/a.csv=1", "b/b.csv=2"]
