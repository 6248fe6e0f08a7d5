"""What the sensors ask for, tick by tick, on a real instance and real stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterRunStatus as Status
from dagster._core.definitions.partitions.context import partition_loading_context
from dagster._core.definitions.sensor_definition import SensorExecutionData

from discovery_pipeline.definitions import defs
from discovery_pipeline.defs import ticks
from discovery_pipeline.defs.instance import open_instance
from discovery_pipeline.defs.sensors import landing_files, new_corrections
from discovery_pipeline.domain.errors import Unreachable
from discovery_pipeline.domain.learning.kinds import Kind
from discovery_pipeline.services import due_runs
from discovery_pipeline.services.delivery import drops
from discovery_pipeline.services.delivery.ingest import withdraw
from discovery_pipeline.services.run_frames import ASSETS
from discovery_pipeline.services.workspace import Workspace, open_workspace
from discovery_pipeline.settings import Settings
from discovery_pipeline.store.locks import tenant_writer
from discovery_pipeline.store.run_holds import end_hold
from discovery_pipeline.store.tenants import add_tenant
from discovery_pipeline_tests.defs.ticking import (
    add_run,
    correct,
    give,
    paused,
    publish,
    ran,
    ran_to_the_end,
    switch_on,
)


@pytest.fixture
def workspace(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(drops, "SETTLED_S", 0.0)
    with open_workspace(settings) as opened:
        yield opened


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with open_instance(settings) as opened:
        yield opened


class Watcher:
    """One of the sensors as the daemon drives it: cursor kept, a run recorded for each request with a new key."""

    def __init__(self, sensor: dg.SensorDefinition, instance: dg.DagsterInstance, workspace: Workspace) -> None:
        self.sensor, self.instance, self.workspace = sensor, instance, workspace
        self.cursor: str | None = None
        self.said = ""

    def look(self) -> SensorExecutionData:
        """One evaluation, recorded nowhere."""
        with (
            partition_loading_context(dynamic_partitions_store=self.instance),
            dg.build_sensor_context(
                instance=self.instance,
                cursor=self.cursor,
                resources={"workspace": self.workspace},
                definitions=defs,
            ) as context,
        ):
            return self.sensor.evaluate_tick(context)

    def tick(self, status: Status = Status.FAILURE) -> list[tuple[str, str]]:
        """(tenant, job) of each run asked for; the runs end with this status. None is asked for twice."""
        found = self.look()
        self.cursor, self.said = found.cursor, found.skip_message or ""
        requests = found.run_requests or []
        for request in requests:
            tenant, key = request.partition_key or "", request.run_key
            assert not self.instance.get_runs(dg.RunsFilter(tags={"dagster/run_key": key or ""}))
            add_run(self.instance, tenant, status, key)
        return [(request.partition_key or "", request.job_name or "discovery") for request in requests]


@pytest.fixture
def landing(instance: dg.DagsterInstance, workspace: Workspace) -> Watcher:
    return Watcher(landing_files, instance, workspace)


@pytest.fixture
def corrections(instance: dg.DagsterInstance, workspace: Workspace) -> Watcher:
    return Watcher(new_corrections, instance, workspace)


ACME = [("acme", "discovery")]


def test_a_state_of_the_files_is_run_once_however_it_ends(
    landing: Watcher, workspace: Workspace, tmp_path: Path
) -> None:
    give(workspace, "acme", tmp_path)
    assert landing.tick() == ACME
    assert landing.tick() == []
    assert "run in this state already" in landing.said
    give(workspace, "acme", tmp_path, "Name\nweb2\n")
    assert landing.tick() == ACME


def test_files_that_a_run_has_read_are_not_run_again(landing: Watcher, workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, "acme", tmp_path)
    ran(workspace, "acme")
    assert landing.tick() == []
    assert landing.said == "nothing new"


def test_a_state_that_comes_back_runs_again(landing: Watcher, workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, "acme", tmp_path, name="a.csv")
    for step in ("A", "B", "A again"):
        if step == "B":
            give(workspace, "acme", tmp_path, "Name\nweb2\n", name="b.csv")
        elif step == "A again":
            withdraw(workspace.database, "acme", "b.csv")
        assert landing.tick(Status.SUCCESS) == ACME, step
        ran(workspace, "acme")


def test_a_tenant_without_a_counted_file_gets_no_run(landing: Watcher, workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, "acme", tmp_path)
    ran(workspace, "acme")
    withdraw(workspace.database, "acme", "servers.csv")
    assert landing.tick() == []
    assert landing.said == "acme: no file counts any more; its last inventory stays"


@pytest.mark.parametrize("status", [Status.QUEUED, Status.NOT_STARTED, Status.STARTED, Status.CANCELING])
def test_a_tenant_that_runs_is_left_for_a_later_tick(
    landing: Watcher, workspace: Workspace, tmp_path: Path, status: Status
) -> None:
    give(workspace, "acme", tmp_path)
    give(workspace, "globex", tmp_path)
    run = add_run(landing.instance, "acme", status)
    assert landing.tick() == [("globex", "discovery")]
    assert landing.tick() == []
    assert "a run goes on" in landing.said
    landing.instance.delete_run(run.run_id)
    assert landing.tick() == ACME


def test_a_killed_command_line_does_not_hold_its_tenant_for_ever(
    landing: Watcher, workspace: Workspace, tmp_path: Path
) -> None:
    give(workspace, "acme", tmp_path)
    run = add_run(landing.instance, "acme", Status.STARTED, by_command_line=True)
    with tenant_writer(workspace.database, "acme", "discovery run"):
        assert landing.tick() == []  # it lives
    assert landing.tick() == ACME
    ended = landing.instance.get_run_by_id(run.run_id)
    assert ended is not None
    assert ended.status == Status.FAILURE


def test_a_dropped_file_is_taken_and_run_in_one_tick(landing: Watcher, workspace: Workspace) -> None:
    add_tenant(workspace.database, "acme")
    dropped = workspace.landing.make_drop_folder("acme") / "servers.csv"
    dropped.write_text("Name\nweb1\n")
    assert landing.tick() == ACME
    assert not dropped.exists()


def test_what_stays_in_the_drop_folder_is_said(landing: Watcher, workspace: Workspace) -> None:
    add_tenant(workspace.database, "acme")
    (workspace.landing.make_drop_folder("acme") / "readme.md").write_text("what these files are")
    assert landing.tick() == []
    assert landing.said.startswith("acme: readme.md is no data by its ending")


def test_what_was_dropped_for_no_tenant_is_said(landing: Watcher, workspace: Workspace) -> None:
    add_tenant(workspace.database, "acme")
    workspace.landing.make_drop_folder("acme")
    (workspace.landing.root / "acmee").mkdir()
    (workspace.landing.root / "stray.csv").write_text("Name\nweb1\n")
    assert landing.tick() == []
    assert landing.said == (
        "landing/acmee: is of no tenant and stays (discovery tenant add NAME); "
        "landing/stray.csv: is of no tenant and stays (discovery tenant add NAME)"
    )


def test_one_tenant_that_cannot_be_looked_at_stops_no_other(
    landing: Watcher, workspace: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for tenant in ("acme", "broken", "globex"):
        give(workspace, tenant, tmp_path)
    publish(workspace, "broken", "raw_export", fingerprint="x")
    pointer = next(Path(workspace.settings.frames_location, "broken").rglob("current.json"))
    pointer.write_text("{ a cell of the tenant")
    assert landing.tick() == [("acme", "discovery"), ("globex", "discovery")]
    assert landing.tick() == []
    assert "broken: unexpected JSONDecodeError; the message is in the log" in landing.said
    assert "a cell" not in landing.said


def test_a_store_that_is_down_ends_the_tick_and_loses_nothing(
    landing: Watcher, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(workspace, "acme", tmp_path)

    def down(*_: object) -> None:
        raise Unreachable("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(due_runs, "files_state", down)
        with pytest.raises(Unreachable):
            landing.tick()
    assert landing.tick() == ACME


def test_tenants_come_in_batches_and_in_turn(
    landing: Watcher, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks, "TENANTS_A_TICK", 2)
    names = ["a", "b", "c", "d", "e"]
    for name in names:
        give(workspace, name, tmp_path)
    assert [[tenant for tenant, _ in landing.tick()] for _ in range(3)] == [["a", "b"], ["c", "d"], ["e"]]
    give(workspace, "a", tmp_path, "Name\nweb2\n")
    assert landing.tick() == [("a", "discovery")]


def test_a_tick_that_takes_long_goes_on_at_the_next(
    landing: Watcher, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks, "SECONDS_A_TICK", 0.0)
    for name in ("a", "b"):
        give(workspace, name, tmp_path)
    assert [landing.tick(), landing.tick()] == [[("a", "discovery")], [("b", "discovery")]]


def test_a_tenant_unknown_to_dagster_becomes_a_partition(
    landing: Watcher, workspace: Workspace, tmp_path: Path
) -> None:
    give(workspace, "acme", tmp_path)
    assert not landing.instance.has_dynamic_partition("tenants", "acme")
    landing.look()
    assert landing.instance.has_dynamic_partition("tenants", "acme")


def test_corrections_are_applied_once_and_then_only_newer_ones(
    corrections: Watcher, workspace: Workspace, tmp_path: Path
) -> None:
    give(workspace, "acme", tmp_path)
    ran(workspace, "acme", corrections=0)
    assert corrections.tick() == []
    correct(workspace, "acme", 1)
    assert corrections.tick() == [("acme", "apply_corrections")]
    assert corrections.tick() == []
    assert "run already" in corrections.said
    correct(workspace, "acme", 2)
    assert corrections.tick() == [("acme", "apply_corrections")]
    ran(workspace, "acme", corrections=2)
    assert corrections.tick() == []
    assert corrections.said == "nothing new"


@pytest.mark.parametrize(
    ("kinds", "first"),
    [
        pytest.param(["mapping"], "column_mapping", id="mapping"),
        pytest.param(["value"], "clean_records", id="value"),
        pytest.param(["merge"], "inventory", id="merge"),
        pytest.param(["split"], "inventory", id="split"),
        pytest.param(["type"], "inventory", id="type"),
        pytest.param(["edge"], "dependencies", id="edge"),
        pytest.param(["strategy"], "analysis", id="strategy"),
        pytest.param(["strategy", "value", "edge"], "clean_records", id="the earliest of several"),
    ],
)
def test_a_run_begins_where_a_correction_has_its_first_say(
    corrections: Watcher, workspace: Workspace, tmp_path: Path, kinds: list[Kind], first: str
) -> None:
    give(workspace, "acme", tmp_path)
    ran_to_the_end(workspace, "acme")
    for number, kind in enumerate(kinds, start=1):
        correct(workspace, "acme", number, kind)
    (request,) = corrections.look().run_requests or []
    assert request.job_name == "apply_corrections"
    chosen = [key.to_user_string() for key in request.asset_selection or ()]
    assert chosen == list(ASSETS[ASSETS.index(first) :])


def test_corrections_before_the_first_mapping_wait_for_it(
    corrections: Watcher, workspace: Workspace, tmp_path: Path
) -> None:
    give(workspace, "acme", tmp_path)
    correct(workspace, "acme", 1)
    assert corrections.tick() == []


def test_corrections_wait_while_a_run_goes_on(corrections: Watcher, workspace: Workspace, tmp_path: Path) -> None:
    give(workspace, "acme", tmp_path)
    ran(workspace, "acme")
    correct(workspace, "acme", 1)
    run = add_run(corrections.instance, "acme", Status.STARTED)
    assert corrections.tick() == []
    corrections.instance.delete_run(run.run_id)
    assert corrections.tick() == [("acme", "apply_corrections")]


def test_outdated_frames_are_made_anew_from_the_files(
    corrections: Watcher, workspace: Workspace, tmp_path: Path
) -> None:
    """apply_corrections would refuse them: something was published anew beneath what it begins with."""
    give(workspace, "acme", tmp_path)
    ran(workspace, "acme")
    publish(workspace, "acme", "export_findings", ["raw_export"])
    correct(workspace, "acme", 1)
    assert corrections.tick() == ACME


def test_where_the_files_changed_too_one_run_covers_both(
    landing: Watcher, corrections: Watcher, workspace: Workspace, tmp_path: Path
) -> None:
    give(workspace, "acme", tmp_path)
    ran(workspace, "acme")
    give(workspace, "acme", tmp_path, "Name\nweb2\n")
    correct(workspace, "acme", 1)
    switch_on(landing.instance, landing.sensor.name)
    assert corrections.tick() == []
    assert "the run of its files applies them" in corrections.said
    assert landing.tick(Status.FAILURE) == ACME
    # That run failed on the new files: the corrections are applied to what was published before them.
    assert corrections.tick() == [("acme", "apply_corrections")]


def test_with_the_landing_sensor_off_corrections_do_not_wait_for_it(
    corrections: Watcher, workspace: Workspace, tmp_path: Path
) -> None:
    give(workspace, "acme", tmp_path)
    ran(workspace, "acme")
    give(workspace, "acme", tmp_path, "Name\nweb2\n")
    correct(workspace, "acme", 1)
    assert corrections.tick() == [("acme", "apply_corrections")]


@pytest.mark.parametrize("what", ["files", "corrections"])
def test_nothing_starts_over_the_head_of_who_paused(
    landing: Watcher, corrections: Watcher, workspace: Workspace, tmp_path: Path, what: str
) -> None:
    give(workspace, "acme", tmp_path)
    if what == "corrections":
        ran_to_the_end(workspace, "acme")
        correct(workspace, "acme", 1)
    watcher = landing if what == "files" else corrections
    run_id = paused(workspace, "acme")
    assert watcher.tick() == []
    assert "paused by ada" in watcher.said
    end_hold(workspace.database, "acme", run_id, "dropped")
    assert [tenant for tenant, _ in watcher.tick()] == ["acme"]
