"""A run over corrections cleanses what they changed and takes over the rest; the result is that of a whole run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import dagster as dg
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from discovery_pipeline.defs import cleansing, mapping
from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.defs.launch import run_tenant
from discovery_pipeline.defs.resources import TenantStores
from discovery_pipeline.domain.cleansing.clean import CleanOutcome, clean
from discovery_pipeline.domain.handoffs import CanonicalTable, Phase
from discovery_pipeline.domain.learning.rules import EdgeRule, Rules, StrategyRule, Told, ValueRule
from discovery_pipeline.services.delivery.ingest import ingest
from discovery_pipeline.services.learning.rules import Taught
from discovery_pipeline.services.mapping.corrections import Decision, correct
from discovery_pipeline.services.run_frames import ASSETS
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.tenants import add_tenant

# Each table has a rule that fires, a value that is a finding and a row without identity.
CMDB = """Name,IP Address,Operating System,RAM (GB),Kontakt X
web1 ,10.0.0.1,Red Hat Enterprise Linux 8,8,Ann Archer
db1,10.0.0.2,AIX 7.2,lots,Bob Baker
,,Windows Server 2019,16,Cy Cole
"""
SERVERS = """Hostname,IP,OS,Memory MB,Environment
WEB1,10.0.0.1,RHEL 8,8192,prod
app7,10.0.0.999,Windows Server 2016,4096,test
,,SLES 15,2048,test
"""
CMDB_NO, SERVERS_NO = 0, 1


@pytest.fixture
def workspace(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A tenant of two tables; the hash of the code is held, as others may be editing it."""
    runs_code(monkeypatch, "code", mapping, cleansing)
    files = tmp_path / "in"
    files.mkdir()
    (files / "a_cmdb.csv").write_text(CMDB, encoding="utf-8")
    (files / "b_servers.csv").write_text(SERVERS, encoding="utf-8")
    with open_workspace(settings) as opened:
        add_tenant(opened.database, "acme")
        ingest(settings, opened.database, "acme", [files])
        yield opened


@pytest.fixture
def cleansed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the tables that were cleansed, for the test to clear between runs."""
    numbers: list[int] = []

    def recorded(table: CanonicalTable, rules: Rules) -> CleanOutcome:
        numbers.append(table.info.table_no)
        return clean(table, rules)

    monkeypatch.setattr(cleansing, "clean", recorded)
    return numbers


def runs_code(monkeypatch: pytest.MonkeyPatch, code: str | None, *modules: ModuleType) -> None:
    for module in modules:
        monkeypatch.setattr(module, "domain_code", lambda: code)


def run(workspace: Workspace, upto: Phase | None = None, *, only_corrections: bool = True) -> None:
    summary = run_tenant(workspace.settings, "acme", upto, lambda _: None, only_corrections=only_corrections)
    assert summary.status == "done"


def say(workspace: Workspace, field: str | None) -> None:
    correct(workspace, "acme", [Decision("a_cmdb.csv", "a_cmdb", 4, "Kontakt X", field)], "ann")


def published(workspace: Workspace) -> dict[tuple[str, str], pl.DataFrame]:
    frames = workspace.frames.open("acme")
    return {(a, part): frames.scan(a, part).collect() for a in ASSETS for part in frames.parts(a)}


def bytes_of(workspace: Workspace) -> dict[str, bytes]:
    frames = workspace.frames.open("acme")
    folder = Path(workspace.frames.location) / "acme" / "clean_records" / (frames.version("clean_records") or "")
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def told(workspace: Workspace) -> dict[str, object]:
    with open_instance(workspace.settings) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey("clean_records"))
    assert event is not None
    assert event.asset_materialization is not None
    return {name: value.value for name, value in event.asset_materialization.metadata.items()}


def test_a_correction_cleanses_its_table_and_gives_what_a_whole_run_gives(
    workspace: Workspace, cleansed: list[int]
) -> None:
    run(workspace, only_corrections=False)
    assert cleansed == [CMDB_NO, SERVERS_NO]
    before = published(workspace)
    cleansed.clear()
    say(workspace, "technical_owner")
    run(workspace)
    assert cleansed == [CMDB_NO]
    after, held, said = published(workspace), bytes_of(workspace), told(workspace)
    assert (said["tables"], said["unchanged_tables"]) == (2, 1)
    corrected = ("clean_records", "t0000")
    assert "technical_owner" in set(after[corrected].columns) - set(before[corrected].columns)
    for part in ("rule_counts", "set_aside"):
        assert {CMDB_NO, SERVERS_NO} == set(after["clean_records", part]["table_no"])
    assert set(after["clean_records", "findings"]["file"]) == {"a_cmdb.csv", "b_servers.csv"}

    cleansed.clear()
    run(workspace, only_corrections=False)
    assert cleansed == [CMDB_NO, SERVERS_NO]
    anew = published(workspace)
    assert anew.keys() == after.keys()
    for place, frame in anew.items():
        assert_frame_equal(after[place], frame)
    assert bytes_of(workspace) == held
    again = told(workspace)
    assert again["unchanged_tables"] == 0
    assert {k: v for k, v in again.items() if k != "unchanged_tables"} == {
        k: v for k, v in said.items() if k != "unchanged_tables"
    }


ANN = Told((7,), "ann", 0.95)
ZONE = ValueRule("asset", "environment", "PROD", "staging", None, ANN)


def teach(monkeypatch: pytest.MonkeyPatch, **rules: Rules) -> None:
    """What people taught, by the asset that is told of it."""
    monkeypatch.setattr(TenantStores, "taught", lambda _, asset: Taught(rules.get(asset, Rules()), 7 if rules else 0))


def test_a_value_rule_cleanses_the_tables_it_concerns_and_undone_gives_the_bytes_of_before(
    workspace: Workspace, cleansed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(workspace, "cleansing", only_corrections=False)
    before = bytes_of(workspace)
    cleansed.clear()
    teach(monkeypatch, clean_records=Rules(values=(ZONE,)))
    run(workspace, "cleansing")
    frames = workspace.frames.open("acme")
    assert cleansed == [SERVERS_NO]
    assert frames.meta("clean_records")["corrections"] == 7
    assert frames.scan("clean_records", "t0001").collect()["environment"].to_list() == ["staging", "test"]
    assert bytes_of(workspace)["t0000.parquet"] == before["t0000.parquet"]
    cleansed.clear()
    run(workspace, "cleansing")
    assert cleansed == []
    teach(monkeypatch)
    run(workspace, "cleansing")
    assert cleansed == [SERVERS_NO]
    assert bytes_of(workspace) == before


def test_decided_edges_and_strategies_are_published_and_undone_leave_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(workspace, only_corrections=False)
    before = published(workspace)
    one, other = before["inventory", "inventory"].filter(pl.col("hostname").is_not_null())["asset_id"].sort().head(2)
    edge, strategy = EdgeRule(one, other, "tier", True, ANN), StrategyRule(one, "retain", ANN)
    teach(monkeypatch, dependencies=Rules(edges=(edge,)), analysis=Rules(strategies=(strategy,)))
    run(workspace)
    after = published(workspace)
    made = after["dependencies", "dependencies"].filter(from_asset=one, to_asset=other)
    assert made["evidence"].to_list() == [["analyst:correction 7 by ann"]]
    assert after["analysis", "analysis"].filter(asset_id=one)["strategy"].to_list() == ["retain"]
    frames = workspace.frames.open("acme")
    assert [frames.meta(asset)["corrections"] for asset in ("dependencies", "analysis")] == [7, 7]
    teach(monkeypatch)
    run(workspace)
    undone = published(workspace)
    assert undone.keys() == before.keys()
    for place, frame in undone.items():
        assert_frame_equal(frame, before[place])


CHANGES: dict[str, tuple[Callable[[Workspace, pytest.MonkeyPatch], None], list[int]]] = {
    "nothing": (lambda _workspace, _patch: None, []),
    "the field of a column": (lambda workspace, _: say(workspace, "technical_owner"), [CMDB_NO]),
    "a column left out": (lambda workspace, _: say(workspace, None), [CMDB_NO]),
    "the code that cleanses": (lambda _, patch: runs_code(patch, "other", cleansing), [CMDB_NO, SERVERS_NO]),
    "the code that names columns": (lambda _, patch: runs_code(patch, "other", mapping), [CMDB_NO, SERVERS_NO]),
    "the sources gone": (lambda _, patch: runs_code(patch, None, cleansing), [CMDB_NO, SERVERS_NO]),
}


def test_after_a_change_what_it_concerns_is_cleansed(
    workspace: Workspace, cleansed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One tenant lives through all changes, so that tables are also taken over from tables that were taken over."""
    run(workspace, "cleansing", only_corrections=False)
    for what, (change, concerned) in CHANGES.items():
        cleansed.clear()
        change(workspace, monkeypatch)
        run(workspace, "cleansing")
        assert cleansed == concerned, what
